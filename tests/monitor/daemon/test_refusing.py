"""A monitor that cannot start says why in a line, and exits with 3."""

import asyncio
from pathlib import Path

from tests.cli.program import fetcher
from tests.monitor.daemon.pages import serving
from tests.monitor.daemon.running import configure, running, target

RUN = ("monitor", "run", "-c", "monitor.toml")


async def test_two_monitors_on_one_database(tmp_path: Path) -> None:
    """The second is refused, and the first goes on."""
    async with serving() as pages, running(tmp_path, target(pages.url, "a")) as it:
        configure(tmp_path, target(pages.url, "a"))
        second = await fetcher(*RUN, cwd=tmp_path)
        assert second.code == 3
        (told,) = [line for line in second.err.splitlines() if line.startswith("fetcher: ")]
        assert "another monitor uses" in told
        assert "monitor.db" in told
        await it.until_all("up", ["a"])
        assert it.process.poll() is None
        await it.stop()


async def test_an_address_that_is_in_use(tmp_path: Path) -> None:
    """The page's address is named, and the database is left in order."""
    taken = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    async with taken:
        port = taken.sockets[0].getsockname()[1]
        configure(tmp_path, target("http://127.0.0.1:9/", "a"), port=port)
        refused = await fetcher(*RUN, cwd=tmp_path)
    assert refused.code == 3
    told = refused.err.splitlines()[-1]
    where = f"127.0.0.1:{port}"
    assert told == f"fetcher: the page cannot be served at {where}: Address already in use"
    # The next start finds it in order, and says nothing of it.
    async with running(tmp_path, target("http://127.0.0.1:9/", "a")) as it:
        assert it.events("database") == []
        await it.stop()
