"""A report as JUnit XML, which CI systems show as test results.

There is no standard. This is what the schemas of Jenkins' xUnit plugin (junit-10.xsd) and of Maven
Surefire have in common, and what GitLab and Jenkins read: one suite, one case for each URL.
"""

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from fetcher.judgement.verdict import Health
from fetcher.sinks.reports.report import ReportData
from fetcher.sinks.reports.report_stats import PHASES, ReportEntry, milliseconds
from fetcher.text import xml_text
from fetcher.units import rfc3339

_NAME = "fetcher check"
# Jenkins takes what stands before the last dot for a package: a host name would be torn apart.
_CLASS = "fetcher.check"


def render_junit(facts: ReportData) -> Iterator[str]:
    """Write the report.

    An unhealthy URL is a failure, one that could not be judged an error; a degraded one is a
    failure or a passed case with its reason as output, as the job has it. Times are in seconds.
    """
    totals = _totals(facts)
    # The schemas want no zone; the time is UTC.
    made = (rfc3339(facts.made.timestamp()) or "").removesuffix("Z")
    suite = {"name": _NAME, **totals, "skipped": "0", "timestamp": made}
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<testsuites{_attributes({'name': _NAME, **totals})}>\n"
    yield f"<testsuite{_attributes(suite)}>\n"
    for entry in facts.entries:
        yield _case(entry, facts.degraded_fails)
    if not facts.complete:
        yield _element("system-err", facts.kind.partial) + "\n"
    yield "</testsuite>\n</testsuites>\n"


def _totals(facts: ReportData) -> dict[str, str]:
    totals = facts.totals
    failing = (Health.UNHEALTHY, *([Health.DEGRADED] if facts.degraded_fails else ()))
    return {
        "tests": str(totals.count),
        "failures": str(totals.of(*failing)),
        "errors": str(totals.of(Health.UNKNOWN)),
        "time": f"{totals.seconds:.3f}",
    }


def _case(entry: ReportEntry, degraded_fails: bool) -> str:
    seconds = (entry.elapsed_ms or 0.0) / 1000
    case = {"name": entry.url, "classname": _CLASS, "time": f"{seconds:.3f}"}
    name = _element_for(entry.health, degraded_fails)
    content = ""
    if name == "system-out":
        content = _element(name, _details(entry))
    elif name:
        about = {"type": entry.trouble or entry.health, "message": entry.reason}
        content = _element(name, _details(entry), about)
    return f"<testcase{_attributes(case)}>{content}</testcase>\n"


def _element_for(health: str, degraded_fails: bool) -> str:
    if health == Health.UNHEALTHY.value:
        return "failure"
    if health == Health.UNKNOWN.value:
        return "error"
    if health == Health.DEGRADED.value:
        return "failure" if degraded_fails else "system-out"
    return ""


def _details(entry: ReportEntry) -> str:
    """Everything in the text again: GitLab shows neither the message nor the type."""
    named = zip(PHASES, entry.phases, strict=True)
    facts: list[tuple[str, object]] = [
        ("URL", entry.url),
        ("health", entry.health),
        ("trouble", entry.trouble),
        ("reason", entry.reason),
        ("status", entry.status),
        ("at first", entry.flaky),
        ("redirects", entry.redirect_chain),
        ("final URL", entry.final_url if entry.final_url != entry.url else None),
        ("title", entry.title),
        ("address", entry.ip),
        ("time", None if entry.elapsed_ms is None else milliseconds(entry.elapsed_ms)),
        ("phases", ", ".join([f"{name} {milliseconds(ms)}" for name, ms in named if ms])),
        ("input", entry.source),
    ]
    return "".join([f"{name}: {value}\n" for name, value in facts if value not in (None, "")])


def _element(name: str, text: str, attributes: Mapping[str, str] | None = None) -> str:
    return f"<{name}{_attributes(attributes or {})}>{escape(xml_text(text))}</{name}>"


def _attributes(values: Mapping[str, str]) -> str:
    return "".join([f" {name}={quoteattr(xml_text(value))}" for name, value in values.items()])
