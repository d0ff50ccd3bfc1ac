"""All pages of the demo site in one table, and the home page that lists them."""

from collections.abc import Iterable
from functools import cache
from html import escape

from fetcher.demo import letters, oddities, town, trouble
from fetcher.demo.page import DemoPage, document

HOME_TITLE = "Port Merle, a town to try things on"


@cache
def sections() -> dict[str, tuple[DemoPage, ...]]:
    """Give the pages by section, in the order in which they tell their story."""
    return {
        "The town": tuple(town.pages()),
        "Letters from the twin towns, each in its own encoding": tuple(letters.pages()),
        "Odd titles": tuple(oddities.pages()),
        "Moved": tuple(trouble.redirects()),
        "For programs": tuple(town.machine_pages()),
        "Files": tuple(trouble.files()),
        "Late, or at the third try": tuple(trouble.slow_pages()),
        "Not here": tuple(trouble.statuses()),
        "Broken": tuple(trouble.broken_pages()),
    }


@cache
def table() -> dict[str, DemoPage]:
    """Give every page by its path, the home page first."""
    listed = [page for pages in sections().values() for page in pages]
    return {page.path: page for page in [home(), *listed]}


@cache
def home() -> DemoPage:
    """Make the home page: a list of everything there is."""
    lists = "\n".join(
        f"<h2>{escape(name)}</h2>\n<ul>\n{_links(pages)}\n</ul>"
        for name, pages in sections().items()
    )
    main = (
        f"<h1>{escape(HOME_TITLE)}</h1>\n"
        "<p>Every page here shows one thing that happens on the web.</p>\n" + lists
    )
    body = document(main, title=HOME_TITLE).encode()
    return DemoPage("/", "the home page, which lists all others", body, HOME_TITLE, "utf-8")


def _links(pages: Iterable[DemoPage]) -> str:
    return "\n".join(
        f'<li><a href="{escape(page.path)}"><code>{escape(page.path)}</code></a> '
        f"{escape(page.about)}</li>"
        for page in pages
    )
