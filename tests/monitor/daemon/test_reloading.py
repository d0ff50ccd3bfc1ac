"""A running monitor takes another configuration, or keeps the one it has."""

import asyncio
import signal
from pathlib import Path

from tests.monitor.daemon.hasty import command
from tests.monitor.daemon.pages import Pages, serving
from tests.monitor.daemon.running import BASE, COMMAND, configure, running, target

ROOT = str(Path(__file__).parents[3])
ATTENTIVE = command(["fetcher.monitor.daemon:_LOOK_AT_FILES=0.2"], COMMAND[3:])


def shop(pages: Pages, *names: str) -> list[str]:
    """Some targets, each a page of its own."""
    return [target(f"{pages.url}/{name}", name) for name in names]


async def test_targets_come_and_go_at_a_signal(tmp_path: Path) -> None:
    """New ones are checked and old ones are not; what is known of the others is kept."""
    patient = BASE.replace('timeout = "2s"', 'timeout = "1m"')
    async with (
        serving() as pages,
        running(tmp_path, *shop(pages, "old", "sick", "slow"), base=patient) as it,
    ):
        pages.broken.add("/sick")
        pages.hold("/slow")
        await it.until_all("down", ["sick"])
        await it.until_all("up", ["old"])
        _, incidents = await it.ask("/api/v1/incidents")
        await it.until(lambda: pages.now["/slow"] == 1)
        configure(tmp_path, *shop(pages, "new", "sick", "slow"), base=patient, port=it.port)
        it.process.send_signal(signal.SIGHUP)
        await it.logged("reloaded")
        await it.until_all("up", ["new"])
        hits = pages.hits["/old"], pages.hits["/sick"]
        await it.until(lambda: pages.hits["/sick"] > hits[1] + 2)
        assert pages.hits["/old"] == hits[0]
        assert (await it.ask("/api/v1/targets/old"))[0] == 404
        assert (await it.ask("/api/v1/incidents"))[1] == incidents
        assert it.conditions()["sick"] == "down"
        assert len(it.events("incident")) == 1
        pages.let_go("/slow")
        await it.until_all("up", ["slow"])
        for name in ("new", "sick", "slow"):
            pages.hold(f"/{name}")
            await it.until(lambda n=name: pages.now[f"/{n}"] == 1)
        # It was in progress before, and was not begun again before that was over: two checks of one
        # target at once would have had one answer.
        vitals = await it.vitals()
        assert vitals["checks"] + vitals["running"] == pages.hits.total()
        for name in ("new", "sick", "slow"):
            pages.let_go(f"/{name}")
        await it.stop()


async def test_a_file_that_changes_is_read_without_being_asked(tmp_path: Path) -> None:
    """The configuration, and a list that it names; an incident of whom it no longer has is over."""
    async with serving() as pages:
        rows = tmp_path / "list.txt"
        rows.write_text(f"{pages.url}/one\n{pages.url}/two\n")
        pages.broken.add("/two")
        one, two, three = (f"{pages.url}/{name}" for name in ("one", "two", "three"))
        listed = '\n[[lists]]\nfile = "list.txt"\n'
        more = {"command": ATTENTIVE, "PYTHONPATH": ROOT}
        async with running(tmp_path, listed, **more) as it:
            await it.until_all("down", [two])
            rows.write_text(f"{one}\n{three}\n")
            await it.logged("reloaded")
            await it.until_all("up", [one, three])
            assert len(it.events("incident closed")) == 1
            configure(tmp_path, listed, *shop(pages, "four"), port=it.port)
            await it.logged("reloaded", 2)
            await it.until_all("up", ["four"])
            await it.stop()


async def test_a_file_with_mistakes_changes_nothing(tmp_path: Path) -> None:
    """All of them are reported, in the log and by the monitor itself, until a good one is there."""
    async with serving() as pages, running(tmp_path, *shop(pages, "a")) as it:
        await it.until_all("up", ["a"])
        wrong = target(f"{pages.url}/b", "b", 'interval = "soon"')
        configure(tmp_path, wrong, "\n[colour]\n", port=it.port)
        it.process.send_signal(signal.SIGHUP)
        await it.logged("configuration rejected")
        vitals = await it.vitals()
        for told in (it.events("configuration rejected")[0]["why"], vitals["reload_error"]):
            assert "unknown section [colour]" in told
            assert "interval" in told
            assert "soon" in told
        assert vitals["ready"]
        status, page = await it.ask("/")
        assert status == 200
        assert "unknown section [colour]" in page
        hits = pages.hits["/a"]
        await it.until(lambda: pages.hits["/a"] > hits + 2)
        assert "/b" not in pages.hits
        configure(tmp_path, *shop(pages, "a", "b"), port=it.port)
        it.process.send_signal(signal.SIGHUP)
        await it.logged("reloaded")
        assert (await it.vitals())["reload_error"] == ""
        await it.stop()


async def test_a_page_that_cannot_move_stays(tmp_path: Path) -> None:
    """If its new address is in use, the old page says so; the rest of the file takes effect."""
    taken = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    async with taken, serving() as pages, running(tmp_path, *shop(pages, "a")) as it:
        port = taken.sockets[0].getsockname()[1]
        configure(tmp_path, *shop(pages, "b"), port=port)
        it.process.send_signal(signal.SIGHUP)
        await it.logged("reloaded")
        vitals = await it.vitals()
        wanted = f"the page cannot be served at 127.0.0.1:{port}: Address already in use"
        assert vitals["reload_error"] == wanted
        assert [one["why"] for one in it.events("configuration rejected")] == [wanted]
        await it.until_all("up", ["b"])
        await it.stop()
