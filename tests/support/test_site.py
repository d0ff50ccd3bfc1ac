"""The pages of the test site answer as their descriptions say."""

import asyncio

import aiohttp
import pytest

from tests.support.site import Site
from tests.support.site_pages import BOMB_BYTES


async def get(site: Site, path: str) -> tuple[int, str]:
    """Return status and text of a page."""
    # Cookies of hosts that are addresses are kept only by an "unsafe" jar.
    jar = aiohttp.CookieJar(unsafe=True)
    async with (
        aiohttp.ClientSession(cookie_jar=jar) as session,
        session.get(site.url(path)) as reply,
    ):
        return reply.status, await reply.text()


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/ok/7", 200, "Page 7"),
        ("/status/404", 404, "404 Not Found"),
        ("/slow/0", 200, "Slow"),
        ("/redirect/2", 200, "Redirected"),
        ("/redirect-to?url=/ok/3", 200, "Page 3"),
        ("/late/1000", 200, "Late"),
        ("/chunked", 200, "Chunked"),
        ("/cookie-redirect", 200, "secret=crumb"),
        ("/robots.txt", 404, "404"),
    ],
)
async def test_a_page_has_its_status_and_title(path: str, status: int, title: str) -> None:
    """Status and title are those of the page's description."""
    async with Site() as site:
        answer = await get(site, path)
    assert (answer[0], f"<title>{title}</title>" in answer[1]) == (status, True)


@pytest.mark.parametrize("path", ["/truncated", "/truncated-chunked"])
async def test_a_truncated_page_breaks_the_connection(path: str) -> None:
    """The client notices that the body is not complete."""
    async with Site() as site:
        with pytest.raises(aiohttp.ClientPayloadError):
            await get(site, path)


async def test_the_bomb_is_large_only_when_unpacked() -> None:
    """What is sent is a thousandth of what it becomes."""
    async with (
        Site() as site,
        aiohttp.ClientSession(auto_decompress=False) as session,
        session.get(site.url("/bomb")) as reply,
    ):
        assert len(await reply.read()) * 900 < BOMB_BYTES


async def test_the_loop_never_ends() -> None:
    """A client gives up."""
    async with Site() as site:
        with pytest.raises(aiohttp.TooManyRedirects):
            await get(site, "/loop")


async def test_passing_failures_pass() -> None:
    """Flaky pages recover after their number of failures, one for Retry-After."""
    async with Site() as site:
        flaky = [(await get(site, "/flaky/2"))[0] for _ in range(3)]
        waits = [(await get(site, "/retry-after/1?status=503"))[0] for _ in range(2)]
    assert (flaky, waits) == ([503, 503, 200], [503, 200])


async def test_requests_connections_and_concurrency_are_counted_by_host() -> None:
    """Three at once to one Host header count as a peak of three there, and one elsewhere."""
    async with Site() as site, aiohttp.ClientSession() as session:

        async def slow(host: str) -> None:
            async with session.get(site.url("/slow/0.2"), headers={"Host": host}) as reply:
                await reply.read()

        await asyncio.gather(slow("a.test"), slow("a.test"), slow("a.test"), slow("b.test"))
    assert site.hits == {"/slow/0.2": 4}
    assert {host: load.peak for host, load in site.load.items()} == {"a.test": 3, "b.test": 1}
    assert (site.total.peak, site.total.now, site.connections) == (4, 0, 4)
