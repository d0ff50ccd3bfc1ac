"""The scrape job as a library: URLs and fields in, rows out, from coroutines and scripts."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing

import pytest

import fetcher
from fetcher import FailureKind, Settings, Target
from fetcher.extraction.fields import fields_of_table
from fetcher.jobs.scrape import Scraped, Workers, make_stage, scrape, scrape_all
from fetcher.parse_stage import AutoStage, FunctionError, InlineStage, PageParser, ProcessStage
from tests.parse_stage.parsers import named
from tests.support.blackhole import refused_port
from tests.support.shop import Shop, shop_outside

FIELDS = {
    "title": "title",
    "price": {"select": ".price::text", "type": "float", "default": -1},
    "tags": ".tag::text*",
}
INLINE = Workers(0)


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """The address of a shop in another process, for calls that block this one."""
    with shop_outside(0.0) as base:
        yield base


def urls(base: str, *numbers: int) -> list[str]:
    """The URLs of some items."""
    return [f"{base}/item/{number}" for number in numbers]


def kinds(scraped: list[Scraped]) -> list[FailureKind | None]:
    """What went wrong with each."""
    failures = [one.outcome.failure for one in scraped]
    return [None if failure is None else failure.kind for failure in failures]


def test_a_script_needs_one_line(base: str) -> None:
    """A list in input order, with plain values by name; failures are values in it."""
    targets = [*urls(base, 5, 6), f"http://127.0.0.1:{refused_port()}/", "no url"]
    found = fetcher.scrape_all(targets, FIELDS, Settings(retries=0))
    assert [one.rows for one in found] == [
        ({"title": "Item 5", "price": -1.0, "tags": ["a", "b5"]},),
        ({"title": "Item 6", "price": 6.25, "tags": ["a", "b6"]},),
        (),
        (),
    ]
    assert kinds(found) == [None, None, FailureKind.CONNECT_REFUSED, FailureKind.INVALID_URL]
    assert [one.target for one in found] == [Target(n, url) for n, url in enumerate(targets)]


async def test_it_works_inside_a_running_loop(base: str) -> None:
    """In a notebook, where a loop already runs, the same call works."""
    found = scrape_all(urls(base, 1), fields_of_table({"h": "h1::text"}))
    assert found[0].rows == ({"h": "Item 1"},)


@pytest.mark.parametrize("workers", [INLINE, Workers(1), Workers()])
async def test_rows_come_while_they_are_found(base: str, workers: Workers) -> None:
    """Wherever pages are parsed, one Scraped for each URL, duplicates too."""
    same = urls(base, 1, 2, 1)
    found = [one async for one in scrape(same, {"title": "title"}, workers=workers)]
    assert [one.rows[0]["title"] for one in found] == ["Item 1", "Item 2", "Item 1"]


async def test_a_function_s_rows_and_errors(base: str) -> None:
    """Several rows for one URL; an exception with its traceback, beside what the fields found."""
    several, fail = (f"tests.parse_stage.user_functions:{name}" for name in ("several", "fail"))
    none = dict[str, object]()
    found = [one async for one in scrape(urls(base, 1), none, function=several, workers=INLINE)]
    assert found[0].rows == ({"letter": "a"}, {"letter": "b"})
    assert found[0].traceback == ""
    fields = {"title": "title"}
    found = [one async for one in scrape(urls(base, 1), fields, function=fail, workers=INLINE)]
    assert found[0].rows == ({"title": "Item 1"},)
    assert kinds(found) == [FailureKind.EXTRACT_FAILED]
    assert "this comment shows in the traceback" in found[0].traceback
    assert found[0].outcome.response is not None
    assert found[0].outcome.response.status == 200


async def test_the_limits_hold_on_processes(base: str) -> None:
    """A function that never ends loses its own row."""
    function = "tests.parse_stage.user_functions:as_its_url_says"
    targets = [f"{base}/loop/1", f"{base}/good/2"]
    how = Workers(1, time_limit=1.0)
    found = [one async for one in scrape(targets, {}, function=function, workers=how)]
    assert kinds(found) == [FailureKind.PARSE_TIMEOUT, None]
    assert found[1].rows == ({"number": 2, "title": "Item 2"},)


def test_where_pages_are_parsed() -> None:
    """A function of somebody else's goes to processes at once; fields only when it is worth it."""
    fields, both = PageParser(fields_of_table({})), PageParser(None, named("one"))
    assert isinstance(make_stage(fields), AutoStage)
    assert isinstance(make_stage(both), ProcessStage)
    assert isinstance(make_stage(both, INLINE), InlineStage)
    assert isinstance(make_stage(fields, Workers(2)), ProcessStage)


async def test_what_cannot_be_meant_is_raised_at_once() -> None:
    """Before anything is asked for: a broken selector, a missing function, one text for a list."""
    with pytest.raises(ValueError, match="field 'x'"):
        await anext(scrape(["http://127.0.0.1:1/"], {"x": "a[::text"}))
    with pytest.raises(FunctionError, match="no module"):
        await anext(scrape(["http://127.0.0.1:1/"], {}, function="no_such_module:function"))
    with pytest.raises(TypeError, match="give a list"):
        await anext(scrape("http://127.0.0.1:1/", {}))


async def test_leaving_early_leaves_nothing_behind() -> None:
    """No process, no task, and the input is closed, however long it would have gone on."""
    closed = False

    async def endless() -> AsyncIterator[str]:
        nonlocal closed
        try:
            number = 0
            while True:
                await asyncio.sleep(0)
                yield shop.url(f"/item/{number}")
                number += 1
        finally:
            closed = True

    async with Shop() as shop:
        before = asyncio.all_tasks()
        how = scrape(endless(), {"title": "title"}, Settings(read_ahead=20), workers=Workers(2))
        async with aclosing(how) as found:
            titles = [(await anext(found)).rows[0]["title"] for _ in range(30)]
            assert len(multiprocessing.active_children()) == 2
        assert closed
        left = [task for task in asyncio.all_tasks() - before if "fetcher" in str(task.get_coro())]
        assert left == []
    assert titles == [f"Item {number}" for number in range(30)]
    assert multiprocessing.active_children() == []
