"""A demo site that does not wait, and a plain client to look at it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from fetcher.demo.site import DemoSite


@pytest.fixture
async def site() -> AsyncIterator[DemoSite]:
    """Serve the site without its waiting times."""
    async with DemoSite(pace=0) as site:
        yield site


@pytest.fixture
async def client(site: DemoSite) -> AsyncIterator[aiohttp.ClientSession]:
    """Give a client that asks the site for paths."""
    async with aiohttp.ClientSession(site.base_url) as client:
        yield client
