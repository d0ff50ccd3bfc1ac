"""A monitor is asked to stop, once or twice, while it is at work."""

import asyncio
import signal
from pathlib import Path

from aiohttp import web

from fetcher.judgement.verdict import Health
from fetcher.monitor.incident import DeliveryStatus
from tests.monitor.daemon.hasty import command
from tests.monitor.daemon.pages import serving
from tests.monitor.daemon.running import BASE, COMMAND, channel, running, target
from tests.notify.receiving import receiver

ROOT = str(Path(__file__).parents[3])
LONG_GRACE = command(["fetcher.monitor.monitor:_GRACE=600"], COMMAND[3:])


async def test_what_is_under_way_is_finished_and_saved(tmp_path: Path) -> None:
    """The first SIGTERM begins nothing new, waits for answers, writes them down, and exits 0."""
    async with serving() as pages:
        pages.hold("/held")
        said = target(f"{pages.url}/held", "held"), target(f"{pages.url}/ok", "ok")
        async with running(tmp_path, *said) as it:
            await it.until(lambda: pages.now["/held"] == 1)
            it.process.send_signal(signal.SIGTERM)
            await it.logged("stopping")
            assert it.events("stopping")[0]["running"] >= 1
            pages.let_go("/held")
            assert await it.ended() == 0
            assert it.events()[-1]["event"] == "stopped"
            assert it.checks("held")[0].health is Health.HEALTHY
            # Each answer that was given was written down.
            assert len(it.checks("ok")) == pages.hits["/ok"]


async def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    """It waits neither for an answer that never comes nor for a message that hangs, and exits 0."""
    stuck = asyncio.Event()

    async def hang(request: web.Request) -> web.Response:
        await stuck.wait()
        return web.Response()

    async with serving() as pages, receiver(hang) as hook:
        pages.broken.add("/bad")
        pages.hold("/held")
        said = target(f"{pages.url}/bad", "bad"), target(f"{pages.url}/held", "held")
        patient = channel(hook.url, 'timeout = "10m"')
        # Without the second signal this would last longer than any test waits.
        more = {"base": BASE.replace('timeout = "2s"', 'timeout = "10m"'), "command": LONG_GRACE}
        async with running(tmp_path, *said, patient, **more, PYTHONPATH=ROOT) as it:
            await it.until(lambda: bool(hook.received) and pages.now["/held"] == 1)
            it.process.send_signal(signal.SIGTERM)
            await it.logged("stopping")
            it.process.send_signal(signal.SIGTERM)
            assert await it.ended() == 0
            # What hung is not lost: it waits for the next start.
            (message,) = it.reader.messages()
            assert message.status is DeliveryStatus.WAITING
        stuck.set()
