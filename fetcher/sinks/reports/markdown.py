"""A report as Markdown, for the summary of a CI job.

GitHub Flavored Markdown: what is not in CommonMark are the tables. GitHub takes a summary of at
most 1 MiB from one step, and drops a larger one whole.
"""

from collections.abc import Iterator

from fetcher.judgement.verdict import Health
from fetcher.sinks.marks import MARKS
from fetcher.sinks.reports.entry import Entry, counted, milliseconds
from fetcher.sinks.reports.inline import as_code, as_link, as_text
from fetcher.sinks.reports.report import Facts
from fetcher.sinks.reports.totals import Group, Totals
from fetcher.sinks.reports.words import ORDER, PARTIAL, headline, meaning

LIMIT = 1_000_000
"""No report is larger, in bytes."""

# What the line about those left out may need.
_RESERVE = 500


def render_markdown(facts: Facts) -> Iterator[str]:
    """Write the report: totals, then what is wrong by its kind, the gravest first.

    Healthy URLs are only counted. A line says how many had no room.
    """
    totals = facts.totals
    head, tail = "".join(_head(facts)), _slowest(totals)
    yield head
    room = LIMIT - _RESERVE - len(head.encode()) - len(tail.encode())
    groups = totals.groups(Health.UNHEALTHY, Health.UNKNOWN, Health.DEGRADED)
    shown = 0
    for place, group in enumerate(groups):
        # What one group leaves is for those after it; none takes their room.
        rows = _rows_within(room // (len(groups) - place), group)
        if rows:
            text = _group_head(group) + "".join(rows) + "\n"
            yield text
            room -= len(text.encode())
            shown += len(rows)
    left_out = sum(group.count for group in groups) - shown
    if left_out:
        verb = "is" if left_out == 1 else "are"
        yield f"_{counted(left_out)} more that {verb} not healthy had no room here._\n\n"
    yield tail


def _head(facts: Facts) -> Iterator[str]:
    totals = facts.totals
    yield f"## {MARKS[_worst(totals).value]} {headline(totals)}\n\n"
    if not facts.complete:
        yield f"> **{PARTIAL}**\n\n"
    yield "| " + " | ".join([health.value for health in ORDER]) + " | all |\n"
    yield "| ---: " * (len(ORDER) + 1) + "|\n"
    counts = [totals.of(health) for health in ORDER] + [totals.count]
    yield "| " + " | ".join([f"{count:,}" for count in counts]) + " |\n\n"


def _worst(totals: Totals) -> Health:
    for health in (Health.UNHEALTHY, Health.UNKNOWN, Health.DEGRADED):
        if totals.of(health):
            return health
    return Health.HEALTHY


def _group_head(group: Group) -> str:
    name = as_code(group.trouble) if group.trouble else "without a reason"
    return (
        f"### {MARKS.get(group.health, '')} {group.health}: {name} ({group.count:,})\n\n"
        f"{meaning(group.trouble)}\n\n"
        "| URL | status | time | reason |\n| --- | ---: | ---: | --- |\n"
    )


def _rows_within(room: int, group: Group) -> list[str]:
    """The rows of a group that have room with its head, in bytes."""
    rows = []
    room -= len(_group_head(group).encode()) + 1
    for entry in group.first:
        row = _row(entry)
        room -= len(row.encode())
        if room < 0:
            break
        rows.append(row)
    return rows


def _row(entry: Entry) -> str:
    status = "" if entry.status is None else str(entry.status)
    return f"| {as_link(entry.url)} | {status} | {_time(entry)} | {as_text(entry.reason)} |\n"


def _slowest(totals: Totals) -> str:
    entries = totals.slowest()
    if not entries:
        return ""
    latencies = totals.latencies
    rows = [f"| {as_link(entry.url)} | {_time(entry)} |\n" for entry in entries]
    return (
        "### Slowest answers\n\n"
        f"Half of {latencies.count:,} took up to {milliseconds(latencies.quantile(0.5))}, "
        f"95 in 100 up to {milliseconds(latencies.quantile(0.95))}.\n\n"
        "| URL | time |\n| --- | ---: |\n" + "".join(rows)
    )


def _time(entry: Entry) -> str:
    return "" if entry.elapsed_ms is None else milliseconds(entry.elapsed_ms)
