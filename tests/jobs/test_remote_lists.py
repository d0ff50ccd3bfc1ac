"""Lists on the web: fetched whole, by the run's own settings, or refused in words."""

import asyncio
import gc

import pytest

from fetcher.jobs.remote_lists import LARGEST, list_fetcher, open_whole_body
from fetcher.settings import Settings
from fetcher.sources import SourceError
from tests.support.blackhole import refused_port
from tests.support.raw import RawServer, Script, response
from tests.support.site import Site

SETTINGS = Settings(retries=0)


async def test_a_list_is_fetched_whole() -> None:
    """The body comes with its content type and final URL, past the titles' own size limit."""
    body = b"http://h/\n" * 50_000
    page = response(body, headers=(("Content-Type", "text/plain; charset=utf-8"),))
    moved = response(status=301, headers=(("Location", "/list"),))
    async with RawServer({"/list": Script((page,)), "/old": Script((moved,))}) as server:
        settings = Settings(max_bytes=1000)
        fetched = await list_fetcher(settings)(server.url("/old"))
        assert fetched.body == body
        assert fetched.content_type == "text/plain; charset=utf-8"
        assert fetched.url == server.url("/list")


async def test_a_list_that_is_not_there_is_said_so() -> None:
    """A status of 400 and more, and any failure, raise SourceError with the list's URL."""
    async with Site() as site:
        with pytest.raises(SourceError, match=r"cannot read the list http.*/404: status 404"):
            await list_fetcher(SETTINGS)(site.url("/status/404"))
    url = f"http://127.0.0.1:{refused_port()}/list"
    with pytest.raises(SourceError, match=r"cannot read the list http.*: connect_refused: "):
        await list_fetcher(SETTINGS)(url)
    with pytest.raises(SourceError, match="invalid_url"):
        await list_fetcher(SETTINGS)("ftp://h/list")


async def test_a_failing_server_is_asked_again() -> None:
    """The run's retries hold for its lists too."""
    async with Site() as site:
        fetched = await list_fetcher(Settings(retries=1, retry_wait=0.01))(site.url("/flaky/1"))
    assert b"Recovered" in fetched.body


async def test_nothing_is_left_open() -> None:
    """When the list is there, its connection and its tasks are gone."""
    async with RawServer() as server:
        await list_fetcher(SETTINGS)(server.url("/"))
        assert asyncio.all_tasks() - server._tasks == {asyncio.current_task()}
    gc.collect()  # an unclosed session would warn, and warnings are errors


def test_a_whole_body_is_read_to_its_end() -> None:
    """The reader never has enough; what is too much, --max-bytes of 50 MiB says."""
    reader = open_whole_body(200, "text/plain")
    assert not reader.feed(b"one ")
    assert not reader.feed(b"two")
    assert reader.finish().fields["body"] == b"one two"
    assert LARGEST == 50 * 2**20
