"""The page is whole in itself, says everything without its script, and can be read back."""

import base64
import hashlib
import re
from collections.abc import Iterable

import pytest
from hypothesis import given
from selectolax.lexbor import LexborHTMLParser, LexborNode

from fetcher.sinks.reports.html_report import render_html
from fetcher.sinks.reports.report_stats import ReportEntry
from tests.sinks.reports.making import ALL, EVIL, GONE, GOOD, TEXTS, entry, many, report


def page(entries: Iterable[ReportEntry] = ALL, *, complete: bool = True) -> LexborHTMLParser:
    """Write a page and parse it."""
    return LexborHTMLParser(report(render_html, entries, complete=complete))


def texts(found: LexborHTMLParser, selector: str) -> list[str]:
    """The text of each element found, with single spaces."""
    return [" ".join(node.text().split()) for node in found.css(selector)]


def only(found: LexborHTMLParser, selector: str) -> LexborNode:
    """The one element found."""
    (node,) = found.css(selector)
    return node


def test_rows_can_be_read_back() -> None:
    """Each URL has one row, in the order of the run, with its health and its trouble."""
    rows = page().css("tr[data-url]")
    assert [
        (row.attributes["data-url"], row.attributes["data-health"], row.attributes["data-trouble"])
        for row in rows
    ] == [(one.url, one.health, one.trouble or "") for one in ALL]
    assert len(page().css("[data-url]")) == len(ALL)


@given(TEXTS, TEXTS, TEXTS)
def test_any_text_stays_text(url: str, title: str, reason: str) -> None:
    """Whatever a stranger wrote is shown and read back as it is, and makes no element."""
    one = entry(url, "unhealthy", trouble="gone", reason=reason, title=title, final_url=url + "x")
    found, usual = page([one]), page([entry("u", "unhealthy", trouble="gone", reason="r")])
    row = only(found, "tr[data-url]")
    assert row.attributes["data-url"] == url.replace("\0", "\ufffd")
    for name, text in (("title", title), ("reason", reason), ("final", f"→ {url}x")):
        assert [node.text() for node in row.css(f".{name}")] == ([text] if text else [])
    tags = {node.tag for node in found.css("*")}
    assert tags - {"a"} <= {node.tag for node in usual.css("*")}


def test_what_could_garble_the_page_is_not_shown() -> None:
    """A value keeps its line breaks and marks in data; on a page it is one line without them."""
    raw = "one\ntwo\u202e\x1b three"
    found = page([entry(f"http://a/{raw}", "unhealthy", trouble="gone", reason=raw, title=raw)])
    row = only(found, "tr[data-url]")
    for name in ("reason", "title"):
        assert only(found, f"tr .{name}").text() == "one two three"
    assert row.attributes["data-url"] == "http://a/one two three"


def test_markup_in_every_text() -> None:
    """A hostile text in each place makes no element that runs or loads anything."""
    values = dict.fromkeys(("reason", "title", "final_url", "redirect_chain", "ip"), EVIL)
    found = page([entry(EVIL, "unhealthy", trouble=EVIL, flaky=EVIL, source=EVIL, **values)])
    assert found.css("img") == []
    assert len(found.css("script")) == 1
    assert EVIL in found.css("tr[data-url]")[0].text()


def test_it_needs_nothing_else() -> None:
    """No element of the page names anything to be loaded."""
    found = page()
    assert found.css("[src], [srcset], [style], link, iframe, object, embed, base") == []
    assert {node.tag for node in found.css("[href]")} == {"a"}
    assert "url(" not in only(found, "style").text()
    assert "@import" not in only(found, "style").text()


