"""The site answers as its table says, and breaks where it says so."""

import asyncio
import logging
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from fetcher.demo.page import Behaviour, DemoPage
from fetcher.demo.site import DemoSite, serve_forever, table
from fetcher.failures import FailureKind

PAGES = list(table().values())
TRIES = {Behaviour.THIRD_TRY: [503, 503], Behaviour.SECOND_TRY: [429]}
# What a client without any care for kinds makes of each failure.
ERRORS: dict[FailureKind, type[Exception]] = {
    FailureKind.BODY_TRUNCATED: aiohttp.ClientPayloadError,
    FailureKind.BODY_UNDECODABLE: aiohttp.ClientPayloadError,
    FailureKind.CONNECTION_RESET: aiohttp.ClientOSError,
    FailureKind.REDIRECT_LOOP: aiohttp.TooManyRedirects,
}
Client = aiohttp.ClientSession


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.failure not in ERRORS], ids=lambda page: page.path
)
async def test_a_page_is_served_as_declared(client: Client, site: DemoSite, page: DemoPage) -> None:
    """Status, headers and bytes are exactly the declared ones, after the tries it takes."""
    for status in TRIES.get(page.behaviour, []):
        async with client.get(page.path, allow_redirects=False) as response:
            assert response.status == status
    async with client.get(page.path, allow_redirects=False, auto_decompress=False) as response:
        assert response.status == page.status
        assert response.headers["Content-Type"] == page.content_type
        for name, value in page.headers:
            assert response.headers[name] == value.replace(
                "{OTHER}", site.base_url.replace("127.0.0.1", "localhost")
            )
        body = await response.read()
    assert body == page.body.replace(b"{BASE}", site.base_url.encode())


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.failure in ERRORS], ids=lambda page: page.path
)
async def test_a_broken_page_is_broken_as_declared(client: Client, page: DemoPage) -> None:
    """A client that reads to the end meets the declared failure."""
    assert page.failure is not None
    with pytest.raises(ERRORS[page.failure]) as caught:
        async with client.get(page.path) as response:
            await response.read()
    if page.failure is FailureKind.CONNECTION_RESET:
        assert "reset by peer" in str(caught.value)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.leads_to], ids=lambda page: page.path
)
async def test_redirects_end_where_declared(client: Client, page: DemoPage) -> None:
    """Followed to its end, each redirect comes to its page; only one leaves the host name."""
    async with client.get(page.path) as response:
        assert response.status == 200
        assert response.url.path == urlsplit(page.leads_to.replace("{OTHER}", "http://o")).path
        assert (response.url.host == "localhost") == (page.path == "/moved/host")
    hops = {"/moved/chain": 3, "/moved/chain/2": 2}.get(page.path, 1)
    assert len(response.history) == hops


async def test_what_comes_right_goes_wrong_again(client: Client) -> None:
    """The pages that take several tries start over after a success."""

    async def statuses(path: str, count: int) -> list[int]:
        found = []
        for _ in range(count):
            async with client.get(path) as response:
                found.append(response.status)
        return found

    assert await statuses("/tries/lamp", 6) == [503, 503, 200, 503, 503, 200]
    assert await statuses("/tries/queue", 4) == [429, 200, 429, 200]


async def test_retry_after_is_said(client: Client) -> None:
    """A 429 says when to come back."""
    async with client.get("/tries/queue") as response:
        assert response.headers["Retry-After"] == "1"


async def test_an_unknown_path_is_not_found(client: Client) -> None:
    """What is not in the table is a 404."""
    async with client.get("/no/such/place") as response:
        assert response.status == 404


async def test_a_page_is_broken_and_mended(client: Client, site: DemoSite) -> None:
    """A behaviour that is set holds until it is taken back; other pages do not notice."""

    async def status(path: str) -> int:
        async with client.get(path) as response:
            return response.status

    site.set("/about", Behaviour.DOWN)
    assert await status("/about") == 503
    assert await status("/about") == 503
    assert await status("/news") == 200
    site.set("/about", None)
    assert await status("/about") == 200


