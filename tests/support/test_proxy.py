"""The proxy forwards, asks for credentials and refuses."""

import aiohttp
import pytest

from tests.support.blackhole import refused_port
from tests.support.proxy import Proxy
from tests.support.site import Site
from tests.support.tls import Authority, tls_server


async def fetch(url: str, proxy: str, authority: Authority | None = None) -> tuple[int, str]:
    """Return status and text of a URL that is asked for through a proxy."""
    context = authority.client_context() if authority else True
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, proxy=proxy, ssl=context) as reply,
    ):
        return reply.status, await reply.text()


async def test_an_absolute_request_reaches_the_origin_in_origin_form() -> None:
    """The site sees its own path; the proxy saw the whole URL, and needed no resolver."""
    async with Site() as site, Proxy(hosts={"site.test": "127.0.0.1"}) as proxy:
        status, text = await fetch(site.url("/ok/1", "site.test"), proxy.url)
    assert (status, "Page 1" in text) == (200, True)
    assert site.hits == {"/ok/1": 1}
    assert proxy.requests[0].target == f"http://site.test:{site.port}/ok/1"


async def test_connect_makes_a_tunnel_for_tls(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The client speaks TLS with the origin, the proxy sees host and port only."""
    authority = Authority.create(tmp_path_factory.mktemp("authority"))
    async with tls_server(authority) as server, Proxy() as proxy:
        status, _ = await fetch(server.url(), proxy.url, authority)
    assert status == 200
    assert (proxy.requests[0].method, proxy.requests[0].target) == (
        "CONNECT",
        f"127.0.0.1:{server.port}",
    )


async def test_credentials_are_asked_for_and_accepted() -> None:
    """Without them 407, with them the page."""
    async with Site() as site, Proxy(credentials="user:secret") as proxy:
        assert (await fetch(site.url(), proxy.url))[0] == 407
        assert (await fetch(site.url(), proxy.url_with_credentials))[0] == 200


async def test_a_refusing_proxy_forwards_nothing() -> None:
    """Its status is the answer, and the site never hears of it."""
    async with Site() as site, Proxy(refuses=403) as proxy:
        assert (await fetch(site.url(), proxy.url))[0] == 403
    assert not site.hits


async def test_an_origin_that_refuses_is_a_bad_gateway() -> None:
    """The proxy answers 502 for it."""
    async with Proxy() as proxy:
        url = f"http://127.0.0.1:{refused_port()}/"
        assert (await fetch(url, proxy.url))[0] == 502
