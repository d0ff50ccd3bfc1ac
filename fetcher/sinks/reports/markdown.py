"""A report as Markdown, for the summary of a CI job.

GitHub Flavored Markdown: what is not in CommonMark are the tables. GitHub takes a summary of at
most 1 MiB from one step, and drops a larger one whole.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote

from fetcher.sinks.reports.report import ReportData
from fetcher.sinks.reports.report_stats import (
    Group,
    ReportEntry,
    ReportKind,
    Totals,
    counted,
    headline,
    milliseconds,
)
from fetcher.text import encodable, shorten

LIMIT = 1_000_000
"""No report is larger, in bytes."""

# What the line about those left out may need.
_RESERVE = 500
_LONGEST_TEXT = 300
_LONGEST_LINK = 2_000
# Renderers differ in what a backslash before a pipe is in a table; a character reference is never
# taken for structure (CommonMark 0.31, section 2.5).
_ESCAPES = {ord(c): f"&#{ord(c)};" for c in "&<>\\|"} | {ord(c): f"\\{c}" for c in "`*_[]~$"}
# GFM makes links of these without being asked (section 6.9).
_AUTOLINK = re.compile(r"://|\bwww\.", re.IGNORECASE)
_URL_CHARACTERS = "%:/?#[]@!$'()+,;=-._~*"
_WEB = re.compile(r"https?://[^/?#]", re.IGNORECASE)


def render_markdown(facts: ReportData) -> Iterator[str]:
    """Write the report: totals, then what is wrong by its kind, the gravest first.

    Healthy URLs are only counted. A line says how many had no room.
    """
    totals = facts.totals
    head, tail = "".join(_head(facts)), _slowest(totals)
    yield head
    room = LIMIT - _RESERVE - len(head.encode()) - len(tail.encode())
    kind, groups = facts.kind, totals.groups()
    shown = 0
    for place, group in enumerate(groups):
        # What one group leaves is for those after it; none takes their room.
        rows = _rows_within(room // (len(groups) - place), kind, group)
        if rows:
            text = _group_head(kind, group) + "".join(rows) + "\n"
            yield text
            room -= len(text.encode())
            shown += len(rows)
    left_out = sum(group.count for group in groups) - shown
    if left_out:
        verb = "is" if left_out == 1 else "are"
        what = f"{verb} not {kind.good.name}"
        yield f"_{counted(left_out)} more that {what} had no room here._\n\n"
    yield tail


def _head(facts: ReportData) -> Iterator[str]:
    kind, totals = facts.kind, facts.totals
    yield f"## {totals.worst().mark} {headline(totals)}\n\n"
    if not facts.complete:
        yield f"> **{kind.partial}**\n\n"
    yield "| " + " | ".join([state.name for state in kind.states]) + " | all |\n"
    yield "| ---: " * (len(kind.states) + 1) + "|\n"
    counts = [totals.of(state.name) for state in kind.states] + [totals.count]
    yield "| " + " | ".join([f"{count:,}" for count in counts]) + " |\n\n"


def _group_head(kind: ReportKind, group: Group) -> str:
    name = as_code(group.trouble) if group.trouble else "without a reason"
    return (
        f"### {kind.state(group.health).mark} {group.health}: {name} ({group.count:,})\n\n"
        f"{kind.meaning(group.trouble)}\n\n"
        "| URL | status | time | reason |\n| --- | ---: | ---: | --- |\n"
    )


def _rows_within(room: int, kind: ReportKind, group: Group) -> list[str]:
    """The rows of a group that have room with its head, in bytes."""
    rows = []
    room -= len(_group_head(kind, group).encode()) + 1
    for entry in group.first:
        row = _row(entry)
        room -= len(row.encode())
        if room < 0:
            break
        rows.append(row)
    return rows


def _row(entry: ReportEntry) -> str:
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
        f"Median {milliseconds(latencies.quantile(0.5))}, "
        f"95th percentile {milliseconds(latencies.quantile(0.95))} "
        f"({counted(latencies.count)}).\n\n"
        "| URL | time |\n| --- | ---: |\n" + "".join(rows)
    )


def _time(entry: ReportEntry) -> str:
    return "" if entry.elapsed_ms is None else milliseconds(entry.elapsed_ms)


def as_text(text: str) -> str:
    """Return a text so that it is shown as it is, cut if it is very long."""
    return _AUTOLINK.sub(lambda match: _reference(match[0]), _escaped(text))


def as_code(text: str) -> str:
    """Return a word of this program's own as code."""
    return f"`{text}`"


def as_link(url: str) -> str:
    """Return a URL as a link to it; as mere text if a browser should not follow it."""
    if not _WEB.match(url) or len(url) > _LONGEST_LINK:
        return as_text(url)
    # A percent sign stays, because what is encoded is so already; `&` could begin a reference.
    target = "&amp;".join([quote(part, safe=_URL_CHARACTERS) for part in encodable(url).split("&")])
    # There are no links inside a link: its text needs no care for them.
    return f"[{_escaped(url)}](<{target}>)"


def _reference(found: str) -> str:
    mark = ":" if ":" in found else "."
    return found.replace(mark, f"&#{ord(mark)};", 1)


def _escaped(text: str) -> str:
    return shorten(text, _LONGEST_TEXT).translate(_ESCAPES)
