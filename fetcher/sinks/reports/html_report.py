"""The page as a whole: self-contained, and allowed to do nothing but its own.

The list of all URLs on the page.

The first screen of the page: how things are, what is wrong, how long it took.

The few ways in which values become markup.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from html import escape
from importlib.resources import files

from fetcher.judgement.verdict import Health
from fetcher.sinks.reports.report import ReportData
from fetcher.sinks.reports.report_stats import (
    BOUNDS,
    ORDER,
    PARTIAL,
    PHASES,
    Group,
    Latencies,
    ReportEntry,
    Totals,
    counted,
    headline,
    meaning,
    milliseconds,
)
from fetcher.sinks.table import MARKS

_WEB = re.compile(r"https?://[^/?#]", re.IGNORECASE)


def text(value: object) -> str:
    """Give a value as text or as an attribute's value, whatever is in it."""
    return escape(str(value), quote=True)


def link(url: str) -> str:
    """Give a URL as a link to it; as mere text if it is none of the web."""
    shown = text(url)
    if not _WEB.match(url):
        return shown
    return f'<a href="{shown}" rel="noopener noreferrer nofollow">{shown}</a>'


def badge(health: str, word: str = "") -> str:
    """Give a health with its mark and colour; word: what it says instead of the health."""
    mark = MARKS.get(health, "")
    return (
        f'<span class="badge {text(health)}"><span aria-hidden="true">{mark}</span> '
        f"{text(word or health)}</span>"
    )


def bar(parts: list[tuple[str, float]], label: str, css: str) -> str:
    """Draw parts side by side as SVG.

    parts: a CSS class and a width in percent each. label: the same in words.
    """
    at = 0.0
    drawn = []
    for name, width in parts:
        drawn.append(f'<rect class="{name}" x="{at:.2f}%" width="{width:.2f}%" height="100%"/>')
        at += width
    said = text(label)
    return (
        f'<svg class="{css}" role="img" aria-label="{said}"><title>{said}</title>'
        f"{''.join(drawn)}</svg>"
    )


# From here on, a browser is told not to lay out what cannot be seen.
_LONG = 1_000


def listing(facts: ReportData) -> Iterator[str]:
    """Write the list of all, with what filters and sorts it.

    Each row says in `data-url`, `data-health` and `data-trouble` what a later run may read back;
    `data-status` and `data-ms` are there to be sorted by. Those are the page's only elements with
    a `data-url`.
    """
    totals = facts.totals
    if not totals.count:
        return
    yield '<section aria-labelledby="all">\n<h2 id="all">All URLs</h2>\n'
    yield _controls(totals)
    scale = totals.phases.quantile(0.95)
    if scale:
        yield _legend(scale)
    size = " long" if totals.count > _LONG else ""
    yield (
        f'<table class="list{size}" id="list">\n<thead><tr>'
        '<th scope="col" data-sort="health">Health</th>'
        '<th scope="col" data-sort="url">URL</th>'
        '<th scope="col" data-sort="status" class="number">Status</th>'
        '<th scope="col" data-sort="ms" class="number">Time</th></tr></thead>\n<tbody>\n'
    )
    for entry in facts.entries:
        yield _row(entry, scale)
    yield "</tbody>\n</table>\n</section>\n"


def _controls(totals: Totals) -> str:
    """What only works with the script, which therefore shows it."""
    boxes = [
        f'<label class="pill"><input type="checkbox" name="health" value="{health.value}" checked>'
        f"{badge(health.value)} <span>{totals.of(health):,}</span></label>"
        for health in ORDER
        if totals.of(health)
    ]
    found = totals.groups(Health.UNHEALTHY, Health.UNKNOWN, Health.DEGRADED)
    names = sorted({group.trouble for group in found if group.trouble})
    troubles = [f'<option value="{text(name)}">{text(name)}</option>' for name in names]
    return (
        '<form id="controls" class="controls" hidden>\n'
        '<label>Search <input type="search" name="text" autocomplete="off" '
        'placeholder="URL, title, reason"></label>\n'
        '<label>Trouble <select name="trouble"><option value="">any</option>'
        f"{''.join(troubles)}</select></label>\n"
        '<label>Sort by <select name="sort"><option value="">input order</option>'
        '<option value="health">health</option><option value="url">URL</option>'
        '<option value="status">status</option><option value="ms">time</option></select></label>\n'
        f'<fieldset><legend class="unseen">Health</legend>{"".join(boxes)}</fieldset>\n'
        '<p class="found"><output id="found"></output></p>\n</form>\n'
    )


