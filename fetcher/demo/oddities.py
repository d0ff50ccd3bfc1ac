"""Pages whose titles are easy to get wrong, or dangerous to show."""

from html import escape

from fetcher.demo.page import DemoPage, document

_SVG = '<svg width="16" height="16"><title>Anchor</title><circle cx="8" cy="8" r="7"/></svg>'


def pages() -> list[DemoPage]:
    """Make the oddities."""
    return [
        # The parser moves into the body at the svg; the title after it still counts, because it is
        # the first one in the HTML namespace (HTML standard, "the title element").
        _raw(
            "svg",
            "The museum of anchors",
            "a title inside an SVG comes first",
            f"<!doctype html>\n{_SVG}\n<title>The museum of anchors</title>\n"
            "<p>The round thing is an anchor, seen from above.</p>\n",
        ),
        _marked(
            "comment",
            "The museum of boots",
            "a title inside a comment and a script comes first",
            "<!-- <title>Under construction</title> -->\n"
            '<script>const old = "<title>Not this one</title>";</script>\n'
            "<title>The museum of boots</title>\n",
        ),
        _marked(
            "entities",
            "Fish & Chips — 5\xa0€ <today only> 🐟",
            "a title of character references",
            "<title>Fish &amp; Chips &mdash; 5&nbsp;&euro; &lt;today only&gt; &#x1F41F;</title>\n",
        ),
        _marked(
            "spaces",
            "Low tide at noon",
            "a title over several lines",
            "<title>\n    Low tide\n\t at   noon\n</title>\n",
        ),
        _titled("emoji", "🌊 Storm warning 👩\u200d✈️ lifted ❤️", "a title with emoji"),
        _titled("commas", 'Bread, "real" butter, and jam; from 1 €', "a title that CSV must quote"),
        _titled(
            "markup", "[bold red]Sale[/bold red] <b>today</b>", "a title that looks like markup"
        ),
        _titled("empty", "", "an empty title"),
        _raw(
            "none",
            None,
            "no title at all",
            "<!doctype html>\n<h1>A page without a name</h1>\n<p>It likes it that way.</p>\n",
        ),
        _titled(
            "formula",
            '=HYPERLINK("http://127.0.0.1/","Click me")',
            "a title that a spreadsheet would run",
        ),
        _titled(
            "control",
            "Harbour \x1b[31mnotice\x07 \u202efdp.exe",
            "a title with escape sequences and reversed text",
        ),
    ]


def _titled(name: str, title: str, about: str) -> DemoPage:
    return _marked(name, title, about, f"<title>{escape(title, quote=False)}</title>\n")


def _marked(name: str, title: str, about: str, head: str) -> DemoPage:
    """Make a page whose head begins with this markup, and shows the markup."""
    main = f"<h1>Oddities: {escape(about)}</h1>\n<pre>{escape(_visible(head))}</pre>"
    return _raw(name, title, about, document(main, title=None, declared=head))


def _raw(name: str, title: str | None, about: str, html: str) -> DemoPage:
    return DemoPage(f"/oddities/{name}", about, html.encode(), title, "utf-8")


def _visible(text: str) -> str:
    return "".join(char if char.isprintable() or char == "\n" else "·" for char in text)
