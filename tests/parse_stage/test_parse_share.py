"""When parsing inline is worth moving to processes."""

import pytest

from fetcher.parse_stage.auto_stage import ParseShare


def verdicts(pages: int, parse: float, rest: float) -> list[bool]:
    """Say what is said after each of so many pages, with seconds of parsing and of the rest."""
    share, now, said = ParseShare(), 0.0, []
    for _ in range(pages):
        now += parse + rest
        said.append(share.dominates(parse, now))
    return said


@pytest.mark.parametrize(
    ("parse", "rest", "moves"),
    [
        (0.005, 0.000, True),
        (0.005, 0.009, True),
        (0.005, 0.011, False),  # less than a third of the time
        (0.0006, 0.0001, True),
        (0.0004, 0.0001, False),  # most of the time, but sending such a page is not much quicker
        (0.3, 0.0, True),
        (0.1, 10.0, False),
    ],
)
def test_the_rule(parse: float, rest: float, moves: bool) -> None:
    """A third of the loop's time, and half a millisecond a page."""
    assert any(verdicts(1000, parse, rest)) == moves


def test_nothing_is_said_too_early() -> None:
    """Neither on the first pages nor in the first moments."""
    assert verdicts(6, 1.0, 0.0) == [False] * 5 + [True]
    assert verdicts(20, 0.0101, 0.0) == [False] * 10 + [True] + [False] * 9


def test_what_the_first_page_loads_is_not_held_against_the_others() -> None:
    """Half a second for imports, and quick pages after it."""
    share = ParseShare()
    said = [share.dominates(0.5, 0.5)]
    said += [share.dominates(0.0004, 0.5 + number * 0.0005) for number in range(1, 1000)]
    assert not any(said)


def test_heavy_pages_that_come_late_are_noticed() -> None:
    """A long easy beginning does not hide them."""
    share, now = ParseShare(), 0.0
    for _ in range(10_000):
        now += 0.01
        assert not share.dominates(0.0001, now)
    said = []
    for _ in range(100):
        now += 0.02
        said.append(share.dominates(0.02, now))
    assert any(said[:30])
