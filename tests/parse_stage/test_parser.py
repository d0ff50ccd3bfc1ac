"""One page: its fields, what the user's function makes of it, and what can go wrong with that."""

import asyncio
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fetcher.extraction.fields import FieldSet
from fetcher.failures import FailureKind, Phase
from fetcher.model import RawPage
from fetcher.parse_stage import PageParser, Parsed, UserFunction
from tests.parse_stage.parsers import page, parser

Way = Callable[[PageParser, RawPage], Parsed]


def in_a_worker(parser: PageParser, page: RawPage) -> Parsed:
    """Parse as a worker does: a pickled parser, in a thread without a loop."""
    copy: PageParser = pickle.loads(pickle.dumps(parser))
    return copy.parse(page)


def on_the_loop(parser: PageParser, page: RawPage) -> Parsed:
    """Parse as the inline stage does."""
    return asyncio.run(parser.parse_here(page))


@pytest.fixture(params=[in_a_worker, on_the_loop])
def parse(request: pytest.FixtureRequest) -> Way:
    """Return each of the two ways to parse a page."""
    way: Way = request.param
    return way


def test_fields_are_one_row(parse: Way) -> None:
    """Each page has one, whatever was found in it."""
    shop = parser("", "title", "price:int=b::text")
    found = parse(shop, page(body=b"<title>Shop</title><b>3</b>"))
    assert found == Parsed(({"title": "Shop", "price": 3},))
    assert parse(shop, page(body=b"")) == Parsed(({"title": None, "price": None},))


URL = {"url": "http://127.0.0.1/"}
LETTERS = ({"letter": "a"}, {"letter": "b"})


@pytest.mark.parametrize(
    ("function", "rows"),
    [
        ("one", (URL,)),
        ("several", LETTERS),
        ("none", ()),
        ("generated", LETTERS),
        ("awaited", (URL,)),
        ("async_generated", LETTERS),
        ("shop", (URL,)),
    ],
)
def test_a_function_gives_rows(parse: Way, function: str, rows: tuple[Any, ...]) -> None:
    """Whether it returns them, yields them, or has to be awaited."""
    assert parse(parser(function), page()) == Parsed(rows)


def test_fields_stand_in_each_row_of_a_function(parse: Way) -> None:
    """Before its own values, which win where both have one."""
    found = parse(parser("several", "title", "letter=title::text"), page())
    assert [list(row.items()) for row in found.rows] == [
        [("title", "A page"), ("letter", letter)] for letter in "ab"
    ]
    assert parse(parser("none", "title"), page()) == Parsed()


@pytest.mark.parametrize("function", ["fail", "fail_later", "fail_half_way"])
def test_an_exception_is_the_pages_failure(parse: Way, function: str) -> None:
    """On one line, with a traceback that begins in the user's own code; the fields are kept."""
    found = parse(parser(function, "title"), page())
    assert found.rows == ({"title": "A page"},)
    assert found.failure is not None
    assert (found.failure.kind, found.failure.phase) == (FailureKind.EXTRACT_FAILED, Phase.PARSE)
    assert found.failure.detail == "ValueError: no price in {'new': 3}"
    assert found.traceback.startswith("Traceback (most recent call last):\n")
    assert "user_functions.py" in found.traceback.splitlines()[1]
    assert "# this comment shows in the traceback" in found.traceback
    assert found.traceback.endswith("ValueError: no price\nin {'new': 3}\n")


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("leave", "SystemExit: 3"),
        ("fail_without_words", "SilentError"),
        ("cancel_itself", "RuntimeError: the function cancelled its own task"),
        ("not_a_row", "it returned a function, not a dict, a list of dicts or None"),
        ("a_row_with_a_function", "the value of later[0] is a function, which no output can hold"),
        ("numbers", "item 1 of what it returned is an int, not a dict"),
        ("missing", "there is no 'missing' in tests.parse_stage.user_functions"),
    ],
)
def test_whatever_a_function_does_is_the_pages_failure(
    parse: Way, function: str, words: str
) -> None:
    """Nothing that it raises or returns gets any further."""
    found = parse(parser(function), page())
    assert found.failure is not None
    assert found.failure.kind is FailureKind.EXTRACT_FAILED
    assert words in found.failure.detail
    assert found.rows == ()


def test_what_was_returned_has_no_traceback(parse: Way) -> None:
    """It would only show this program's own code."""
    assert parse(parser("numbers"), page()).traceback == ""


def test_what_an_exception_says_is_cut(parse: Way) -> None:
    """A failure is read in a table, and a traceback on a terminal."""
    found = parse(parser("fail_at_length"), page())
    assert found.failure is not None
    assert len(found.failure.detail) == 200
    assert len(found.traceback) == 20_000
    assert found.traceback.endswith("the end\n")


def test_a_defect_of_our_own_is_called_one(parse: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is one page's failure still, and has its traceback."""

    def broken(*_: object) -> None:
        raise LookupError("should not be")

    monkeypatch.setattr(FieldSet, "extract_from", broken)
    found = parse(parser("", "title"), page())
    assert found.failure is not None
    assert (found.failure.kind, found.failure.phase) == (FailureKind.INTERNAL_ERROR, Phase.PARSE)
    assert found.failure.detail == "LookupError: should not be"
    assert "in broken" in found.traceback


@pytest.mark.parametrize("function", ["no_memory", "interrupt"])
def test_what_is_not_the_pages_is_passed_on(parse: Way, function: str) -> None:
    """Memory and Ctrl-C are for whoever has the page parsed."""
    with pytest.raises((MemoryError, KeyboardInterrupt)):
        parse(parser(function), page())


def test_a_worker_keeps_its_loop() -> None:
    """A session that a function has made for one page serves the next."""
    shop = parser("same_loop")
    shop.parse(page())
    assert shop.parse(page()) == Parsed(({"same": True},))


async def test_cancelling_ends_what_a_function_awaits() -> None:
    """Then the task is cancelled, and the page has not failed."""
    task = asyncio.create_task(parser("wait_for_ever").parse_here(page()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_what_a_function_prints_is_no_row(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It goes to standard error: rows may be on standard output."""
    (tmp_path / "chatty.py").write_text("def f(page):\n    print('at', page.url)\n    return {}\n")
    monkeypatch.chdir(tmp_path)
    PageParser(None, UserFunction("chatty:f")).parse(RawPage("http://a/", 200, "text/html", b""))
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "at http://a/\n")
