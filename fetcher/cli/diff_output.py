"""Differences as text for a terminal, as Markdown for a CI summary, and as JSON lines."""

import json
from collections.abc import Iterator

from fetcher.cli.diff_groups import HEADINGS, Fact, Groups, cause, facts
from fetcher.earlier import Difference, Kind
from fetcher.sinks.clean import clean

_BOLD, _RED, _GREEN, _YELLOW, _CYAN = "1", "31", "32", "33", "36"
_COLOURS = {
    Kind.NEWLY_BROKEN: _RED,
    Kind.NEWLY_DEGRADED: _YELLOW,
    Kind.FIXED: _GREEN,
    Kind.UNKNOWN: _YELLOW,
    Kind.SLOWER: _YELLOW,
    Kind.CERTIFICATE_EXPIRES_SOONER: _YELLOW,
}


def text_lines(groups: Groups, *, colour: bool = False) -> Iterator[str]:
    """Give a block for each kind, below a line with all the counts."""

    def paint(text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if colour else text

    yield paint(groups.headline(), _BOLD)
    for kind, heading in HEADINGS.items():
        if not groups.counts[kind]:
            continue
        yield ""
        yield paint(f"{heading} ({groups.counts[kind]:,})", _COLOURS.get(kind, _CYAN))
        for difference in groups.kept[kind]:
            yield f"  {clean(difference.url)}  {_in_words(difference)}".rstrip()
        yield from (f"  … and {line}" for line in _left_out(groups, kind))


def markdown_lines(groups: Groups) -> Iterator[str]:
    """Give a table for each kind (GitHub Flavored Markdown), below a line with all the counts."""
    yield f"**{groups.headline()}**"
    for kind, heading in HEADINGS.items():
        if not groups.counts[kind]:
            continue
        yield from ("", f"### {heading} ({groups.counts[kind]:,})", "")
        yield from ("| url | before | now | reason |", "| --- | --- | --- | --- |")
        for difference in groups.kept[kind]:
            before, now = facts(difference)
            cells = (difference.url, _shown(kind, before), _shown(kind, now), cause(difference))
            yield f"| {' | '.join(map(_escaped, cells))} |"
        yield from (line for left in _left_out(groups, kind) for line in ("", f"… and {left}"))


def json_line(difference: Difference) -> str:
    """Give one object: change, url, before, now, and the reason where there is one.

    Times are numbers, in milliseconds.
    """
    before, now = facts(difference)
    row = {
        "change": difference.kind.value,
        "url": clean(difference.url),
        "before": before,
        "now": now,
        "reason": cause(difference) or None,
    }
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def _in_words(difference: Difference) -> str:
    kind = difference.kind
    if kind in (Kind.REMOVED, Kind.ADDED):
        return ""
    before, now = facts(difference)
    words = f"{_shown(kind, before)} -> {_shown(kind, now)}"
    why = cause(difference)
    return f"{words} ({why})" if why else words


def _shown(kind: Kind, fact: Fact) -> str:
    if fact is None:
        return "not there"
    if isinstance(fact, str):
        return f'"{fact}"' if kind is Kind.TITLE_CHANGED else fact
    return f"{fact:.0f} ms"


def _left_out(groups: Groups, kind: Kind) -> Iterator[str]:
    left = groups.counts[kind] - len(groups.kept[kind])
    if left:
        yield f"{left:,} more (--limit 0 shows all)"


# Any of these could begin something other than text (CommonMark 0.31, section 2.4).
_MARKUP = {ord(c): f"\\{c}" for c in "\\`*_{}[]<>|~&#!"}


def _escaped(text: str) -> str:
    return clean(text).translate(_MARKUP)
