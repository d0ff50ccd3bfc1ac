"""A report as one HTML page that needs nothing else."""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from fetcher.sinks.reports.report import ReportData
from fetcher.sinks.reports.report_stats import (
    BOUNDS,
    PHASES,
    Latencies,
    ReportEntry,
    ReportKind,
    Totals,
    counted,
    headline,
    milliseconds,
)
from fetcher.text import clean, encodable
from fetcher.units import format_time

_SHOWN = 100
"""URLs of a group that are listed with it."""
# So many URLs are unfolded: what is worst can be read at once, and the rest found below it.
_UNFOLDED = 40
# From here on, a browser is told not to lay out what cannot be seen.
_LONG = 1_000
_WEB = re.compile(r"https?://[^/?#]", re.IGNORECASE)


def render_html(facts: ReportData) -> Iterator[str]:
    """Write the report as an HTML page, piece by piece.

    It asks for nothing from anywhere, and its Content-Security-Policy (CSP Level 3) allows no more
    than the style and the script in it, by their hashes. Everything can be read without the script,
    which filters and sorts.
    """
    style, script = _part("report.css"), _part("report.js")
    kind, totals = facts.kind, facts.totals
    groups = totals.groups()
    return _template().generate(
        kind=kind,
        totals=totals,
        facts=facts,
        headline=headline(totals),
        made=format_time(facts.made.timestamp()),
        policy=(
            f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
            "base-uri 'none'; form-action 'none'"
        ),
        style=Markup(style),
        script=Markup(script),
        groups=groups,
        unfolded=_unfolded([group.count for group in groups]),
        troubles=sorted({group.trouble for group in groups if group.trouble}),
        classes=_classes(totals.latencies),
        scale=totals.phases.quantile(0.95),
        shown=_SHOWN,
        long=totals.count > _LONG,
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("fetcher.sinks.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_shown,
        auto_reload=False,
    )
    environment.filters.update(counted=counted, link=_link, ms=milliseconds)
    environment.globals.update(
        badge=_badge, bar=_bar, phase_bar=_phase_bar, phases=PHASES, shares=_shares
    )
    return environment.get_template("report.html")


def _shown(value: object) -> object:
    """Return what is put into the page: text of strangers without what could garble it."""
    return clean(value) if type(value) is str else value


def _link(url: str) -> Markup:
    """Return a URL as a link to it; as mere text if it is not an http or https URL."""
    shown = clean(url)
    if not _WEB.match(url):
        return escape(shown)
    link = Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>')
    return link.format(encodable(url), shown)


def _badge(kind: ReportKind, state: str, word: str = "") -> Markup:
    """Return a state with its mark and colour; word: what it says instead of the state."""
    found = kind.state(state)
    return Markup('<span class="badge {}"><span aria-hidden="true">{}</span> {}</span>').format(
        found.css, found.mark, word or state
    )


def _bar(parts: Sequence[tuple[str, float]], label: str, css: str) -> Markup:
    """Draw parts side by side as SVG.

    parts: a CSS class and a width in percent each. label: the same in words.
    """
    at = 0.0
    drawn = []
    for name, width in parts:
        drawn.append(f'<rect class="{name}" x="{at:.2f}%" width="{width:.2f}%" height="100%"/>')
        at += width
    return Markup(
        '<svg class="{0}" role="img" aria-label="{1}"><title>{1}</title>{2}</svg>'
    ).format(css, label, Markup("".join(drawn)))


def _shares(totals: Totals) -> Markup:
    """Draw how many URLs are in each state."""
    counts = [(state, totals.of(state.name)) for state in totals.kind.states]
    parts = [(state.css, 100 * count / totals.count) for state, count in counts if count]
    return _bar(parts, ", ".join(f"{count:,} {state.name}" for state, count in counts), "whole")


def _phase_bar(entry: ReportEntry, scale: float) -> Markup:
    """Draw how long each phase of a request took; a full bar is `scale` milliseconds or more."""
    spent = sum(entry.phases)
    if not spent or not scale:
        return Markup("")
    # Longer ones than the scale are drawn full, their parts in proportion.
    full = 100 / max(scale, spent)
    named = zip(PHASES, entry.phases, strict=True)
    label = ", ".join([f"{name} {milliseconds(ms)}" for name, ms in named if ms])
    parts = [(f"p{place}", ms * full) for place, ms in enumerate(entry.phases) if ms]
    return _bar(parts, label, "phases")


def _unfolded(counts: Sequence[int]) -> list[bool]:
    """Return for each group whether its URLs are shown unfolded."""
    unfolded, seen = [], 0
    for count in counts:
        unfolded.append(seen < _UNFOLDED)
        seen += min(count, _SHOWN)
    return unfolded


def _classes(latencies: Latencies) -> list[tuple[str, int, float]]:
    """List the classes from the first to the last that is not empty: name, count, percent."""
    filled = [place for place, count in enumerate(latencies.classes) if count]
    if not filled:
        return []
    most = max(latencies.classes)
    names = [f"≤ {milliseconds(bound)}" for bound in BOUNDS] + [f"> {milliseconds(BOUNDS[-1])}"]
    counts = latencies.classes
    return [
        (names[place], counts[place], 100 * counts[place] / most)
        for place in range(filled[0], filled[-1] + 1)
    ]


def _part(name: str) -> str:
    return files(__package__).joinpath("templates", name).read_text("utf-8")


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
