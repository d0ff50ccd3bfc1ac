"""The whole engine with a cache: a second run asks little, and reads less."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from fetcher.engine.run import Run
from fetcher.engine.run_stats import RunStats
from fetcher.model import Result, Target
from fetcher.settings import Settings
from fetcher.transport.base import Transport
from fetcher.transport.cache import CachingTransport, open_store
from fetcher.transport.client import AiohttpTransport
from fetcher.urls import Url
from tests.support.nginx import SKIP_REASON, Nginx, executable
from tests.support.site import Site
from tests.transport.asking import WHOLE, settings
from tests.transport.cache.caching import LIMIT, unexpected

SERVER = """
gzip on; gzip_types text/html; gzip_min_length 1;
server { listen 127.0.0.1:{port}; root {root}; }
"""


async def run(directory: Path, urls: list[str]) -> tuple[list[Result], RunStats]:
    """All results of one run, in order, and their count."""

    def make(chosen: Settings, waiting: Callable[[Url], int]) -> Transport:
        store = open_store(directory, LIMIT, unexpected)
        return CachingTransport(AiohttpTransport(chosen, waiting), store, chosen)

    targets = [Target(number, url) for number, url in enumerate(urls)]
    results, tally = [], RunStats()
    async for result in Run(targets, lambda target: WHOLE, settings(), make_transport=make):
        results.append(result)
        tally.add(result)
    return results, tally


@pytest.mark.skipif(executable() is None, reason=SKIP_REASON)
async def test_nginx_answers_a_second_run_with_304(tmp_path: Path) -> None:
    """All of it, packed on the way or not: no byte of a body is read, and all pages are there."""
    server = Nginx(SERVER)
    sizes = random.Random(5)
    for number in range(50):
        text = f"<title>{number}</title>" + "<p>text</p>" * sizes.randrange(1, 3000)
        (server.root / f"{number}.html").write_text(text)
    with server:
        urls = [f"http://127.0.0.1:{server.port}/{number}.html" for number in range(50)]
        first, count = await run(tmp_path, urls)
        again, recount = await run(tmp_path, urls)
        (server.root / "7.html").write_text("<title>changed</title>")
        third, last = await run(tmp_path, urls)
    assert count.cached == {}
    assert count.bytes_read > 100_000
    assert recount.cached == {"revalidated": 50}
    assert recount.bytes_read == 0
    assert [result.page for result in again] == [result.page for result in first]
    assert last.cached == {"revalidated": 49}
    assert (last.bytes_read, third[7].page.title) == (22, "<title>changed</title>")


async def test_what_has_no_validator_is_read_anew(tmp_path: Path) -> None:
    """Through redirects and errors the results are those of a run without a cache."""
    async with Site() as site:
        urls = [site.url(path) for path in ("/ok/1", "/redirect/2", "/status/404", "/chunked")]
        first, _ = await run(tmp_path, urls)
        again, count = await run(tmp_path, urls)
        assert site.hits["/ok/1"] == 2
    assert count.cached == {}
    assert [(one.page, one.outcome.hops) for one in again] == [
        (one.page, one.outcome.hops) for one in first
    ]
