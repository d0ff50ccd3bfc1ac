"""JUnit XML is valid by the schema that CI systems know, and says what happened."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema
from hypothesis import given

from fetcher.sinks.reports.junit import render_junit
from fetcher.sinks.reports.report_stats import ReportEntry
from fetcher.text import xml_text
from tests.sinks.reports.making import ALL, EVIL, GONE, GOOD, SLOW, TEXTS, entry, report

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).parent.parent / "junit.xsd"))


def suite(*entries: ReportEntry, **options: bool) -> ElementTree.Element:
    """Write a report that must be valid, and give its suite."""
    text = report(render_junit, entries, **options)
    SCHEMA.validate(text)
    found = ElementTree.fromstring(text.encode()).find("testsuite")
    assert found is not None
    return found


def test_the_schema_refuses() -> None:
    """The schema itself tells valid from invalid: a case needs a name, a suite its counts."""
    valid = report(render_junit, [GONE])
    SCHEMA.validate(valid)
    for removed in (r' name="https[^"]*"', r' failures="\d+"', r"</?testsuites[^>]*>"):
        assert not SCHEMA.is_valid(re.sub(removed, "", valid)), removed


def test_each_url_is_a_case() -> None:
    """Cases stand in the order of the rows, each with its URL, class and seconds."""
    cases = suite(*ALL).findall("testcase")
    assert [case.attrib for case in cases] == [
        {"name": one.url, "classname": "fetcher.check", "time": "0.012"} for one in ALL
    ]


def test_what_a_verdict_becomes() -> None:
    """Unhealthy fails, unknown is an error, degraded passes with output, healthy just passes."""
    good, gone, blocked, slow = suite(*ALL).findall("testcase")
    assert list(good) == []
    assert [(found.tag, found.attrib) for found in gone] == [
        ("failure", {"type": "gone", "message": "expected 200, found 404"})
    ]
    assert [(found.tag, found.get("type")) for found in blocked] == [("error", "blocked")]
    assert [(found.tag, found.attrib) for found in slow] == [("system-out", {})]
    assert "reason: it took 2 s\n" in (slow[0].text or "")


@pytest.mark.parametrize(
    ("fails", "failures", "tag"), [(False, "0", "system-out"), (True, "1", "failure")]
)
def test_degraded_fails_where_the_job_says_so(fails: bool, failures: str, tag: str) -> None:
    """The case and the count agree."""
    found = suite(SLOW, degraded_fails=fails)
    assert found.get("failures") == failures
    assert [child.tag for child in found[0]] == [tag]


def test_totals() -> None:
    """The suite, and all suites together, have the counts, the time and the date."""
    assert suite(*ALL).attrib == {
        "name": "fetcher check",
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "skipped": "0",
        "time": "0.049",
        "timestamp": "2026-11-15T09:30:00",
    }


def test_the_text_alone_says_everything() -> None:
    """GitLab shows only the text: URL, reason, what was seen, and the place in the input."""
    one = entry(
        "http://a.example/",
        "unhealthy",
        trouble="redirect",
        reason="it ends elsewhere",
        redirect_chain="301 http://a.example/",
        final_url="http://b.example/",
        flaky="503",
        dns_ms=4.2,
    )
    (failure,) = suite(one)[0]
    assert (failure.text or "").splitlines() == [
        "URL: http://a.example/",
        "health: unhealthy",
        "trouble: redirect",
        "reason: it ends elsewhere",
        "status: 200",
        "at first: 503",
        "redirects: 301 http://a.example/",
        "final URL: http://b.example/",
        "title: A title",
        "address: 192.0.2.7",
        "time: 12 ms",
        "phases: DNS 4.2 ms, first byte 10 ms, body 2 ms",
        "input: urls.txt:1",
    ]


@given(TEXTS, TEXTS)
def test_any_text_is_held(url: str, reason: str) -> None:
    """Whatever a stranger wrote comes back, but for what XML 1.0 cannot hold at all."""
    one = entry(url, "unhealthy", trouble="gone", reason=reason, title=EVIL)
    (case,) = suite(one)
    assert case.get("name") == xml_text(url)
    assert case[0].get("message") == xml_text(reason)
    assert f"title: {EVIL}\n" in (case[0].text or "")


def test_what_xml_cannot_hold_is_escaped() -> None:
    """U+FFFE is no character of XML, not even as a reference; the rest is kept."""
    assert suite(entry("a\ufffe\n\u202eb"))[0].get("name") == "a\\ufffe\n\u202eb"


def test_a_partial_report_says_so() -> None:
    """An interrupted run's suite says on its error output that it is not all."""
    assert "partial" in (suite(GOOD, complete=False).findtext("system-err") or "")
    assert suite(GOOD).find("system-err") is None
