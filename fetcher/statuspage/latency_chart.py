"""The chart of response times, with marks where checks failed, and its axes."""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise

from markupsafe import Markup

from fetcher.monitor.history.history_rows import Bucket
from fetcher.statuspage.value_format import counted, took
from fetcher.units import format_clock, format_month_day

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_WIDE, _HIGH = 1000.0, 160.0
_TOP = 18
_MARKS = _TOP + _HIGH + 4
_PARTS = 4
# In units of the median distance; a check that is a little late leaves no gap.
_GAP = 2.5


def ceiling(highest: float, parts: int = 4) -> float:
    """Return the top of an axis for values up to `highest`, made of equal parts of round size."""
    if highest <= 0:
        return 1.0
    part = highest / parts
    scale = 10.0 ** _exponent(part)
    return parts * scale * next(step for step in _STEPS if step * scale >= part * (1 - 1e-9))


def _exponent(number: float) -> int:
    return int(f"{number:e}".partition("e")[2])


def ticks(since: float, until: float, most: int = 6) -> Iterator[tuple[float, str]]:
    """Yield at most `most` full hours or days (UTC) within a period, each with its label."""
    hour = 3600.0
    sizes = (hour, 2 * hour, 3 * hour, 6 * hour, *(n * 24 * hour for n in (1, 2, 5, 7, 15, 30)))
    size = next((size for size in sizes if (until - since) / size <= most), until - since)
    label = format_clock if size < 24 * hour else format_month_day
    at = (since // size + 1) * size
    while at < until:
        yield at, label(at)
        at += size


def latency_chart(buckets: Sequence[Bucket], since: float, until: float) -> Markup:
    """Return a chart with mean response times as a line, minimum and maximum as an area.

    Below it, red marks show failed checks, and grey ones show when the monitor was offline. The
    plot stretches to the available width; its labels do not, and stay readable on a phone.
    """
    highest = max([bucket.elapsed_max or 0.0 for bucket in buckets], default=0.0)
    top = ceiling(highest, _PARTS)
    drawing = _Drawing(since, until, top)
    plot = "".join([drawing.area(run) + drawing.line(run) for run in _runs(buckets)])
    summary = escape(_summary(buckets))
    return Markup(
        f'<svg class="chart" role="img" aria-label="{summary}">'
        f"{_levels(top)}{_times(since, until)}"
        f'<svg y="{_TOP}" width="100%" height="{_HIGH:g}" viewBox="0 0 {_WIDE:g} {_HIGH:g}" '
        f'preserveAspectRatio="none">{plot}</svg>{drawing.marks(buckets)}</svg>'
    )


class _Drawing:
    """Converts times and durations to places on the plot."""

    def __init__(self, since: float, until: float, top: float) -> None:
        self._since, self._span, self._top = since, until - since, top

    def area(self, run: Sequence[Bucket]) -> str:
        """Return the area from minimum to maximum."""
        upper = [self._point(bucket, bucket.elapsed_max) for bucket in run]
        lower = [self._point(bucket, bucket.elapsed_min) for bucket in reversed(run)]
        return f'<path class="area" d="M{"L".join(upper + lower)}z"/>'

    def line(self, run: Sequence[Bucket]) -> str:
        """Return the line of the means; a dot if there is only one."""
        points = [self._point(bucket, bucket.elapsed_avg) for bucket in run]
        return f'<path class="line" d="M{"L".join(points)}{"h0" if len(points) == 1 else ""}"/>'

    def marks(self, buckets: Sequence[Bucket]) -> str:
        """Return the marks below the plot, in percent of the width and never too narrow to see."""
        return "".join(
            [
                f'<rect class="{name}" x="{self._share(bucket.start) * 100:.2f}%" y="{_MARKS:g}" '
                f'width="{max(bucket.seconds / self._span * 100, 0.4):.2f}%" height="6"/>'
                for bucket in buckets
                if (name := _mark(bucket))
            ]
        )

    def _share(self, at: float) -> float:
        return min(max((at - self._since) / self._span, 0.0), 1.0)

    def _point(self, bucket: Bucket, seconds: float | None) -> str:
        x = self._share(bucket.start + bucket.seconds / 2) * _WIDE
        y = _HIGH - (seconds or 0.0) / self._top * _HIGH
        return f"{x:.1f} {y:.1f}"


def _mark(bucket: Bucket) -> str:
    if bucket.unhealthy:
        return "down"
    if bucket.degraded:
        return "degraded"
    return "unwatched" if bucket.unknown else ""


def _runs(buckets: Sequence[Bucket]) -> list[list[Bucket]]:
    """Split at gaps without responses, where the line is interrupted."""
    starts = [bucket.start for bucket in buckets]
    distances = sorted(later - earlier for earlier, later in pairwise(starts))
    usual = distances[len(distances) // 2] if distances else 0.0
    runs: list[list[Bucket]] = []
    for bucket in buckets:
        if bucket.elapsed_avg is None:
            continue
        if not runs or bucket.start - runs[-1][-1].start > _GAP * usual:
            runs.append([])
        runs[-1].append(bucket)
    return runs


def _levels(top: float) -> str:
    drawn = []
    for part in range(_PARTS + 1):
        y = _TOP + _HIGH * (1 - part / _PARTS)
        drawn.append(f'<line class="grid" x1="0" x2="100%" y1="{y:g}" y2="{y:g}"/>')
        if part:
            drawn.append(f'<text x="0" y="{y - 4:g}">{_level(top * part / _PARTS)}</text>')
    return "".join(drawn)


def _level(seconds: float) -> str:
    return f"{seconds:g} s" if seconds >= 1 else f"{seconds * 1000:.4g} ms"


def _times(since: float, until: float) -> str:
    drawn = []
    for at, label in ticks(since, until):
        x = (at - since) / (until - since) * 100
        # Labels at the edges would be cut off.
        if 4 <= x <= 96:
            drawn.append(f'<text class="time" x="{x:.2f}%" y="{_MARKS + 24:g}">{label}</text>')
    return "".join(drawn)


def _summary(buckets: Sequence[Bucket]) -> str:
    means = [bucket.elapsed_avg for bucket in buckets if bucket.elapsed_avg is not None]
    checks = sum(bucket.checks for bucket in buckets)
    failed = sum(bucket.unhealthy for bucket in buckets)
    if not means:
        return f"{counted(checks, 'check')}, no responses"
    slowest = max([bucket.elapsed_max or 0.0 for bucket in buckets])
    return f"{counted(checks, 'check')}, {failed:,} failed, slowest response {took(slowest)}"
