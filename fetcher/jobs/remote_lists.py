"""Lists that are on the web: fetched by the engine itself, for the sources."""

from contextlib import aclosing
from dataclasses import replace

from fetcher.engine.run import Run
from fetcher.model import BodyReader, Page, Target
from fetcher.settings import Settings
from fetcher.sources.base import Fetched, FetchList, SourceError
from fetcher.transport.base import Inquiry
from fetcher.urls import without_password

LARGEST = 52_428_800
"""The most that is read of a list or a sitemap, in bytes: what sitemaps.org allows."""


class _WholeBody:
    """Keeps all of a body."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def feed(self, data: bytes) -> bool:
        self._parts.append(data)
        return False

    def finish(self) -> Page:
        return Page(fields={"body": b"".join(self._parts)})


def open_whole_body(status: int, content_type: str) -> BodyReader:
    """Choose to read a body to its end."""
    return _WholeBody()


_WHOLE = Inquiry(open_whole_body)


def list_fetcher(settings: Settings) -> FetchList:
    """Make the function that fetches a list, by the run's own settings."""
    settings = replace(settings, max_bytes=LARGEST, rate_limit=None)

    async def fetch(url: str) -> Fetched:
        shown = without_password(url)
        run = Run([Target(0, url)], lambda target: _WHOLE, settings)
        async with aclosing(aiter(run)) as results:
            result = await anext(results)
        response, failure = result.outcome.response, result.outcome.failure
        if failure is not None:
            raise SourceError(f"cannot read the list {shown}: {failure}")
        assert response is not None  # there is one or the other
        if response.status >= 400:
            raise SourceError(f"cannot read the list {shown}: status {response.status}")
        body = result.page.fields["body"]
        assert isinstance(body, bytes)
        return Fetched(body, response.content_type, response.url)

    return fetch
