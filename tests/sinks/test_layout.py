"""Columns share the width of a terminal."""

from hypothesis import given
from hypothesis import strategies as st

from fetcher.sinks.columns import COLUMNS, choose
from fetcher.sinks.table import GAP, fit

NAMES = st.lists(st.sampled_from(list(COLUMNS)), min_size=1, unique=True)


def shown(names: list[str], width: int) -> dict[str, int]:
    """Give the width of each column that fits, by name."""
    columns = choose(names)
    return {columns[i].name: cells for i, cells in fit(columns, width).items()}


def test_free_text_shares_what_is_left() -> None:
    """Columns of a known width get that, the rest is divided to the last cell."""
    assert shown(["url", "status", "title"], 81) == {"url": 35, "status": 6, "title": 36}


def test_redundant_text_goes_first() -> None:
    """On a common terminal the final URL gives way, then the time; never url, status, title."""
    names = ["url", "status", "title", "final_url", "elapsed_ms"]
    assert list(shown(names, 120)) == names
    assert list(shown(names, 80)) == ["url", "status", "title", "elapsed_ms"]
    assert list(shown(names, 60)) == ["url", "status", "title"]
    assert list(shown(names, 30)) == ["url", "status", "title"]


def test_the_rightmost_goes_first() -> None:
    """Among columns of the same sort, those named last give way."""
    assert list(shown(["title", "final_url", "redirect_chain"], 50)) == ["title", "final_url"]
    assert list(shown(["title", "ip", "failure"], 40)) == ["title", "ip"]


def test_a_lone_column_stays() -> None:
    """There is always something to see."""
    assert list(shown(["first_byte_ms"], 5)) == ["first_byte_ms"]


@given(names=NAMES, width=st.integers(20, 300))
def test_never_wider_than_the_terminal(names: list[str], width: int) -> None:
    """Whatever is chosen, the columns and gaps fit, in the order chosen."""
    widths = shown(names, width)
    assert widths
    assert sum(widths.values()) + GAP * (len(widths) - 1) <= width
    assert list(widths) == [name for name in names if name in widths]
    assert all(cells >= 1 for cells in widths.values())
