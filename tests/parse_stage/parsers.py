"""Pages and parsers for the tests of the parse stage."""

from pathlib import Path

from fetcher.extraction.fields import FieldSet, parse_select
from fetcher.model import RawPage
from fetcher.parse_stage import PageParser, UserFunction

ROOT = Path(__file__).parent.parent.parent


def page(path: str = "", body: bytes = b"<title>A page</title>") -> RawPage:
    """Return an answer from a URL of that path."""
    return RawPage(f"http://127.0.0.1/{path}", 200, "text/html; charset=utf-8", body)


def parser(function: str = "", *select: str) -> PageParser:
    """Return a parser with a function of `user_functions` and some fields, each if named."""
    fields = FieldSet(tuple(parse_select(text) for text in select)) if select else None
    return PageParser(fields, named(function) if function else None)


def named(function: str) -> UserFunction:
    """Return a function of `user_functions` by its name, as a user would have written it."""
    return UserFunction(f"tests.parse_stage.user_functions:{function}", str(ROOT))
