"""The chart of answer times."""

import re

from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from fetcher.monitor.history.history_rows import Bucket
from fetcher.statuspage.latency_chart import latency_chart
from tests.statuspage.making import DAY, NOW
from tests.statuspage.pages.reading import value

SINCE = NOW - DAY


def bucket(hour: int, mean: float | None = 0.1, *, bad: int = 0, **counts: int) -> Bucket:
    """An hour of checks; mean: seconds, None where nothing answered."""
    healthy = 60 - bad
    times = (None, None, None) if mean is None else (mean / 2, mean, mean * 2)
    found = {"degraded": 0, "unknown": 0} | counts
    start = SINCE + hour * 3600
    return Bucket(start, 3600, 60, healthy, found["degraded"], bad, found["unknown"], *times)


def chart(*buckets: Bucket) -> LexborHTMLParser:
    """The chart of a day."""
    return LexborHTMLParser(latency_chart(buckets, SINCE, NOW))


def paths(found: LexborHTMLParser, name: str) -> list[list[tuple[float, float]]]:
    """The points of each path of a class."""
    return [
        [(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+)", d(node))]
        for node in found.css(f"path.{name}")
    ]


def d(node: LexborNode) -> str:
    """The commands of a path."""
    return node.attributes["d"] or ""


def test_a_line_at_the_right_heights() -> None:
    """The mean is a line, quickest and slowest an area; the axis is round."""
    found = chart(bucket(0, 0.1), bucket(1, 0.2))
    assert [node.text() for node in found.css("text:not(.time)")] == [
        "100 ms",
        "200 ms",
        "300 ms",
        "400 ms",
    ]
    ((first, second),) = paths(found, "line")
    assert first[1] == 160 - 160 * 0.1 / 0.4
    assert second[1] == 160 - 160 * 0.2 / 0.4
    ((*_, last),) = paths(found, "area")
    assert last[1] == 160 - 160 * 0.05 / 0.4


def test_a_gap_breaks_the_line() -> None:
    """Where there were no answers for some time, nothing is made up between."""
    found = chart(*[bucket(hour) for hour in (0, 1, 2, 3, 8, 9)])
    assert [len(points) for points in paths(found, "line")] == [4, 2]
    failed = chart(bucket(0), bucket(1), bucket(2, None, bad=60), bucket(3))
    assert [len(points) for points in paths(failed, "line")] == [3]


def test_single_checks_are_drawn_too() -> None:
    """Stretches without a length make a line like any others."""
    checks = [Bucket(SINCE + n * 600, 0, 1, 1, 0, 0, 0, 0.1, 0.1, 0.1) for n in range(5)]
    assert [len(points) for points in paths(chart(*checks), "line")] == [5]
    (one,) = chart(checks[0]).css("path.line")
    assert d(one).endswith("h0")


def test_failures_are_marked() -> None:
    """The worst of a stretch has its mark below the plot; the rest has none."""
    found = chart(
        bucket(0), bucket(6, bad=1, degraded=2), bucket(12, degraded=1), bucket(18, unknown=3)
    )
    marks = [(node.attributes["class"], node.attributes["x"]) for node in found.css("rect")]
    assert marks == [("down", "25.00%"), ("degraded", "50.00%"), ("unwatched", "75.00%")]


def test_what_it_says() -> None:
    """The picture has words of its own."""
    said = value(chart(bucket(0, 0.1, bad=2), bucket(1, 0.3)), "svg", "aria-label")
    assert said == "120 checks, 2 failed, slowest response 600 ms"
    none = value(chart(bucket(0, None, bad=60)), "svg", "aria-label")
    assert none == "60 checks, no responses"


@given(
    st.lists(
        st.builds(
            bucket, st.integers(-1, 23), st.none() | st.floats(0, 100), bad=st.integers(0, 60)
        ),
        max_size=12,
    )
)
def test_nothing_lies_outside(buckets: list[Bucket]) -> None:
    """Whatever was measured, every point is on the plot."""
    found = chart(*sorted(buckets, key=lambda one: one.start))
    for name in ("line", "area"):
        for points in paths(found, name):
            assert all(0 <= x <= 1000 and -0.1 <= y <= 160 for x, y in points)
