"""The titles job as a library: from scripts, notebooks and coroutines."""

import asyncio
import itertools
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

import fetcher
from fetcher import FailureKind, Settings, Target
from fetcher.jobs.titles import open_title_reader
from tests.outside import Outside, outside
from tests.support.blackhole import refused_port
from tests.support.site import Site

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def servers() -> Iterator[Outside]:
    """A site in another process, for calls that block this one."""
    with outside() as servers:
        yield servers


def pages(servers: Outside, count: int) -> list[str]:
    """The URLs of some pages."""
    return [f"http://127.0.0.1:{servers.site}/ok/{number}" for number in range(count)]


def titles_of(results: list[fetcher.Result]) -> list[str | None]:
    """What was found."""
    return [result.page.title for result in results]


def test_a_script_needs_one_line(servers: Outside) -> None:
    """`fetch_titles` gives a list in input order; failures are values in it."""
    urls = [*pages(servers, 3), f"http://127.0.0.1:{refused_port()}/", "not a url"]
    results = fetcher.fetch_titles(urls, Settings(retries=0))
    assert titles_of(results) == ["Page 0", "Page 1", "Page 2", None, None]
    kinds = [result.outcome.failure and result.outcome.failure.kind for result in results]
    refused, invalid = FailureKind.CONNECT_REFUSED, FailureKind.INVALID_URL
    assert kinds == [None, None, None, refused, invalid]
    assert [result.target for result in results] == [Target(n, url) for n, url in enumerate(urls)]


async def test_it_works_inside_a_running_loop(servers: Outside) -> None:
    """In a notebook, where a loop already runs, the same call works, on a thread that ends."""
    results = fetcher.fetch_titles(url for url in pages(servers, 2))
    assert titles_of(results) == ["Page 0", "Page 1"]


async def test_what_the_input_raises_comes_out(servers: Outside) -> None:
    """An error of the caller's own iterable is the caller's, from either way to run it."""

    def broken() -> Iterator[str]:
        yield from pages(servers, 1)
        raise LookupError("my own")

    with pytest.raises(LookupError, match="my own"):
        fetcher.fetch_titles(broken())
    with pytest.raises(LookupError, match="my own"):
        await asyncio.to_thread(fetcher.fetch_titles, broken())


def test_one_text_is_no_list() -> None:
    """A URL that was not put in a list is told from a list of letters."""
    with pytest.raises(TypeError, match="give a list"):
        fetcher.fetch_titles("http://h/")


CTRL_C = """
import asyncio, itertools, os, signal, sys, threading
import fetcher

def endless():
    for number in itertools.count():
        if number == 50:
            os.kill(os.getpid(), signal.SIGINT)
        yield f"{sys.argv[1]}/ok/{number % 20}"

async def notebook():
    fetcher.fetch_titles(endless())

loop = asyncio.new_event_loop()
try:
    loop.run_until_complete(notebook())
except KeyboardInterrupt:
    print("interrupted", threading.active_count())
"""


def test_ctrl_c_in_a_notebook_leaves_nothing_running(servers: Outside) -> None:
    """The thread that does the work ends before the interrupt reaches the caller."""
    command = [sys.executable, "-c", CTRL_C, f"http://127.0.0.1:{servers.site}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("interrupted 1\n", "")


async def test_titles_come_while_they_are_found() -> None:
    """`titles` is an async iterator in input order over any iterable of texts or Targets."""
    async with Site() as site:
        rows = [site.url("/slow/0.2"), Target(7, site.url("/ok/2"), carried=("x",))]
        results = [result async for result in fetcher.titles(rows)]
    assert titles_of(results) == ["Slow", "Page 2"]
    assert results[1].target is rows[1]


async def test_an_async_input_can_be_endless() -> None:
    """Leaving an endless run with `aclosing` closes everything, the input too."""
    closed = False

    async def endless() -> AsyncIterator[str]:
        nonlocal closed
        try:
            for number in itertools.count():
                await asyncio.sleep(0)
                yield site.url(f"/ok/{number}")
        finally:
            closed = True

    async with Site() as site:
        before = asyncio.all_tasks()
        taken = []
        async with aclosing(fetcher.titles(endless(), Settings(read_ahead=20))) as results:
            async for result in results:
                taken.append(result.page.title)
                if len(taken) == 30:
                    break
        assert closed
        mine = [task for task in asyncio.all_tasks() - before if "fetcher" in str(task.get_coro())]
        assert mine == []
        assert sum(site.hits.values()) <= 30 + 20
    assert taken == [f"Page {number}" for number in range(30)]


async def test_results_can_come_as_completed() -> None:
    """The settings are those of the command line, `order` among them."""
    async with Site() as site:
        urls = [site.url("/slow/0.5"), site.url("/ok/1")]
        how = Settings(order=fetcher.settings.Order.COMPLETED)
        results = [result.page.title async for result in fetcher.titles(urls, how)]
    assert results == ["Page 1", "Slow"]


def test_only_what_can_have_a_title_is_read() -> None:
    """An image's body is not worth a byte; a page's is, also when its type is not told."""
    assert open_title_reader(200, "image/png") is None
    assert open_title_reader(200, "text/html; charset=utf-8") is not None
    assert open_title_reader(404, "") is not None


def test_the_package_names_its_parts() -> None:
    """Everything in `__all__` is there, and anything else is an AttributeError."""
    for name in fetcher.__all__:
        assert getattr(fetcher, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = fetcher.nothing
