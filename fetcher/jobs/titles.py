"""The titles job as a library: URLs in, results with page titles out."""

from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from contextlib import aclosing

from fetcher.engine.run import Run
from fetcher.extraction.content_type import wants_body
from fetcher.extraction.title_reader import TitleReader
from fetcher.jobs.library_calls import Urls, as_targets, run_blocking
from fetcher.model import BodyReader, Result, Target
from fetcher.settings import Settings
from fetcher.transport.base import Inquiry


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
    run = titles_run(as_targets(urls), settings or Settings())
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

    return run_blocking(collect())
