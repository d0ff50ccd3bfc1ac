"""Where the page listens, and that it does."""

import socket

import aiohttp
import pytest

from fetcher.statuspage import StatusPage
from fetcher.statuspage.web_app import host_and_port
from tests.statuspage.making import MadeUp, Past
from tests.statuspage.served import Served, page_settings


@pytest.mark.parametrize(
    ("listen", "expected"),
    [
        ("127.0.0.1:8900", ("127.0.0.1", 8900)),
        (" [::1]:0 ", ("::1", 0)),
        ("localhost:1", ("localhost", 1)),
        (":80", ("", 80)),
    ],
)
def test_addresses(listen: str, expected: tuple[str, int]) -> None:
    """A host or none, and a port."""
    assert host_and_port(listen) == expected


@pytest.mark.parametrize(
    "listen", ["", "8900", "127.0.0.1", "a b:1", "::1:80", "x:65536", "x:-1", "http://x:1"]
)
def test_what_is_no_address(listen: str) -> None:
    """It is refused with an example of one."""
    with pytest.raises(ValueError, match=r"such as 127\.0\.0\.1:8900"):
        host_and_port(listen)


async def test_it_is_served_until_it_is_stopped() -> None:
    """Its address works while the context is entered, and not after."""
    async with Served(MadeUp()) as page:
        url = page.url
        assert url.startswith("http://127.0.0.1:")
        await page.get("")
    async with aiohttp.ClientSession() as client:
        with pytest.raises(aiohttp.ClientConnectorError):
            await client.get(url)


async def test_over_ipv6() -> None:
    """An IPv6 address stands in brackets in the URL, and answers to that name."""
    async with Served(MadeUp(), settings=page_settings(listen="[::1]:0")) as page:
        assert page.url.startswith("http://[::1]:")
        await page.get("")


async def test_an_address_in_use_is_said() -> None:
    """Starting raises, and leaves nothing behind."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = page_settings(listen=f"127.0.0.1:{taken.getsockname()[1]}")
        page = StatusPage(MadeUp(), Past(), settings)
        with pytest.raises(OSError, match="address already in use"):
            await page.start()
        await page.stop()
