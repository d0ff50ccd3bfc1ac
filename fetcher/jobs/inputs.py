"""What the jobs take as a library: URLs or targets, from plain or async iterables."""

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable, Iterator

from fetcher.model import Target

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
