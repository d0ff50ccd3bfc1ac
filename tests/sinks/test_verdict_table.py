"""A check's table shows each health with its mark, and each reason as far as there is room."""

import re
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from fetcher.judgement.verdict import Checked, Health, Trouble
from fetcher.sinks.base import TargetRows
from fetcher.sinks.columns import choose, one_row
from fetcher.sinks.formats import TABLE
from fetcher.sinks.job_columns import CHECK, columns_for
from fetcher.sinks.table import TableSink
from fetcher.text import clean

Make = Callable[..., Checked]
ANSI = re.compile(r"\x1b\[[0-9]+m")
LONG = "the certificate expired 12 days ago (2026-11-03), it is for old.example, www.old.example"

TEXTS = st.text(
    st.one_of(st.characters(), st.sampled_from("日👩\u200d❤\ufe0f\u0301\n\x1b")), max_size=200
)


def table(
    results: Sequence[Checked],
    width: int = 80,
    names: Sequence[str] = (),
    colour: bool = False,
) -> list[str]:
    """Show results and give the lines."""
    columns = choose(names, (), CHECK.columns) if names else columns_for(CHECK, TABLE)
    written: list[str] = []
    sink = TableSink(columns, written.append, width=width, colour=colour)
    make = one_row(columns)
    sink.write([TargetRows(result.target.url, make(result)) for result in results])
    sink.finish(complete=True)
    return "".join(written).removesuffix("\n").split("\n")


def one_of_each(checked: Make) -> list[Checked]:
    """A result of each health."""
    return [
        checked(),
        checked(Health.DEGRADED, Trouble.FLAKY, "503 at first"),
        checked(Health.UNHEALTHY, Trouble.GONE, "expected 200..299, found 404", status=404),
        checked(Health.UNKNOWN, Trouble.LOCAL, "no route from here", status=0),
    ]


def test_a_plain_table(checked: Make) -> None:
    """In 80 cells, a reason stands below its URL, which has the room."""
    assert table(one_of_each(checked)) == [
        "health       url                                              status  elapsed_ms",
        "✓ healthy    http://a.example/                                   200        12.3",
        "! degraded   http://a.example/                                   200        12.3",
        "  flaky: 503 at first",
        "✗ unhealthy  http://a.example/                                   404        12.3",
        "  gone: expected 200..299, found 404",
        "? unknown    http://a.example/                                              12.3",
        "  local: no route from here",
    ]


def test_a_wide_table(checked: Make) -> None:
    """Where it has a column, a reason stands in its row, unless it is longer than that."""
    results = [*one_of_each(checked), checked(Health.UNHEALTHY, Trouble.TLS, LONG)]
    header, *lines = table(results, 165)
    start = header.index("reason")
    assert [line[start:] for line in lines[:4]] == [
        "",
        "flaky: 503 at first",
        "gone: expected 200..299, found 404",
        "local: no route from here",
    ]
    assert lines[4].endswith("12.3")
    assert lines[5:] == [f"  tls: {LONG}"]


@pytest.mark.parametrize("width", [30, 60, 80, 120, 165, 250])
@given(url=TEXTS, reason=TEXTS)
def test_no_line_is_too_wide(checked: Make, width: int, url: str, reason: str) -> None:
    """Any URL and any reason fit, and the columns stand below their names."""
    lines = table([checked(Health.UNHEALTHY, Trouble.GONE, reason, url=url)], width)
    assert 2 <= len(lines) <= 6
    assert all(cell_len(line) <= width for line in lines)
    assert [clean(line) for line in lines] == lines


def test_a_reason_without_room_is_cut(checked: Make) -> None:
    """Behind its third line; and a word longer than a line at the edge of the terminal."""
    lines = table([checked(Health.UNHEALTHY, Trouble.TLS, f"{LONG}, {LONG}, {LONG}")], 60)[-3:]
    assert lines[1].startswith("  ")
    assert lines[2].endswith("…")
    word = "http://a.example/" + "x" * 100
    assert table([checked(Health.UNHEALTHY, Trouble.TLS, word)], 60)[-2:] == [
        "  tls:",
        f"  {word[:57]}…",
    ]


def test_a_long_reason_is_broken_between_words(checked: Make) -> None:
    """All of it can be read on a narrow terminal too."""
    lines = table([checked(Health.UNHEALTHY, Trouble.TLS, LONG)], 60, colour=True)[-2:]
    assert [ANSI.sub("", line) for line in lines] == [
        "  tls: the certificate expired 12 days ago (2026-11-03), it",
        "  is for old.example, www.old.example",
    ]
    assert all(ANSI.findall(line) == ["\x1b[31m", "\x1b[0m"] for line in lines)


@pytest.mark.parametrize(
    ("health", "colour"),
    [("HEALTHY", "32"), ("DEGRADED", "33"), ("UNHEALTHY", "31"), ("UNKNOWN", "35")],
)
def test_a_health_has_its_colour(checked: Make, health: str, colour: str) -> None:
    """The word and the reason are coloured; all colours end where they should."""
    result = checked(Health[health], Trouble.GONE, "why")
    _, line, reason = table([result], colour=True)
    assert line.startswith(f"\x1b[{colour}m")
    assert f"{Health[health]}\x1b[0m " in line
    assert reason == f"  \x1b[{colour}mgone: why\x1b[0m"


def test_colour_changes_no_position(checked: Make) -> None:
    """Without its escape sequences, a coloured table is the plain one."""
    results = one_of_each(checked)
    for width in (80, 165):
        coloured = table(results, width, colour=True)
        assert [ANSI.sub("", line) for line in coloured] == table(results, width)


def test_a_title_is_not_replaced(checked: Make) -> None:
    """Where title and reason are both asked for, each is itself."""
    result = checked(Health.DEGRADED, Trouble.FLAKY, "503 at first")
    assert table([result], 60, ["url", "title", "reason"])[1:] == [
        "http://a.example/              A title",
        "  503 at first",
    ]


def test_trouble_alone_has_a_column(checked: Make) -> None:
    """Without reason, the kind of trouble is a column like others."""
    result = checked(Health.DEGRADED, Trouble.FLAKY, "503 at first")
    assert table([result], 60, ["trouble", "status"])[1].split() == ["flaky", "200"]


def test_a_reason_alone(checked: Make) -> None:
    """When nothing else is asked for, it is cut rather than put below nothing."""
    lines = table([checked(Health.UNHEALTHY, Trouble.TLS, LONG)], 40, ["reason"])
    assert lines == ["reason", LONG[:39] + "…"]
