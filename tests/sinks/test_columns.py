"""Columns say what happened, and are found by name."""

from collections.abc import Callable

import pytest

from fetcher.failures import Failure, FailureKind
from fetcher.model import Hop, Outcome, Page, Response, Result, Target, Timings
from fetcher.sinks.base import Value
from fetcher.sinks.columns import (
    COLUMNS,
    DEFAULT_COLUMNS,
    ColumnError,
    available,
    choose,
    describe,
    one_row,
)

FULL = Result(
    Target(41, "a.example", "urls.csv:42", ("x",)),
    Outcome(
        Response(200, "https://b.example/", "text/html", "1.1", "192.0.2.7", 300, 70),
        None,
        (Hop("http://a.example/", 301), Hop("http://b.example/", 302)),
        2,
        1.23456,
        Timings(0.001, 0.00204, 0.0306, 0.4, 0.5),
    ),
    Page("Welcome", "shift_jis", "meta"),
)
EXPECTED: dict[str, Value] = {
    "index": 41,
    "source": "urls.csv:42",
    "url": "a.example",
    "status": 200,
    "title": "Welcome",
    "final_url": "https://b.example/",
    "elapsed_ms": 1234.6,
    "error": "",
    "failure": None,
    "phase": None,
    "attempts": 2,
    "redirects": 2,
    "redirect_chain": "301 http://a.example/ -> 302 http://b.example/",
    "bytes_read": 300,
    "bytes_saved": 70,
    "encoding": "shift_jis",
    "encoding_source": "meta",
    "content_type": "text/html",
    "http_version": "1.1",
    "ip": "192.0.2.7",
    "dns_ms": 1.0,
    "connect_ms": 2.0,
    "tls_ms": 30.6,
    "first_byte_ms": 400.0,
    "body_ms": 500.0,
}


def read(result: Result, *names: str, carried: tuple[str, ...] = ()) -> tuple[Value, ...]:
    """Make the row of these columns."""
    return one_row(choose(names, carried))(result)[0]


def test_every_column_reads_its_value() -> None:
    """Each column of a full result has the value it promises, in the listed order."""
    assert dict(zip(COLUMNS, read(FULL, *COLUMNS), strict=True)) == EXPECTED


def test_values_have_the_kind_of_their_column() -> None:
    """What a column gives is None or of its kind."""
    for column, value in zip(COLUMNS.values(), read(FULL, *COLUMNS), strict=True):
        assert value is None or type(value) is column.kind, column.name


def test_nothing_happened() -> None:
    """A target that was never sent gives None wherever there is nothing to say."""
    row = dict(zip(COLUMNS, read(Result(Target(0, "x"), Outcome()), *COLUMNS), strict=True))
    said = {name: value for name, value in row.items() if value is not None}
    assert said == {
        "index": 0,
        "source": "",
        "url": "x",
        "error": "",
        "attempts": 0,
        "redirects": 0,
        "redirect_chain": "",
    }


def test_a_failure_hides_the_answer(failed: Callable[..., Result]) -> None:
    """A cut body has no status, title, final URL or encoding, and says why."""
    hidden = read(failed(), "status", "title", "final_url", "encoding", "encoding_source")
    assert hidden == (None, None, None, None, None)
    assert read(failed(), "failure", "phase", "attempts") == ("body_truncated", "body", 3)
    (error,) = read(failed(), "error")
    assert error == str(Failure.of(FailureKind.BODY_TRUNCATED, "9 of 100 bytes"))


def test_a_failure_still_says_how_far_it_came(failed: Callable[..., Result]) -> None:
    """Bytes read are given for a failure too."""
    assert read(failed(), "bytes_read") == (9,)


def test_an_empty_title_is_not_a_missing_one(answered: Callable[..., Result]) -> None:
    """The two stay apart in the row; a format may still write them alike."""
    assert read(answered(title=""), "title") == ("",)
    assert read(answered(title=None), "title") == (None,)


def test_data_is_kept_and_messages_are_clean() -> None:
    """A value is what it was, down to its control characters; what explains a failure is a line."""
    evil = "a\r\n\x1b[2J\u202eb"
    response = Response(200, evil, evil, evil, evil)
    page = Page(evil, "utf-8", "header")
    good = Result(Target(0, evil, evil), Outcome(response, None, (Hop(evil, 301),)), page)
    bad = Result(Target(0, evil), Outcome(None, Failure.of(FailureKind.INVALID_URL, evil)))
    cells = read(good, *COLUMNS) + read(bad, *COLUMNS)
    dirty = [cell for cell in cells if isinstance(cell, str) and not cell.isprintable()]
    # url, source, title, final_url, content_type, http_version, ip, and the url of the failed one.
    assert [cell for cell in dirty if cell == evil] == [evil] * 8
    assert [cell for cell in dirty if cell != evil] == [f"301 {evil}"]
    assert read(bad, "error")[0].endswith("(a [2Jb)")


