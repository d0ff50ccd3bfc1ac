"""The titles job as a library: URLs in, results with page titles out."""

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Coroutine,
    Iterable,
    Iterator,
)
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import aclosing
from typing import Any, TypeVar

from fetcher.engine import Run
from fetcher.extraction.content_type import wants_body
from fetcher.extraction.reader import TitleReader
from fetcher.model import BodyReader, Result, Target
from fetcher.settings import Settings
from fetcher.transport.base import Inquiry

T = TypeVar("T")

Urls = Iterable[str | Target] | AsyncIterable[str | Target]


def open_title_reader(status: int, content_type: str) -> BodyReader | None:
    """Choose the reader of a body that is read for its title; None for what has none."""
    return TitleReader(content_type) if wants_body(content_type) else None


_TITLE = Inquiry(open_title_reader)


def titles_run(targets: Iterable[Target] | AsyncIterable[Target], settings: Settings) -> Run:
    """Make the engine's run that finds the targets' titles."""
    return Run(targets, lambda target: _TITLE, settings)


async def titles(urls: Urls, settings: Settings | None = None) -> AsyncGenerator[Result, None]:
    """Find the page title of each URL; yields one Result for each, in input order.

    urls: text or Targets, plain or async iterable, read lazily, possibly endless. settings: the
    same that the command line has; its `order` can ask for results as they are completed.

    Nothing that a network or a server does raises: it is in `result.outcome`. What the iterable
    raises comes after the results of all before. To leave the loop early and have everything
    closed before the next line, use `contextlib.aclosing`. Raises TypeError for a single text.
    """
    run = titles_run(_targets(urls), settings or Settings())
    async with aclosing(aiter(run)) as results:
        async for result in results:
            yield result


def fetch_titles(urls: Iterable[str | Target], settings: Settings | None = None) -> list[Result]:
    """Find the page title of each URL and return the Results as a list, in input order.

    For scripts and notebooks: works inside a running event loop too. Blocks until all are done;
    Ctrl-C ends it and leaves nothing running. Raises as `titles` does.
    """

    async def collect() -> list[Result]:
        return [result async for result in titles(urls, settings)]

    return _run(collect())


def _targets(urls: Urls) -> Iterator[Target] | AsyncIterator[Target]:
    if isinstance(urls, str):
        raise TypeError("give a list of URLs; this is one text, which would be read by letters")
    if isinstance(urls, AsyncIterable):
        return _numbered(urls)
    return (_target(index, url) for index, url in enumerate(urls))


async def _numbered(urls: AsyncIterable[str | Target]) -> AsyncGenerator[Target, None]:
    iterator = aiter(urls)
    index = 0
    try:
        async for url in iterator:
            yield _target(index, url)
            index += 1
    finally:
        aclose = getattr(iterator, "aclose", None)
        if aclose is not None:
            await aclose()


def _target(index: int, url: str | Target) -> Target:
    return url if isinstance(url, Target) else Target(index, url)


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, on a thread of its own where a loop already runs."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    return _run_on_thread(work)


def _run_on_thread(work: Coroutine[Any, Any, T]) -> T:
    begun: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = Future()

    async def main() -> T:
        task = asyncio.current_task()
        assert task is not None
        begun.set_result((asyncio.get_running_loop(), task))
        return await work

    with ThreadPoolExecutor(1, "fetcher") as thread:
        done = thread.submit(asyncio.run, main())
        try:
            return done.result()
        except BaseException:
            if not done.done():  # Ctrl-C, here and not there: the thread is waited for
                loop, task = begun.result()
                loop.call_soon_threadsafe(task.cancel)
            raise