async def test_a_working_page_can_be_cut(client: Client, site: DemoSite) -> None:
    """Any page can take any behaviour."""
    site.set("/ferry", Behaviour.CUT)
    with pytest.raises(aiohttp.ClientPayloadError):
        async with client.get("/ferry") as response:
            await response.read()


async def test_only_pages_can_be_broken(site: DemoSite) -> None:
    """A path that does not exist is a mistake of the caller."""
    with pytest.raises(KeyError):
        site.set("/abuot", Behaviour.DOWN)


async def test_the_list_tells_its_story(site: DemoSite) -> None:
    """Some forty-five URLs: home first, a duplicate, and three that are no page at all."""
    urls = site.urls()
    assert 40 <= len(urls) <= 50
    assert urls[0] == f"{site.base_url}/"
    assert urls.count(f"{site.base_url}/about") == 2
    assert len(set(urls)) == len(urls) - 1
    others = [url for url in urls if not url.startswith(site.base_url + "/")]
    assert others == [site.refused_url, "http://no-such-host.invalid/", "htp:/broken"]
    assert all(url.removeprefix(site.base_url) in table() for url in urls if url not in others)


async def test_every_failure_is_on_the_list(site: DemoSite) -> None:
    """The list leaves out no kind of failure that the site can show."""
    on_list = {table()[urlsplit(url).path].failure for url in site.urls()[:-3]}
    assert on_list == {page.failure for page in PAGES}


async def test_nobody_answers_at_the_refused_url(site: DemoSite) -> None:
    """A connection to it is refused for as long as the site runs."""
    parts = urlsplit(site.refused_url)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(parts.hostname, parts.port)


async def test_sites_do_not_share_what_they_remember(client: Client) -> None:
    """A second site counts its own tries and breaks its own pages."""
    async with client.get("/tries/queue") as response:
        assert response.status == 429
    async with DemoSite(pace=0) as other, aiohttp.ClientSession(other.base_url) as theirs:
        other.set("/about", Behaviour.DOWN)
        async with theirs.get("/tries/queue") as response:
            assert response.status == 429
    async with client.get("/about") as response:
        assert response.status == 200


async def test_a_taken_port_is_told() -> None:
    """Serving on a port that is in use raises OSError, and leaves nothing behind."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=str(port)):
            await DemoSite(port=port).__aenter__()


async def test_nothing_is_served_before_it_is_entered() -> None:
    """Without a server there is no refused port to promise."""
    with pytest.raises(RuntimeError):
        DemoSite().urls()


async def test_serving_ends_when_cancelled() -> None:
    """serve_forever says when it can be asked, and stops serving when it is cancelled."""
    ready: asyncio.Future[DemoSite] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve_forever(port=0, started=ready.set_result))
    site = await ready
    async with aiohttp.ClientSession() as client, client.get(site.base_url) as response:
        assert response.status == 200
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    parts = urlsplit(site.base_url)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(parts.hostname, parts.port)


async def test_failing_on_purpose_is_not_logged(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Pages that break or are left early do not fill the terminal with tracebacks."""
    with caplog.at_level(logging.WARNING):
        for path in ("/broken/cut", "/broken/reset", "/broken/gzip"):
            with pytest.raises(aiohttp.ClientError):
                async with client.get(path) as response:
                    await response.read()
        for path in ("/slow/archive", "/slow/tap"):
            async with client.get(path) as response:
                await response.content.readany()
                response.close()
        async with client.get("/about") as response:
            await response.read()
    assert caplog.records == []


def test_the_site_is_imported_without_aiohttp() -> None:
    """Only who runs the site pays for the import of a web server."""
    code = "import sys, fetcher.demo.site; sys.exit('aiohttp' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path.cwd())