def test_it_may_do_nothing_else() -> None:
    """The policy allows just the style and the script that are there, by their hashes."""

    def hash_of(selector: str) -> str:
        source = only(found, selector).text().encode()
        return f"'sha256-{base64.b64encode(hashlib.sha256(source).digest()).decode()}'"

    found = page()
    policy = only(found, "meta[http-equiv=Content-Security-Policy]").attributes["content"] or ""
    assert policy.split("; ") == [
        "default-src 'none'",
        f"style-src {hash_of('style')}",
        f"script-src {hash_of('script')}",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_totals_and_groups() -> None:
    """The headline, each total, and what is wrong by its cause, can be read without a script."""
    found = page()
    assert texts(found, "h1") == texts(found, "head > title") == ["1 of 4 URLs is unhealthy"]
    assert texts(found, ".tiles:not(.few) li") == [
        "1 ✓ healthy",
        "1 ! degraded",
        "1 ✗ unhealthy",
        "1 ? unknown",
    ]
    assert [text.split(" 1 URL")[0] for text in texts(found, "summary")] == [
        "✗ gone",
        "? blocked",
        "! timeout",
    ]
    assert texts(found, ".group li")[0] == "https://a.example/gone expected 200, found 404"


def test_a_large_group_is_cut_and_the_list_is_not() -> None:
    """Of a thousand with the same trouble a hundred stand in the group, and all in the list."""
    found = page(many(1_000, health="unhealthy", trouble="dns"))
    assert len(found.css(".group li")) == 100
    assert texts(found, ".group p") == ["And 900 URLs more, in the list below."]
    assert len(found.css("tr[data-url]")) == 1_000


def test_what_comes_after_many_is_folded() -> None:
    """The first groups are open; after some dozens of URLs, the others wait to be opened."""
    kinds = ("gone", "dns", "tls")
    entries = [one for kind in kinds for one in many(30, health="unhealthy", trouble=kind)]
    opened = ["open" in group.attributes for group in page(entries).css("details")]
    assert opened == [True, True, False]


def test_latencies() -> None:
    """Classes from the first to the last that is not empty, with what they hold."""
    times = [8.0, 30.0, 40.0, 150.0]
    found = page([entry(elapsed_ms=ms) for ms in times])
    assert texts(found, ".spread tbody th") == [
        "≤ 10 ms",
        "≤ 20 ms",
        "≤ 50 ms",
        "≤ 100 ms",
        "≤ 200 ms",
    ]
    assert texts(found, ".spread tbody td:last-child") == ["1", "0", "2", "0", "1"]
    widths = [rect.attributes["width"] for rect in found.css(".spread rect")]
    assert widths == ["50.00%", "0.00%", "100.00%", "0.00%", "50.00%"]


def test_phases() -> None:
    """Each phase that took time is a part of the bar, in proportion, and is said in words."""
    found = page(
        [entry(dns_ms=10.0, connect_ms=20.0, tls_ms=30.0, first_byte_ms=40.0, body_ms=None)]
    )
    bar = only(found, "tr[data-url] svg")
    assert bar.attributes["aria-label"] == "DNS 10 ms, connect 20 ms, TLS 30 ms, first byte 40 ms"
    parts = [
        (r.attributes["class"], r.attributes["x"], r.attributes["width"]) for r in bar.css("rect")
    ]
    assert parts == [
        ("p0", "0.00%", "10.00%"),
        ("p1", "10.00%", "20.00%"),
        ("p2", "30.00%", "30.00%"),
        ("p3", "60.00%", "40.00%"),
    ]


def test_no_bar_is_too_long() -> None:
    """What took longer than nearly all others fills its bar, and no more."""
    found = page(
        [*many(99, first_byte_ms=10.0, body_ms=0.0), entry(first_byte_ms=300.0, body_ms=100.0)]
    )
    drawn = [
        float((r.attributes["width"] or "").rstrip("%")) for r in found.css("tr svg.phases rect")
    ]
    assert drawn[-2:] == [75, 25]
    assert max(drawn) <= 100


def test_only_urls_of_the_web_are_links() -> None:
    """What is no web address is shown, and leads nowhere."""
    found = page([entry("a.example"), entry("javascript:alert(1)"), entry("HTTPS://b.example/")])
    links = [node.attributes["href"] for node in found.css("a")]
    assert links == ["HTTPS://b.example/"]
    assert {node.attributes["rel"] for node in found.css("a")} == {"noopener noreferrer nofollow"}


def test_a_partial_page_says_so() -> None:
    """An interrupted run's page says at its head that it is not all."""
    assert "partial" in only(page(complete=False), ".partial").text()
    assert page().css(".partial") == []


@pytest.mark.parametrize("entries", [[], [GOOD], [entry(status=None, elapsed_ms=None)]])
def test_what_there_is_nothing_to_say_of_is_left_out(entries: list[ReportEntry]) -> None:
    """No trouble, no answers or no URLs at all leave no empty headings."""
    found = page(entries)
    headings = texts(found, "h2")
    assert "What is wrong" not in headings
    assert ("Response times" in headings) == (entries == [GOOD])
    assert ("All URLs" in headings) == bool(entries)


def test_every_class_has_its_style() -> None:
    """No name of a class is written that the style does not know."""
    text = report(render_html, [*ALL, GONE])
    style, _, body = text.partition("</style>")
    used = {name for found in re.findall(r'class="([^"]*)"', body) for name in found.split()}
    assert {name for name in used if f".{name}" not in style} == set()
