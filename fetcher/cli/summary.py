"""The end of a run in a few lines."""

from http import HTTPStatus

from fetcher.judgement.verdict import Health
from fetcher.sinks.clean import clean
from fetcher.tally import CheckTally, Tally
from fetcher.units import format_size


def summary_lines(tally: Tally, seconds: float, left: int | None = None) -> list[str]:
    """Say what a run has done.

    tally: with the verdicts, if it is of a check. left: rows read that got no result,
    because the run was interrupted.
    """
    rate = tally.done / seconds if seconds else 0.0
    lines = [f"{_urls(tally.done)} in {seconds:.1f} s ({rate:.0f}/s)"]
    if isinstance(tally, CheckTally):
        lines.extend(_verdicts(tally))
    if tally.statuses:
        parts = [f"{status} {_phrase(status)} {n}" for status, n in sorted(tally.statuses.items())]
        lines.append("  status:   " + ", ".join(parts))
    if tally.kinds:
        parts = [f"{kind} {n}" for kind, n in tally.kinds.most_common()]
        lines.append("  failures: " + ", ".join(parts))
    slowest = [f"{clean(host)} {seconds * 1000:.0f} ms" for host, seconds in tally.slowest()]
    if slowest:
        lines.append("  slowest:  " + ", ".join(slowest))
    lines.append(f"  read:     {format_size(tally.bytes_read)}")
    if tally.bytes_saved:
        lines[-1] += f", {format_size(tally.bytes_saved)} saved by stopping early"
    if tally.cached:
        parts = [f"{how} {n:,}" for how, n in sorted(tally.cached.items())]
        lines.append("  cache:    " + ", ".join(parts))
    if left is not None:
        lines.append(f"  interrupted: {_undone(tally, left)}")
    return lines


def _undone(tally: Tally, left: int) -> str:
    """What an interrupted run did not come to."""
    if left == 0 and isinstance(tally, CheckTally):
        return "each URL was asked, but not all that failed was asked again"
    return f"{_urls(left)} of those read left undone"


def _verdicts(tally: CheckTally) -> list[str]:
    """How many are how healthy, and what the trouble is with those that are not."""
    lines = []
    if tally.healths:
        # From best to worst, each always named: that nothing is unhealthy is what people look for.
        lines.append(
            "  health:   " + ", ".join([f"{health} {tally.healths[health]:,}" for health in Health])
        )
    if tally.troubles:
        parts = [f"{trouble} {n:,}" for trouble, n in tally.troubles.most_common()]
        lines.append("  trouble:  " + ", ".join(parts))
    return lines


def _urls(count: int) -> str:
    return f"{count:,} URL" if count == 1 else f"{count:,} URLs"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "(unknown)"
