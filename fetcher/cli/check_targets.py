"""Which targets a check has: those of its lists, those that failed earlier, or what is in both."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing

from fetcher.earlier import EarlierError, failed_urls, key_of
from fetcher.model import Target
from fetcher.sources import Source, SourceError, chain


def targets_of(
    sources: Sequence[Source], retry_failed: Sequence[str]
) -> AsyncGenerator[Target, None]:
    """Give the targets to check.

    retry_failed: earlier results; of the sources then only those URLs that were not healthy there,
    with what their rows expect; without any source, all of those. Raises SourceError.
    """
    if not retry_failed:
        return aiter(chain(sources))
    return _in_both(sources, retry_failed) if sources else _failed_only(retry_failed)


async def _failed_only(paths: Sequence[str]) -> AsyncGenerator[Target, None]:
    for target in _failed(paths):
        yield target


async def _in_both(sources: Sequence[Source], paths: Sequence[str]) -> AsyncGenerator[Target, None]:
    failed = {key_of(target.url) for target in _failed(paths)}
    async with aclosing(aiter(chain(sources))) as targets:
        async for target in targets:
            if key_of(target.url) in failed:
                yield target


def _failed(paths: Sequence[str]) -> Iterator[Target]:
    try:
        for path in paths:
            yield from failed_urls(path)
    except EarlierError as error:
        raise SourceError(str(error)) from None
