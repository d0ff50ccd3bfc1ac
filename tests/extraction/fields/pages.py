"""Pages made of markup, and what a field finds in them."""

from fetcher.extraction.fields import FieldValue, parse_select
from fetcher.extraction.fields.parsed_page import ParsedPage
from fetcher.model import RawPage

URL = "https://example.com/shop/item?x=1#part"


def raw(markup: str | bytes, content_type: str = "text/html", url: str = URL) -> RawPage:
    """An answer with this body; text goes as UTF-8."""
    body = markup.encode() if isinstance(markup, str) else markup
    return RawPage(url, 200, content_type, body, {"content-type": content_type})


def page(markup: str | bytes, content_type: str = "text/html", url: str = URL) -> ParsedPage:
    """The same, to be parsed."""
    return ParsedPage(raw(markup, content_type, url))


def found(what: str, markup: str | bytes, **more: str) -> FieldValue:
    """The value in a page of a field, as `parse_select` takes it."""
    return parse_select(what).extract(page(markup, **more))
