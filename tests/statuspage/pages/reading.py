"""Reading the page's markup in tests."""

from selectolax.lexbor import LexborHTMLParser, LexborNode


def parse(page: str) -> LexborHTMLParser:
    """Parse a page."""
    return LexborHTMLParser(page)


def texts(found: LexborHTMLParser | LexborNode, selector: str) -> list[str]:
    """The text of each element found, with single spaces."""
    return [" ".join(node.text().split()) for node in found.css(selector)]


def links(found: LexborHTMLParser, selector: str = "a") -> list[str]:
    """Where each link leads."""
    return [node.attributes["href"] or "" for node in found.css(selector)]


def value(found: LexborHTMLParser, selector: str, name: str = "value") -> str:
    """An attribute of the first element found."""
    node = found.css_first(selector)
    assert node is not None, selector
    return node.attributes[name] or ""


def csrf_of(page: str) -> str:
    """The token in a page's forms."""
    return value(parse(page), "[name=csrf]")