def _legend(scale: float) -> str:
    keys = [
        f'<span><svg class="key" aria-hidden="true"><rect class="p{place}" width="100%" '
        f'height="100%"/></svg> {name}</span>'
        for place, name in enumerate(PHASES)
    ]
    return (
        f'<p class="legend">{" ".join(keys)} '
        f"<span>a full bar is {milliseconds(scale)} or more</span></p>\n"
    )


def _row(entry: ReportEntry, scale: float) -> str:
    status = "" if entry.status is None else str(entry.status)
    took = "" if entry.elapsed_ms is None else milliseconds(entry.elapsed_ms)
    order = "" if entry.elapsed_ms is None else f"{entry.elapsed_ms:g}"
    trouble = f'<span class="trouble">{text(entry.trouble)}</span>' if entry.trouble else ""
    return (
        f'<tr data-url="{text(entry.url)}" data-health="{text(entry.health)}" '
        f'data-trouble="{text(entry.trouble or "")}" data-status="{status}" data-ms="{order}">'
        f'<td class="verdict">{badge(entry.health)} {trouble}</td>'
        f'<td class="what">{link(entry.url)}{_more(entry)}</td>'
        f'<td class="number status">{status}</td>'
        f'<td class="number took">{took}{_phases(entry, scale)}</td></tr>\n'
    )


def _more(entry: ReportEntry) -> str:
    lines = []
    if entry.reason:
        lines.append(("reason", entry.reason))
    if entry.title:
        lines.append(("title", entry.title))
    if entry.final_url and entry.final_url != entry.url:
        lines.append(("final", f"→ {entry.final_url}"))
    return "".join([f'<span class="{name}">{text(line)}</span>' for name, line in lines])


def _phases(entry: ReportEntry, scale: float) -> str:
    spent = sum(entry.phases)
    if not spent or not scale:
        return ""
    # Longer ones than the scale are drawn full, their parts in proportion.
    full = 100 / max(scale, spent)
    named = list(zip(PHASES, entry.phases, strict=True))
    label = ", ".join([f"{name} {milliseconds(ms)}" for name, ms in named if ms])
    parts = [(f"p{place}", ms * full) for place, ms in enumerate(entry.phases) if ms]
    return bar(parts, label, "phases")


_SHOWN = 100
# So many URLs are unfolded: what is worst can be read at once, and the rest found below it.
_UNFOLDED = 40


def header(facts: ReportData) -> Iterator[str]:
    """Write the headline and the totals."""
    totals = facts.totals
    moment = facts.made.strftime("%Y-%m-%d %H:%M %Z").strip()
    yield '<header>\n<p class="kicker">fetcher check</p>\n'
    yield f"<h1>{text(headline(totals))}</h1>\n"
    stamp = facts.made.isoformat(timespec="seconds")
    yield f'<p class="made"><time datetime="{text(stamp)}">{text(moment)}</time></p>\n'
    if not facts.complete:
        yield f'<p class="partial" role="status">{text(PARTIAL)}</p>\n'
    yield "</header>\n"
    yield '<section aria-label="Totals">\n'
    if totals.count:
        shares = [(h.value, 100 * totals.of(h) / totals.count) for h in ORDER if totals.of(h)]
        said = ", ".join(f"{totals.of(h):,} {h.value}" for h in ORDER)
        yield bar(shares, said, "whole") + "\n"
    yield '<ul class="tiles">\n'
    for health in ORDER:
        count = totals.of(health)
        empty = "" if count else ' class="none"'
        yield f"<li{empty}><strong>{count:,}</strong> {badge(health.value)}</li>\n"
    yield "</ul>\n</section>\n"


