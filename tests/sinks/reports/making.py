"""Entries to report, and reports as text."""

from collections.abc import Iterable, Iterator
from dataclasses import astuple
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from fetcher.sinks.base import START, TargetRows
from fetcher.sinks.reports.report import Render, ReportSink, ReportStyle, TemporaryRows
from fetcher.sinks.reports.report_stats import CHECK_REPORT, ReportEntry
from fetcher.text import clean

MADE = datetime(2026, 11, 15, 9, 30, tzinfo=UTC)
EVIL = "<img src=x onerror=alert(1)> | `a` [b](javascript:c) **d** &lt; \\| ]]> \" ' </script>"


def entry(url: str = "https://a.example/", health: str = "healthy", **values: Any) -> ReportEntry:
    """Make an entry; what is not given is as for a quick answer."""
    usual: dict[str, Any] = {
        "trouble": None,
        "reason": "",
        "flaky": None,
        "status": 200,
        "final_url": url,
        "redirect_chain": "",
        "title": "A title",
        "elapsed_ms": 12.3,
        "dns_ms": None,
        "connect_ms": None,
        "tls_ms": None,
        "first_byte_ms": 10.0,
        "body_ms": 2.0,
        "ip": "192.0.2.7",
        "cert_days_left": None,
        "attempts": 1,
        "source": "urls.txt:1",
    }
    return ReportEntry(url, health, **usual | values)


GONE = entry(
    "https://a.example/gone", "unhealthy", trouble="gone", reason="expected 200, found 404"
)
BLOCKED = entry("https://b.example/", "unknown", trouble="blocked", reason="it asks for a captcha")
SLOW = entry("https://c.example/", "degraded", trouble="timeout", reason="it took 2 s")
GOOD = entry("https://d.example/")
ALL = (GOOD, GONE, BLOCKED, SLOW)

TEXTS = st.text(
    st.one_of(st.characters(), st.sampled_from("<>&\"'`|\\[]()*_~$!#:/.\0\x1b\ufffe日👩")),
    max_size=40,
).map(clean)
"""Texts of strangers, as the rows of a report hold them."""


def sink(render: Render, published: list[bytes], **options: Any) -> ReportSink:
    """Make a sink whose report is added to a list."""

    def publish(blocks: Iterable[bytes]) -> None:
        published.append(b"".join(blocks))

    rows, publish = options.pop("rows", None), options.pop("publish", publish)
    style = ReportStyle(options.pop("kind", CHECK_REPORT), render, now=lambda: MADE, **options)
    return ReportSink(rows or TemporaryRows("report"), publish, style)


def put(sink: ReportSink, *entries: ReportEntry) -> None:
    """Write and commit entries, a target each."""
    sink.write([TargetRows(entry.url, (astuple(entry),)) for entry in entries])
    sink.commit(START)


def report(
    render: Render, entries: Iterable[ReportEntry] = ALL, *, complete: bool = True, **options: Any
) -> str:
    """Return the report on these entries."""
    published: list[bytes] = []
    made = sink(render, published, **options)
    put(made, *entries)
    made.finish(complete=complete)
    (data,) = published
    return data.decode()


def many(count: int, **values: Any) -> Iterator[ReportEntry]:
    """Make entries with URLs of their own."""
    return (entry(f"https://h{number}.example/", **values) for number in range(count))
