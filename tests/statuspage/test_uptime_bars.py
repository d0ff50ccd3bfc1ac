"""The bars of days: their colours, and what they say."""

import re

from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from fetcher.monitor.conditions import Uptime
from fetcher.monitor.history.history_rows import Day
from fetcher.statuspage.uptime_bars import (
    DAY,
    DAYS,
    day_bars,
    first_of,
    labelled_bars,
    total_uptime,
)
from tests.statuspage.making import NOW

FIRST = first_of(NOW)
SECONDS = st.sampled_from([0.0, 1.0, 3600.0, DAY])
UPTIMES = st.builds(Uptime, SECONDS, SECONDS, SECONDS, SECONDS, SECONDS)


def pieces(drawn: str) -> dict[int, list[tuple[str, int, int]]]:
    """What stands in each place: class, top and height."""
    found: dict[int, list[tuple[str, int, int]]] = {}
    for name, path in re.findall(r'<path class="(\w+)" d="([^"]*)"', drawn):
        for x, top, height in re.findall(r"M(\d+) (\d+)h3v(\d+)h-3z", path):
            found.setdefault(int(x) // 4, []).append((name, int(top), int(height)))
    return {place: sorted(parts, key=lambda part: part[1]) for place, parts in found.items()}


def day(place: int, uptime: Uptime) -> Day:
    """A day by its place, 0 for the first of those that are shown."""
    return Day(FIRST + place * DAY, uptime)


def test_colours() -> None:
    """What went wrong stands at the foot; what nobody looked at is grey as a whole."""
    days = [
        day(0, Uptime(up=DAY)),
        day(1, Uptime(up=DAY / 2, down=DAY / 2)),
        day(2, Uptime(up=DAY - 5, down=5)),
        day(3, Uptime(up=DAY - 5, degraded=5)),
        day(4, Uptime(down=DAY)),
        day(5, Uptime(maintenance=DAY)),
        day(6, Uptime(unwatched=DAY)),
        day(7, Uptime(up=60, unwatched=DAY - 60)),
    ]
    found = pieces(day_bars(days, NOW))
    names = {place: [name for name, _, _ in parts] for place, parts in found.items()}
    assert [names[place] for place in range(9)] == [
        ["up"],
        ["up", "down"],
        ["up", "down"],
        ["up", "degraded"],
        ["down"],
        ["maintenance"],
        ["unwatched"],
        ["up"],
        ["unwatched"],
    ]
    assert found[1] == [("up", 0, 12), ("down", 12, 12)]
    # Five seconds are seen as well.
    assert found[2][1][2] >= 6


@given(st.dictionaries(st.integers(-5, DAYS + 5), UPTIMES, max_size=8))
def test_every_day_has_one_whole_bar(uptimes: dict[int, Uptime]) -> None:
    """Whatever is known, the pieces of each of the ninety places fill it without a gap."""
    days = [day(place, uptime) for place, uptime in sorted(uptimes.items())]
    found = pieces(day_bars(days, NOW))
    assert sorted(found) == list(range(DAYS))
    for place, parts in found.items():
        at = 0
        for _, top, height in parts:
            assert top == at
            at += height
        assert at == 24
        uptime = uptimes.get(place, Uptime())
        names = [name for name, _, _ in parts]
        assert ("down" in names) == (uptime.down > 0)


def test_what_they_say() -> None:
    """The picture has words of its own, and each day of the large one too."""
    days = [day(0, Uptime(up=DAY)), day(1, Uptime(up=DAY - 864, down=864))]
    assert 'aria-label="90 days: 99.500 % up, down on 1 day"' in day_bars(days, NOW)
    assert 'aria-label="no data yet"' in day_bars([], NOW)
    titles = [node.text() for node in LexborHTMLParser(labelled_bars(days, NOW)).css("title")]
    assert len(titles) == DAYS
    assert titles[0] == "2026-08-24: 100 % up"
    assert titles[1] == "2026-08-25: 99.000 % up, down 14 min 24 s"
    assert titles[-1] == "2026-11-21: not monitored"


def test_the_sum_of_days() -> None:
    """Kinds are added up each by itself; of no days it is nothing."""
    days = [day(0, Uptime(1, 2, 3, 4, 5)), day(1, Uptime(10, 20, 30, 40, 50))]
    assert total_uptime(days) == Uptime(11, 22, 33, 44, 55)
    assert total_uptime([]) == Uptime()
