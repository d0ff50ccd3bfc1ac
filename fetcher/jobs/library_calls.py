"""Running a job's coroutine from ordinary code, in a notebook too.

What the jobs take as a library: URLs or targets, from plain or async iterables.
"""

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
from typing import Any, TypeVar

from fetcher.model import Target

T = TypeVar("T")


def run_blocking(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, on a thread of its own where a loop already runs.

    Ctrl-C ends it and leaves nothing running. Raises what the coroutine raises.
    """
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


Urls = Iterable[str | Target] | AsyncIterable[str | Target]


def as_targets(urls: Urls) -> Iterator[Target] | AsyncIterator[Target]:
    """Number the URLs; raises TypeError for a single text."""
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
