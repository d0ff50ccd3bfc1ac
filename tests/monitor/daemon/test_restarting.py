"""A monitor that ended, in whatever way, and runs again."""

import asyncio
import json
import signal
from pathlib import Path

from fetcher.monitor.commit import MissedReason
from tests.cli.program import fetcher
from tests.monitor.daemon.cuts import folder
from tests.monitor.daemon.pages import serving
from tests.monitor.daemon.running import BASE, Running, channel, running, target
from tests.notify.receiving import receiver

QUICK = BASE.replace('timeout = "2s"', 'timeout = "500ms"')
HELD = 1.1
"""So many seconds after a check a target is held to be as it was: two intervals and a timeout."""


async def command(place: Path, name: str, *more: str) -> str:
    """Ask something from the command line; gives its output."""
    done = await fetcher("monitor", name, "-c", "monitor.toml", *more, cwd=place)
    assert done.code == 0, done.err
    return done.out


async def known(it: Running) -> tuple[object, ...]:
    """The incidents and silences that it knows of, and how targets stand since when."""
    asked = [(await it.ask(f"/api/v1/{what}"))[1] for what in ("incidents", "silences", "targets")]
    states = {one["name"]: (one["condition"], one["since"]) for one in asked[2]["targets"]}
    return *asked[:2], states


async def ended_and_run_again(place: Path, end: signal.Signals) -> None:
    """Let a monitor know of things, end it, and run it again a while later."""
    async with serving() as pages, receiver() as hook:
        said = [target(f"{pages.url}/{key}", key) for key in ("ok", "sick")]
        said.append(channel(hook.url))
        pages.broken.add("/sick")
        async with running(place, *said, base=QUICK) as it:
            await it.until_all("up", ["ok"])
            await it.until(lambda: len(hook.received) == 1)
            (incident,) = it.reader.incidents()
            await command(place, "ack", incident.id, "--by", "ann")
            made, _ = await it.ask("/api/v1/silences", **{"pattern": "o*", "for": "1h"})
            assert made == 201
            await it.logged("order carried out")
            await it.until(lambda: it.reader.incidents()[0].acknowledged is not None)
            before = await known(it)
            it.process.send_signal(end)
            await it.ended()
        last = it.checks("ok")[0].at
        await asyncio.sleep(HELD + 1)
        async with running(place, *said, base=QUICK) as it:
            assert it.conditions() == {"ok": "up", "sick": "down"}
            assert await known(it) == before
            assert '"acknowledged_by": "ann"' in json.dumps(before)
            await it.until(lambda: len(it.checks("ok", last + 0.01)) > 2)
            assert it.reader.missed("ok", last)[MissedReason.STOPPED] >= 1
            first = it.checks("ok", last + 0.01)[-1].at
            counted = json.loads(await command(place, "history", "ok", "--json"))["uptime"]["24h"]
            assert counted["unwatched"] > first - last - HELD - 0.01
            assert counted["down"] == 0
            pages.broken.clear()
            await it.until(lambda: len(hook.received) == 2)
            await it.stop()
        assert [json.loads(one.body)["kind"] for one in hook.received] == ["down", "up"]


async def test_everything_is_still_there(tmp_path: Path) -> None:
    """State, incident, acknowledgement, silence; and the time between counts as not watched."""
    async with asyncio.TaskGroup() as both:
        for end in (signal.SIGTERM, signal.SIGKILL):
            both.create_task(ended_and_run_again(folder(tmp_path, end.name), end))
