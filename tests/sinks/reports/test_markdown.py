"""The Markdown renders as GitHub would, and text from strangers stays text."""

from collections.abc import Iterable
from html.parser import HTMLParser

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from fetcher.sinks.reports.markdown import LIMIT, as_link, as_text, render_markdown
from fetcher.sinks.reports.report_stats import ReportEntry
from tests.sinks.reports.making import ALL, EVIL, GONE, GOOD, SLOW, TEXTS, entry, many, report

# As GitHub has it: CommonMark with tables and strikethrough, and markup in it is markup.
GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


class Rendered(HTMLParser):
    """The elements of a page, its tables cell by cell, its links, and all its text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.rows: list[list[str]] = []
        self.links: list[str] = []
        self.headings: list[str] = []
        self.text = ""
        self._into: list[str] = []
        self.feed(GFM.render(source))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append(tag)
        self.links.extend(value or "" for name, value in attrs if name == "href")
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self._into = self.rows[-1]
            self._into.append("")
        if tag in ("h2", "h3"):
            self._into = self.headings
            self._into.append("")

    def handle_endtag(self, tag: str) -> None:
        """Note where a cell or heading ends."""
        if tag in ("td", "th", "h2", "h3"):
            self._into = []

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data
        if self._into:
            self._into[-1] += data


def rendered(entries: Iterable[ReportEntry] = ALL, *, complete: bool = True) -> Rendered:
    """Write and render a report."""
    return Rendered(report(render_markdown, entries, complete=complete))


def test_headline_totals_and_groups() -> None:
    """What is worst comes first, and everything that is not healthy is in a table."""
    page = rendered()
    assert page.headings == [
        "✗ 1 of 4 URLs is unhealthy",
        "✗ unhealthy: gone (1)",
        "? unknown: blocked (1)",
        "! degraded: timeout (1)",
        "Slowest answers",
    ]
    assert page.rows[:2] == [
        ["healthy", "degraded", "unhealthy", "unknown", "all"],
        ["1", "1", "1", "1", "4"],
    ]
    assert page.rows[2:4] == [
        ["URL", "status", "time", "reason"],
        ["https://a.example/gone", "200", "12 ms", "expected 200, found 404"],
    ]


def test_healthy_urls_are_only_counted() -> None:
    """A hundred healthy URLs are a number, and the slowest of them a few lines."""
    page = rendered([*many(100), GONE])
    assert page.headings[0] == "✗ 1 of 101 URLs is unhealthy"
    assert len(page.links) == 1 + 5


def test_all_is_well() -> None:
    """Without trouble there are no groups; without answers no times."""
    assert rendered([GOOD]).headings == ["✓ The URL is healthy", "Slowest answers"]
    assert rendered([]).headings == ["✓ No URLs were checked"]
    assert rendered([entry(status=None, elapsed_ms=None)]).headings == ["✓ The URL is healthy"]


def test_a_partial_report_says_so() -> None:
    """An interrupted run's summary says at its head that it is not all."""
    assert "partial" in rendered(complete=False).text
    assert "partial" not in rendered().text


@pytest.mark.parametrize(
    "text",
    [
        EVIL,
        "a | b",
        "a \\| b",
        "ends in \\",
        "`` ` ``",
        "&amp; &#124; &copy;",
        "<script>alert(1)</script>",
        "<!-- not a comment",
        "![i](http://x.example/p.png)",
        "[a]: http://x.example",
        "*a* _b_ **c** __d__ ~~e~~ $f$",
        "# no heading",
    ],
)
def test_text_stays_text(text: str) -> None:
    """What has a meaning in Markdown or HTML is shown as it is."""
    page = Rendered(f"| a | b |\n| --- | --- |\n| {as_text(text)} | x |\n")
    assert page.rows[1] == [text, "x"]
    assert set(page.tags) == {"table", "thead", "tbody", "tr", "th", "td"}


@given(TEXTS, TEXTS)
def test_any_text_stays_in_its_cell(url: str, reason: str) -> None:
    """No text makes an element, or a cell, or a link of its own."""
    one = entry(f"https://a.example/{url}", "unhealthy", trouble="gone", reason=reason)
    page = rendered([one])
    cells = page.rows[3]
    assert [cells[0].split(), cells[3].split()] == [one.url.split(), one.reason.split()]
    assert len(cells) == 4
    assert len(page.links) == 2
    assert not {"img", "script", "em", "strong", "s"} & set(page.tags)


@pytest.mark.parametrize(
    "text", ["http://x.example", "see HTTPS://x.example now", "www.x.example", "Www.x.example"]
)
def test_nothing_becomes_a_link_by_itself(text: str) -> None:
    """What GFM would take for a link has a character in it that is written as a reference."""
    assert "://" not in as_text(text)
    assert "www." not in as_text(text).lower()
    assert Rendered(as_text(text)).text.strip() == text


@pytest.mark.parametrize(
    ("url", "links"),
    [
        ("https://a.example/x?a=b&c=d#e", ["https://a.example/x?a=b&c=d#e"]),
        ("https://a.example/a%20b (c)|d", ["https://a.example/a%20b%20(c)%7Cd"]),
        ("https://a.example/<b>\\", ["https://a.example/%3Cb%3E%5C"]),
        ("https://a.example/&lt;", ["https://a.example/&lt;"]),
        ("a.example", []),
        ("javascript:alert(1)", []),
        ("https://a.example/" + "x" * 3000, []),
    ],
)
def test_only_urls_of_the_web_are_links(url: str, links: list[str]) -> None:
    """A link leads to its URL and nowhere else; what is no web address is text."""
    page = Rendered(as_link(url))
    assert page.links == links
    assert page.text.strip() == (url if len(url) < 300 else url[:299] + "…")


def test_a_report_is_never_too_large() -> None:
    """With long reasons by the thousand, it stays below the limit and says what is left out."""
    long = "x" * 1900, "|" * 300
    entries = [
        entry(f"https://h{n}.example/{long[0]}", "unhealthy", trouble=trouble, reason=long[1])
        for trouble in ("gone", "dns", "tls", "timeout", "content")
        for n in range(300)
    ]
    text = report(render_markdown, [*entries, SLOW])
    assert LIMIT * 0.7 < len(text.encode()) <= LIMIT
    page = Rendered(text)
    groups = page.headings[1:-1]
    assert len(groups) == 6
    listed = sum(len(row) == 4 for row in page.rows) - len(groups)
    assert f"{1501 - listed:,} URLs more that are not healthy had no room here." in page.text
    assert page.headings[-1] == "Slowest answers"


def test_what_a_group_does_not_list_is_told() -> None:
    """Of very many with the same trouble the first are listed, and the others counted."""
    page = rendered(many(201, health="unhealthy", trouble="gone", reason="no"))
    assert "1 URL more that is not healthy had no room here." in page.text
    assert page.headings[1] == "✗ unhealthy: gone (201)"


def test_what_could_garble_the_summary_is_not_shown() -> None:
    """A value keeps its line breaks and marks in data; in a table it is one line without them."""
    raw = "one\ntwo\u202e\x1b three"
    page = rendered([entry(raw, "unhealthy", trouble="gone", reason=raw)])
    assert ["one two three", "200", "12 ms", "one two three"] in page.rows