def test_no_column_has_a_password() -> None:
    """Wherever a URL stands, `***` stands for its password, and all else is as it was."""
    url, safe = "https://me:s3cret@a.example/ \u200c?q=@", "https://me:***@a.example/ \u200c?q=@"
    good = Result(Target(0, url), Outcome(Response(200, url), None, (Hop(url, 301),)))
    bad = Result(Target(0, url), Outcome(None, Failure.of(FailureKind.INVALID_REDIRECT, url)))
    cells = [*read(good, *COLUMNS), *read(bad, *COLUMNS)]
    assert not [cell for cell in cells if isinstance(cell, str) and "s3cret" in cell]
    assert read(good, "url", "final_url", "redirect_chain") == (safe, safe, f"301 {safe}")
    assert "https://me:***@a.example/" in str(read(bad, "error")[0])


def test_default_columns() -> None:
    """The default is what the documentation says, and exists."""
    assert DEFAULT_COLUMNS == ("url", "status", "title", "final_url", "elapsed_ms", "error")
    assert tuple(column.name for column in choose(DEFAULT_COLUMNS)) == DEFAULT_COLUMNS


def test_described_with_units() -> None:
    """Every column is described, and times and sizes have their unit."""
    described = {name: (unit, text) for name, unit, text in describe()}
    assert list(described) == list(COLUMNS)
    assert all(text for _, text in described.values())
    for name, (unit, _) in described.items():
        assert (unit == "ms") == name.endswith("_ms"), name
        assert (unit == "bytes") == name.startswith("bytes_"), name


def test_input_columns_are_carried() -> None:
    """An input column is chosen by its name, or with the prefix, and keeps its text."""
    result = Result(Target(0, "u", "", ("=1+1", "b\nc")), Outcome())
    assert read(result, "b", "input.a", carried=("a", "b")) == ("b\nc", "=1+1")
    assert choose(["b"], ["a", "b"])[0].from_web is False


def test_an_input_column_named_as_ours_takes_the_prefix() -> None:
    """`url` stays ours; the input's is `input.url`."""
    result = Result(Target(0, "ours", "", ("theirs",)), Outcome())
    assert read(result, "url", "input.url", carried=("url",)) == ("ours", "theirs")


def test_input_columns_never_share_a_name() -> None:
    """Repeated and empty headers get names of their own, each with its own value."""
    header = ("a", "a", "", "url", "url", "a.2")
    names = list(available(header))[len(COLUMNS) :]
    assert names == ["a", "a.2", "column 3", "input.url", "input.url.2", "a.2.2"]
    result = Result(Target(0, "u", "", ("1", "2", "3", "4", "5", "6")), Outcome())
    assert read(result, *names, carried=header) == ("1", "2", "3", "4", "5", "6")


def test_a_short_input_row_has_empty_cells() -> None:
    """A row with fewer cells than the header gives None for the rest."""
    result = Result(Target(0, "u", "", ("1",)), Outcome())
    assert read(result, "a", "b", carried=("a", "b")) == ("1", None)


def test_an_unknown_column_is_named_with_what_there_is() -> None:
    """The message names the column, the closest one, and all there are."""
    with pytest.raises(ColumnError) as caught:
        choose(["url", "Titel"], ["owner"])
    message = str(caught.value)
    assert "'Titel'" in message
    assert "did you mean 'title'?" in message
    assert all(name in message for name in (*COLUMNS, "owner"))


@pytest.mark.parametrize("name", ["input.title", "input.", "input.input.a", ""])
def test_the_prefix_alone_finds_nothing(name: str) -> None:
    """The prefix means an input column, and never one of ours."""
    with pytest.raises(ColumnError):
        choose([name], ["a"])


@pytest.mark.parametrize("names", [[], ["url", "status", "url"], ["a", "input.a"]])
def test_no_column_and_twice_the_same_are_refused(names: list[str]) -> None:
    """A row needs a column, and a JSON object cannot have one key twice."""
    with pytest.raises(ColumnError):
        choose(names, ["a"])