def troubles(totals: Totals) -> Iterator[str]:
    """Write what is wrong, grouped by its cause, the gravest first."""
    groups = totals.groups(Health.UNHEALTHY, Health.UNKNOWN, Health.DEGRADED)
    if not groups:
        return
    yield '<section aria-labelledby="wrong">\n<h2 id="wrong">What is wrong</h2>\n'
    seen = 0
    for group in groups:
        yield from _group(group, unfolded=seen < _UNFOLDED)
        seen += min(group.count, _SHOWN)
    yield "</section>\n"


def _group(group: Group, *, unfolded: bool) -> Iterator[str]:
    name = group.trouble or "no reason"
    yield f'<details class="group"{" open" if unfolded else ""}>\n<summary>'
    yield badge(group.health, name)
    yield f' <span class="count">{counted(group.count)}</span>'
    yield f' <span class="meaning">{text(meaning(group.trouble))}</span></summary>\n<ul>\n'
    for entry in group.first[:_SHOWN]:
        reason = f'<span class="reason">{text(entry.reason)}</span>' if entry.reason else ""
        yield f"<li>{link(entry.url)} {reason}</li>\n"
    yield "</ul>\n"
    if group.count > _SHOWN:
        yield f"<p>And {counted(group.count - _SHOWN)} more, in the list below.</p>\n"
    yield "</details>\n"


def latency(totals: Totals) -> Iterator[str]:
    """Write how long the answers took, as a distribution."""
    latencies = totals.latencies
    if not latencies.count:
        return
    yield '<section aria-labelledby="latency">\n<h2 id="latency">How long answers took</h2>\n'
    yield '<ul class="tiles few">\n'
    for share, name in ((0.5, "half"), (0.95, "95 of 100"), (0.99, "99 of 100")):
        took = milliseconds(latencies.quantile(share))
        yield f"<li><strong>{took}</strong> {name} took no longer</li>\n"
    yield '</ul>\n<table class="spread">\n<caption class="unseen">Answers by their time</caption>\n'
    yield '<thead class="unseen"><tr><th>up to</th><th>share</th><th>answers</th></tr></thead>\n'
    yield "<tbody>\n"
    most = max(latencies.classes)
    for name, count in _classes(latencies):
        drawn = bar([("answers", 100 * count / most)], counted(count), "share")
        yield f'<tr><th scope="row">{name}</th><td>{drawn}</td><td>{count:,}</td></tr>\n'
    yield "</tbody>\n</table>\n</section>\n"


def _classes(latencies: Latencies) -> list[tuple[str, int]]:
    """The classes from the first to the last that is not empty, with their names."""
    filled = [place for place, count in enumerate(latencies.classes) if count]
    names = [f"≤ {_bound(bound)}" for bound in BOUNDS] + [f"> {_bound(BOUNDS[-1])}"]
    return [(names[i], latencies.classes[i]) for i in range(filled[0], filled[-1] + 1)]


def _bound(ms: float) -> str:
    return f"{ms / 1000:g} s" if ms >= 1000 else f"{ms:g} ms"


def render_html(facts: ReportData) -> Iterator[str]:
    """Write the report as an HTML page.

    It asks for nothing from anywhere, and its Content-Security-Policy (CSP Level 3) allows no more
    than the style and the script in it, by their hashes. Everything can be read without the script,
    which filters and sorts.
    """
    style, script = _part("page.css"), _part("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{text(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="generator" content="fetcher check">\n'
        f"<title>{text(headline(facts.totals))}</title>\n"
        f"<style>{style}</style>\n</head>\n<body>\n<main>\n"
    )
    yield from header(facts)
    yield from troubles(facts.totals)
    yield from latency(facts.totals)
    yield from listing(facts)
    yield f"</main>\n<script>{script}</script>\n</body>\n</html>\n"


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
