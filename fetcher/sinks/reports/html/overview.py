"""The first screen of the page: how things are, what is wrong, how long it took."""

from collections.abc import Iterator

from fetcher.judgement.verdict import Health
from fetcher.sinks.reports.entry import counted, milliseconds
from fetcher.sinks.reports.html.markup import badge, bar, link, text
from fetcher.sinks.reports.latency import BOUNDS, Latencies
from fetcher.sinks.reports.report import Facts
from fetcher.sinks.reports.totals import Group, Totals
from fetcher.sinks.reports.words import ORDER, PARTIAL, headline, meaning

_SHOWN = 100
# So many URLs are unfolded: what is worst can be read at once, and the rest found below it.
_UNFOLDED = 40


def header(facts: Facts) -> Iterator[str]:
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
