"""The list of all URLs on the page."""

from collections.abc import Iterator

from fetcher.judgement.verdict import Health
from fetcher.sinks.reports.entry import PHASES, Entry, milliseconds
from fetcher.sinks.reports.html.markup import badge, bar, link, text
from fetcher.sinks.reports.report import Facts
from fetcher.sinks.reports.totals import Totals
from fetcher.sinks.reports.words import ORDER

# From here on, a browser is told not to lay out what cannot be seen.
_LONG = 1_000


def listing(facts: Facts) -> Iterator[str]:
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


def _row(entry: Entry, scale: float) -> str:
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


def _more(entry: Entry) -> str:
    lines = []
    if entry.reason:
        lines.append(("reason", entry.reason))
    if entry.title:
        lines.append(("title", entry.title))
    if entry.final_url and entry.final_url != entry.url:
        lines.append(("final", f"→ {entry.final_url}"))
    return "".join([f'<span class="{name}">{text(line)}</span>' for name, line in lines])


def _phases(entry: Entry, scale: float) -> str:
    spent = sum(entry.phases)
    if not spent or not scale:
        return ""
    # Longer ones than the scale are drawn full, their parts in proportion.
    full = 100 / max(scale, spent)
    named = list(zip(PHASES, entry.phases, strict=True))
    label = ", ".join([f"{name} {milliseconds(ms)}" for name, ms in named if ms])
    parts = [(f"p{place}", ms * full) for place, ms in enumerate(entry.phases) if ms]
    return bar(parts, label, "phases")
