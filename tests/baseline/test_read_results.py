"""What the sinks write is read back, whatever the format."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.baseline import PreviousResult, PreviousResultError, key_of, read_earlier, read_whole
from fetcher.judgement.verdict import Health, Trouble
from fetcher.text import clean
from tests.baseline.results import (
    ALL,
    CERTIFICATE,
    EXPIRES,
    checked,
    read,
    text_file,
    unreachable,
    write,
    write_titles,
)

DELIMITED = ("a.csv", "a.tsv", "a.csv.gz")
LINES = (*DELIMITED, "a.jsonl", "a.jsonl.gz")
# What the program itself has cleaned, with all that a format gives a meaning to.
TEXT = st.text(st.one_of(st.characters(), st.sampled_from("\",;\r\n\t\0'=+-@\\ |<&")))


@pytest.mark.parametrize("name", LINES)
def test_all_that_is_compared_reads_back(tmp_path: Path, name: str) -> None:
    """With all columns, every value comes back, in its own unit."""
    path = write(
        tmp_path / name,
        [
            checked(hash="cd" * 32),
            checked("http://b.example/", Health.UNHEALTHY, status=404, title=None),
            unreachable("http://c.example/"),
        ],
        ALL,
    )
    first, second, third = read(path)
    assert first == PreviousResult(
        "http://a.example/",
        Health.HEALTHY,
        None,
        None,
        200,
        "A title",
        "http://a.example/",
        0.25,
        CERTIFICATE.fingerprint,
        EXPIRES,
        "cd" * 32,
    )
    assert (second.health, second.trouble, second.status, second.title) == (
        Health.UNHEALTHY,
        Trouble.GONE,
        404,
        "",
    )
    assert second.reason == "status 404, expected 200..299"
    assert (third.trouble, third.status, third.elapsed) == (Trouble.CONNECT, None, None)


@pytest.mark.parametrize("name", LINES)
def test_the_usual_columns_are_enough(tmp_path: Path, name: str) -> None:
    """Nobody needs to choose columns for a result that is to be compared later."""
    path = write(tmp_path / name, [checked(health=Health.DEGRADED, trouble=Trouble.FLAKY)])
    (row,) = read(path)
    assert (row.url, row.health, row.trouble) == (
        "http://a.example/",
        Health.DEGRADED,
        Trouble.FLAKY,
    )
    assert (row.status, row.title, row.elapsed) == (200, "A title", 0.25)


@pytest.mark.parametrize("name", ["a.xml", "a.html"])
def test_reports_read_back(tmp_path: Path, name: str) -> None:
    """A report for people says enough of each URL, whatever its health."""
    hostile = 'a "<b>" & \'c\' ]]> | <tr data-url="x"></tr> </html>'
    results = [
        checked(),
        checked("http://b.example/?a=1&b=<2>", Health.UNHEALTHY, reason=hostile, status=404),
        checked("http://c.example/", Health.DEGRADED, title=hostile, final_url="http://d.example/"),
        unreachable("http://e.example/", Health.UNKNOWN),
    ]
    rows = read(write(tmp_path / name, results))
    assert [row.url for row in rows] == [result.target.url for result in results]
    assert [row.health for row in rows] == [result.verdict.health for result in results]
    assert [row.trouble for row in rows] == [result.verdict.trouble for result in results]
    assert [row.elapsed for row in rows] == [0.25, 0.25, 0.25, None]
    assert (rows[1].reason, rows[1].status) == (hostile, 404)
    assert (rows[2].title, rows[2].final_url) == (hostile, "http://d.example/")
    assert rows[3].reason == results[3].verdict.text


def test_a_summary_reads_back(tmp_path: Path) -> None:
    """The Markdown summary says what was not healthy, the gravest first, and nothing else."""
    hostile = 'a "<b>" & [c](d) | `e` \\| ### unhealthy: `gone` (1)'
    long = "http://long.example/?q=" + "é&<x>" * 60
    results = [
        checked(),
        checked("http://b.example/?a=1&b=<2>", Health.DEGRADED, Trouble.FLAKY, hostile),
        checked(long, Health.UNHEALTHY, status=404),
        unreachable("no url at all", Health.UNKNOWN),
    ]
    rows = read(write(tmp_path / "a.md", results))
    assert [(row.health, row.trouble) for row in rows] == [
        (Health.UNHEALTHY, Trouble.GONE),
        (Health.UNKNOWN, Trouble.CONNECT),
        (Health.DEGRADED, Trouble.FLAKY),
    ]
    assert key_of(rows[0].url) == key_of(long)
    assert [row.url for row in rows[1:]] == ["no url at all", "http://b.example/?a=1&b=<2>"]
    assert [row.status for row in rows] == [404, None, 200]
    assert rows[2].reason == hostile


def test_a_summary_is_not_whole(tmp_path: Path) -> None:
    """What is to list every URL must not be a summary."""
    with pytest.raises(PreviousResultError, match=r"a\.md: a Markdown summary does not list"):
        read_whole(write(tmp_path / "a.md", [checked()]))
    assert len(list(read_whole(write(tmp_path / "a.html", [checked()])))) == 1


@pytest.mark.parametrize("name", LINES)
def test_what_titles_writes_is_judged_by_error_and_status(tmp_path: Path, name: str) -> None:
    """Without a verdict, an error or a status of 400 and more is a failure."""
    results = [
        checked(),
        checked("http://b.example/", status=404),
        unreachable("http://c.example/"),
        checked("http://d.example/", status=399),
    ]
    rows = read(write_titles(tmp_path / name, results))
    assert [row.health for row in rows] == [None] * 4
    assert [row.judged for row in rows] == [
        Health.HEALTHY,
        Health.UNHEALTHY,
        Health.UNHEALTHY,
        Health.HEALTHY,
    ]
    assert rows[2].reason is not None
    assert rows[2].reason.startswith("connect_refused: ")


def test_each_row_knows_its_place(tmp_path: Path) -> None:
    """The source is file and line, and in CSV a cell may have run over several."""
    path = text_file(tmp_path / "a.csv", 'url,health,x\r\na,healthy,"1\n2"\r\n\r\nb,healthy,\r\n')
    assert [row.source for row in read(path)] == [f"{path}:2", f"{path}:5"]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_any_text_reads_back(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    """Titles and URLs come back as they were written, formula or not."""
    path = tmp_path_factory.mktemp("any") / name

    @given(title=TEXT, url=TEXT)
    def reads_back(title: str, url: str) -> None:
        (row,) = read(write(path, [checked(url, title=title)]))
        # An apostrophe before a formula may be the title's own: that cannot be told.
        for found, text in ((row.title, clean(title)), (row.url, clean(url))):
            formula = name == "a.csv" and text.startswith(("'=", "'+", "'-", "'@"))
            assert found == (text[1:] if formula else text)

    reads_back()


def test_a_file_is_opened_at_once(tmp_path: Path) -> None:
    """A missing file, a directory and a foreign format are told before the first row is asked."""
    with pytest.raises(PreviousResultError, match=r"missing\.csv: No such file or directory"):
        read_earlier(tmp_path / "missing.csv")
    with pytest.raises(PreviousResultError, match="Is a directory"):
        read_earlier(tmp_path)
    with pytest.raises(PreviousResultError, match="expected results as CSV"):
        read_earlier(text_file(tmp_path / "urls.txt", "http://a.example/\n"))


def test_rows_before_a_mistake_are_given(tmp_path: Path) -> None:
    """A file is read lazily: what is before a broken row comes first."""
    path = text_file(tmp_path / "a.jsonl", '{"url":"a","status":200}\n{"url":"b","sta')
    rows = read_earlier(path)
    assert next(rows).url == "a"
    with pytest.raises(
        PreviousResultError, match=r"a\.jsonl:2: not valid JSON.*cut off here"
    ) as caught:
        next(rows)
    assert (caught.value.name, caught.value.line) == (str(path), 2)


@pytest.mark.parametrize("name", ["a.csv.gz", "a.jsonl.gz"])
def test_a_gzip_file_that_is_cut_is_told(tmp_path: Path, name: str) -> None:
    """Rows that can be unpacked are given; then it is said that there were more."""
    path = write(tmp_path / name, [checked(f"http://a.example/{n}") for n in range(100)])
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(PreviousResultError, match="the gzip data ends too early"):
        read(path)


def test_a_gzip_file_of_nothing_else(tmp_path: Path) -> None:
    """Corrupt data at the very beginning is told with the file's name."""
    path = tmp_path / "a.csv.gz"
    path.write_bytes(b"\x1f\x8b\x08\x00garbage")
    with pytest.raises(PreviousResultError, match=r"a\.csv\.gz:1: the gzip data"):
        read_earlier(path)


def test_a_file_of_blanks_is_not_read_to_its_end(tmp_path: Path) -> None:
    """What has nothing in its first mebibyte is refused for that."""
    path = text_file(tmp_path / "a.csv", b"\n" * 2_000_000 + b"url,health\na,healthy\n")
    with pytest.raises(PreviousResultError, match=r"a\.csv:1: .*; it is blank"):
        read_earlier(path)


def test_what_a_spreadsheet_saves_can_be_read(tmp_path: Path) -> None:
    """UTF-16, a byte order mark, semicolons and quoted names are no obstacle."""
    text = '"url";"health"\r\n"http://a.example/";"healthy"\r\n'
    for encoding in ("utf-8-sig", "utf-16"):
        (row,) = read(text_file(tmp_path / "a.csv", text.encode(encoding)))
        assert (row.url, row.health) == ("http://a.example/", Health.HEALTHY)


def test_a_name_that_is_not_unicode(tmp_path: Path) -> None:
    """A file's name can be any bytes; errors show it as well as they can."""
    path = tmp_path / "a\udcff.csv"
    with pytest.raises(PreviousResultError, match=r"a�\.csv"):
        read_earlier(path)
