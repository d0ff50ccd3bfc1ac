"""Runs `fetcher diff`: reads both results, compares, and prints what differs.

Differences as text for a terminal, as Markdown for a CI summary, and as JSON lines.

Differences by kind, and what each of them is in words.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from fetcher.baseline import (
    Difference,
    DifferenceKind,
    Limits,
    PreviousResult,
    PreviousResultError,
    PreviousResults,
    compare,
    read_previous,
)
from fetcher.cli.exits import ExitCode, give_up
from fetcher.sinks.table import wants_colour
from fetcher.sinks.values import milliseconds
from fetcher.storage.output_error import OutputError
from fetcher.text import clean
from fetcher.units import format_elapsed, rfc3339
from fetcher.urls import without_password

Fact = str | float | None
"""One side of a difference: text, or milliseconds."""

HEADINGS = {
    DifferenceKind.NEWLY_BROKEN: "Newly broken",
    DifferenceKind.NEWLY_DEGRADED: "Newly degraded",
    DifferenceKind.FIXED: "Fixed",
    DifferenceKind.UNKNOWN: "Could not be judged this time",
    DifferenceKind.SLOWER: "Slower",
    DifferenceKind.TITLE_CHANGED: "Title changed",
    DifferenceKind.REDIRECTED_ELSEWHERE: "Redirected elsewhere",
    DifferenceKind.CERTIFICATE_RENEWED: "Certificate renewed",
    DifferenceKind.CERTIFICATE_EXPIRES_SOONER: "Certificate replaced by one that expires sooner",
    DifferenceKind.REMOVED: "Removed",
    DifferenceKind.ADDED: "Added",
}
"""What each kind is called, in the order in which they are shown."""


@dataclass(slots=True)
class Groups:
    """Differences by kind: all are counted, and the first `limit` of each kind kept.

    before, now: how many URLs the two results have.
    """

    limit: int | None = None
    before: int = 0
    now: int = 0
    counts: Counter[DifferenceKind] = field(default_factory=Counter)
    kept: dict[DifferenceKind, list[Difference]] = field(default_factory=dict)

    def add(self, difference: Difference, *, keep: bool = True) -> None:
        """Take a difference."""
        self.counts[difference.kind] += 1
        kept = self.kept.setdefault(difference.kind, [])
        if keep and (self.limit is None or len(kept) < self.limit):
            kept.append(difference)

    def headline(self) -> str:
        """All in one line."""
        totals = f"{self.before:,} URLs before, {self.now:,} now"
        parts = [
            f"{self.counts[kind]:,} {heading.lower()}"
            for kind, heading in HEADINGS.items()
            if self.counts[kind]
        ]
        return f"{totals}: {', '.join(parts) or 'no difference'}"


def facts(difference: Difference) -> tuple[Fact, Fact]:
    """Return what was and what is, as far as the kind of difference is about it."""
    old, new, kind = difference.old, difference.new, difference.kind
    if kind is DifferenceKind.SLOWER:
        return _elapsed(old), _elapsed(new)
    if kind is DifferenceKind.TITLE_CHANGED:
        return _text(old.title if old else None), _text(new.title if new else None)
    if kind is DifferenceKind.REDIRECTED_ELSEWHERE:
        return _url(old.final_url if old else None), _url(new.final_url if new else None)
    if kind in (DifferenceKind.CERTIFICATE_RENEWED, DifferenceKind.CERTIFICATE_EXPIRES_SOONER):
        return _certificate(old), _certificate(new)
    return old.judged.value if old else None, new.judged.value if new else None


def cause(difference: Difference) -> str:
    """Return why it is no longer healthy; "" if it is, or if that is not what differs."""
    new = difference.new
    about_health = (
        DifferenceKind.NEWLY_BROKEN,
        DifferenceKind.NEWLY_DEGRADED,
        DifferenceKind.UNKNOWN,
    )
    if new is None or difference.kind not in about_health:
        return ""
    status = f"status {new.status}" if new.status is not None else ""
    parts = (new.trouble and new.trouble.value, new.reason or status)
    return clean(": ".join(part for part in parts if part))


def _elapsed(row: PreviousResult | None) -> Fact:
    return None if row is None else milliseconds(row.elapsed)


def _url(url: str | None) -> Fact:
    return None if url is None else clean(without_password(url))


def _text(text: str | None) -> Fact:
    return None if text is None else clean(text)


def _certificate(row: PreviousResult | None) -> Fact:
    """Return the time of expiry, or what else tells one certificate from another."""
    if row is None or row.expires is None:
        return _text(row.fingerprint if row else None)
    return rfc3339(row.expires)


_BOLD, _RED, _GREEN, _YELLOW, _CYAN = "1", "31", "32", "33", "36"
_COLOURS = {
    DifferenceKind.NEWLY_BROKEN: _RED,
    DifferenceKind.NEWLY_DEGRADED: _YELLOW,
    DifferenceKind.FIXED: _GREEN,
    DifferenceKind.UNKNOWN: _YELLOW,
    DifferenceKind.SLOWER: _YELLOW,
    DifferenceKind.CERTIFICATE_EXPIRES_SOONER: _YELLOW,
}


def text_lines(groups: Groups, *, colour: bool = False) -> Iterator[str]:
    """Return a block for each kind, below a line with all the counts."""

    def paint(text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if colour else text

    yield paint(groups.headline(), _BOLD)
    for kind, heading in HEADINGS.items():
        if not groups.counts[kind]:
            continue
        yield ""
        yield paint(f"{heading} ({groups.counts[kind]:,})", _COLOURS.get(kind, _CYAN))
        for difference in groups.kept[kind]:
            yield f"  {clean(without_password(difference.url))}  {_in_words(difference)}".rstrip()
        yield from (f"  … and {line}" for line in _left_out(groups, kind))


def markdown_lines(groups: Groups) -> Iterator[str]:
    """Return a table for each kind (GitHub Flavored Markdown), below a line with all the counts."""
    yield f"**{groups.headline()}**"
    for kind, heading in HEADINGS.items():
        if not groups.counts[kind]:
            continue
        yield from ("", f"### {heading} ({groups.counts[kind]:,})", "")
        yield from ("| url | before | now | reason |", "| --- | --- | --- | --- |")
        for difference in groups.kept[kind]:
            before, now = facts(difference)
            cells = (
                without_password(difference.url),
                _shown(kind, before),
                _shown(kind, now),
                cause(difference),
            )
            yield f"| {' | '.join(map(_escaped, cells))} |"
        yield from (line for left in _left_out(groups, kind) for line in ("", f"… and {left}"))


def json_line(difference: Difference) -> str:
    """Return one object: change, url, before, now, and the reason where there is one.

    Times are numbers, in milliseconds.
    """
    before, now = facts(difference)
    row = {
        "change": difference.kind.value,
        "url": _url(difference.url),
        "before": before,
        "now": now,
        "reason": cause(difference) or None,
    }
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def _in_words(difference: Difference) -> str:
    kind = difference.kind
    if kind in (DifferenceKind.REMOVED, DifferenceKind.ADDED):
        return ""
    before, now = facts(difference)
    words = f"{_shown(kind, before)} -> {_shown(kind, now)}"
    why = cause(difference)
    return f"{words} ({why})" if why else words


def _shown(kind: DifferenceKind, fact: Fact) -> str:
    if fact is None:
        return "not there"
    if isinstance(fact, str):
        return f'"{fact}"' if kind is DifferenceKind.TITLE_CHANGED else fact
    return format_elapsed(fact / 1000)


def _left_out(groups: Groups, kind: DifferenceKind) -> Iterator[str]:
    left = groups.counts[kind] - len(groups.kept[kind])
    if left:
        yield f"{left:,} more (--limit 0 shows all)"


# Any of these could begin something other than text (CommonMark 0.31, section 2.4).
_MARKUP = {ord(c): f"\\{c}" for c in "\\`*_{}[]<>|~&#!"}


def _escaped(text: str) -> str:
    return clean(text).translate(_MARKUP)


@dataclass(frozen=True, slots=True)
class DiffJob:
    """One call of `fetcher diff`, its arguments checked.

    limit: how many differences of each kind are shown; None for all.
    """

    old: str
    new: str
    limits: Limits
    format: str = "text"
    limit: int | None = None


def run_diff(job: DiffJob) -> int:
    """Do a job; return its exit code."""
    groups = Groups(job.limit)
    try:
        with (
            PreviousResults(read_previous(job.old)) as old,
            PreviousResults(read_previous(job.new)) as new,
        ):
            groups.before, groups.now = len(old), len(new)
            for line in _lines(job, old, new, groups):
                # As bytes: what is in a file is UTF-8 wherever it is printed.
                sys.stdout.buffer.write(f"{line}\n".encode())
            sys.stdout.buffer.flush()
    except PreviousResultError as error:
        give_up(ExitCode.INPUT_OUTPUT, clean(str(error)))
    except BrokenPipeError:
        _silence_stdout()
    except (OutputError, OSError) as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    return ExitCode.FAILED_URLS if groups.counts[DifferenceKind.NEWLY_BROKEN] else ExitCode.DONE


def _lines(
    job: DiffJob, old: PreviousResults, new: PreviousResults, groups: Groups
) -> Iterator[str]:
    """Return the output line by line; all differences are counted before the last one."""
    as_json = job.format == "jsonl"
    for difference in compare(old, new, job.limits):
        groups.add(difference, keep=not as_json)
        if as_json:
            yield json_line(difference)
    if job.format == "markdown":
        yield from markdown_lines(groups)
    elif not as_json:
        yield from text_lines(groups, colour=wants_colour(sys.stdout, os.environ))


def _silence_stdout() -> None:
    """Keep the interpreter from complaining at exit that its output has no reader."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
