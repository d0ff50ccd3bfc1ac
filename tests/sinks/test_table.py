"""The table is aligned at any width, and shows text as text."""

import io
import re
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from fetcher.model import Result
from fetcher.sinks.base import START, TargetRows
from fetcher.sinks.columns import DEFAULT_COLUMNS, choose, one_row
from fetcher.sinks.table import TableSink, wants_colour

Answered = Callable[..., Result]
ANSI = re.compile(r"\x1b\[[0-9]+m")
TITLES = [
    "Plain",
    "日本語のタイトル、とても長いので切られるはずです、とても長いので切られるはずです",
    "👨\u200d👩\u200d👧\u200d👦 a family, ❤\ufe0f a heart, 🇩🇪 a flag " * 4,
    "e\u0301\u0302\u0303" * 60,
    "[red]not markup[/red] \\[x] [link=http://x.example]y[/link]",
    "",
]


def table(
    results: Sequence[Result],
    width: int,
    names: Sequence[str] = DEFAULT_COLUMNS,
    colour: bool = False,
) -> list[str]:
    """Show results, one batch each, and give the lines."""
    columns = choose(names)
    written: list[str] = []
    sink = TableSink(columns, written.append, width=width, colour=colour)
    for result in results:
        sink.write([TargetRows("", one_row(columns)(result))])
    sink.commit(START)
    sink.finish(complete=True)
    text = "".join(written)
    assert text.endswith("\n")
    return text.removesuffix("\n").split("\n")


def from_cell(line: str, start: int) -> str:
    """Give the part of a line from a cell on; fail where a character lies across it."""
    for position in range(len(line) + 1):
        if (
            cell_len(line[:position]) == start
            and cell_len(line[position:]) == cell_len(line) - start
        ):
            return line[position:]
    raise AssertionError(f"nothing begins at cell {start} of {line!r}")


def test_a_plain_table(answered: Answered, failed: Answered) -> None:
    """A header, aligned columns, numbers to the right, and a failure in place of the title."""
    results = [answered("Port of call"), failed(url="http://b.example/very/long/path")]
    assert table(results, 86) == [
        "url                   status  title                  final_url              elapsed_ms",
        "http://a.example/        200  Port of call           http://a.example/            12.3",
        "http://…ry/long/path    fail  body_truncated: The connection ended before the body wa…",
    ]


@pytest.mark.parametrize("width", [24, 40, 60, 80, 81, 120, 250])
@pytest.mark.parametrize("title", TITLES)
def test_aligned_at_any_width(answered: Answered, width: int, title: str) -> None:
    """No line is too wide, and the status stands below its heading whatever comes before it."""
    names = ["title", "status", "url"]
    lines = table([answered(title, url="http://a.example/" + "x" * 300)], width, names)
    assert all(cell_len(line) <= width for line in lines)
    start = lines[0].index("status")
    assert from_cell(lines[1], start).startswith("   200  ht")


@given(
    title=st.text(
        st.one_of(
            st.characters(),
            st.sampled_from("\u200d\ufe0f\u0301日本👩👧❤☁🇩🇪\x1b\n[]"),
        ),
        max_size=60,
    ),
    width=st.integers(20, 60),
)
def test_any_title_is_one_aligned_line(answered: Answered, title: str, width: int) -> None:
    """Any text stays on its line and in its column."""
    lines = table([answered(title)], width, ["title", "status"])
    assert len(lines) == 2
    assert cell_len(lines[1]) == width
    assert from_cell(lines[1], width - 6) == "   200"


def test_long_text_ends_in_an_ellipsis(answered: Answered) -> None:
    """A title is cut at its end, a URL inside, because its end tells more."""
    result = answered("t" * 50, url="http://a.example/first/second/last.html")
    assert table([result], 40, ["title"])[1] == "t" * 39 + "…"
    assert table([result], 20, ["url"])[1] == "http://…nd/last.html"


def test_markup_stays_text(answered: Answered) -> None:
    """Square brackets are shown, not obeyed."""
    assert table([answered("[red]x[/red]")], 80, ["title"])[1] == "[red]x[/red]"


def test_a_joiner_without_a_base_is_dropped(answered: Answered) -> None:
    """What would change the width of nothing does not upset the measure of the rest."""
    assert table([answered("\u200d\ufe0f漢字", url="u")], 60, ["title"])[1] == "漢字"


def test_carried_cells_are_cleaned_here(answered: Answered) -> None:
    """An input cell with a line end or an escape sequence cannot break the table."""
    columns = choose(["own", "status"], ["own"])
    written: list[str] = []
    TableSink(columns, written.append, width=40).write(
        [TargetRows("", one_row(columns)(answered(carried=("a\nb\x1b[2J",))))]
    )
    assert written[0].splitlines()[1].split() == ["a", "b[2J", "200"]


def test_a_failure_runs_on_over_empty_columns_only(failed: Answered) -> None:
    """The sentence stops before a column that still has something to say."""
    header, line = table([failed()], 90, ["title", "final_url", "attempts", "error"])
    assert from_cell(line, header.index("attempts") - 3).startswith("…         3")


def test_error_has_its_own_column_without_title(failed: Answered) -> None:
    """Where no title is shown, the error is shown as itself."""
    lines = table([failed()], 120, ["url", "error"])
    assert lines[0].split() == ["url", "error"]
    assert "body_truncated: The connection ended" in lines[1]


def test_the_kind_alone_replaces_the_title(failed: Answered) -> None:
    """With `failure` instead of `error`, the kind stands where the title would."""
    assert "body_truncated" in table([failed()], 80, ["title", "failure"])[1].split()


def test_what_has_no_room_is_told(answered: Answered) -> None:
    """Columns that were asked for and do not fit are named below the header."""
    lines = table([answered()], 80)
    assert lines[1] == "(no room for: final_url)"
    assert len(lines) == 3


def test_rows_are_written_as_they_come(answered: Answered) -> None:
    """Each batch goes out in one piece at once, the header only before the first."""
    columns = choose(["status"])
    written: list[str] = []
    sink = TableSink(columns, written.append, width=20)
    sink.write([])
    assert written == []
    sink.write([TargetRows("", ((200,), (404,)))])
    sink.write([TargetRows("", ((None,),))])
    assert written == ["status\n   200\n   404\n", "\n"]


@pytest.mark.parametrize(
    ("status", "colour"), [(204, "32"), (304, "36"), (404, "33"), (503, "31"), (103, None)]
)
def test_a_status_has_the_colour_of_its_class(
    answered: Answered, status: int, colour: str | None
) -> None:
    """Green, cyan, yellow and red, and nothing else is coloured but the header."""
    lines = table([answered("t", status=status)], 60, ["status", "title"], colour=True)
    assert lines[0].startswith("\x1b[1m")
    expected = f"\x1b[{colour}m   {status}\x1b[0m  t" if colour else f"   {status}  t"
    assert lines[1] == expected


def test_a_failure_is_red(failed: Answered) -> None:
    """A failure's status and text are red, and each colour ends with its cell."""
    line = table([failed("")], 120, ["status", "title", "url", "error"], colour=True)[1]
    assert line.startswith("\x1b[31m  fail\x1b[0m  \x1b[31mbody_truncated: ")
    assert line.endswith("http://a.example/")


def test_colour_changes_no_position(answered: Answered, failed: Answered) -> None:
    """Without its escape sequences, a coloured table is the plain one."""
    results = [answered(title) for title in TITLES] + [failed()]
    coloured = table(results, 90, colour=True)
    assert [ANSI.sub("", line) for line in coloured] == table(results, 90)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({}, True),
        ({"NO_COLOR": ""}, True),
        ({"NO_COLOR": "1", "TERM": "xterm"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "unknown"}, False),
    ],
)
def test_who_wants_colour(environ: dict[str, str], expected: bool) -> None:
    """A terminal does, unless NO_COLOR or TERM says otherwise; a file never does."""
    assert wants_colour(Terminal(), environ) is expected
    assert wants_colour(io.StringIO(), environ) is False
