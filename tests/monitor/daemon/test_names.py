"""The name server of two real monitors stops: it says nothing, is gone, or cannot ask anyone."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from tests.monitor.daemon.cuts import SECONDS, Pair, base, folder
from tests.monitor.daemon.hasty import command
from tests.monitor.daemon.pages import serving
from tests.monitor.daemon.running import COMMAND, Running, channel, configure, started, target
from tests.notify.receiving import Receiver, receiver
from tests.support.dns import LOOPBACK, SERVFAIL, SILENT, Answer, DnsServer

ROOT = Path(__file__).parents[3]
NAMES = [f"h{number}.test" for number in range(12)]
ALL: Mapping[str, Answer] = {"*": replace(LOOPBACK, ttl=0)}

# All of this takes longer than the test lasts, unless that lasts as long as real outages.
REMEMBERED = "" if SECONDS else '\ndns_cache = "100ms"'
HASTY = (
    "fetcher.transport.resolver:FRESH_SIGN=0.3",
    "fetcher.transport.dns_client:PROBE=0.2",
)
PROGRAM = COMMAND if SECONDS else command(HASTY, COMMAND[3:])


@asynccontextmanager
async def watching(parent: Path, names: DnsServer) -> AsyncIterator[Pair]:
    """Watch pages on a dozen hosts known by name, with a control target and without."""
    monitors: list[Running] = []
    async with AsyncExitStack() as stack:
        pages = await stack.enter_async_context(serving())
        port = pages.url.rpartition(":")[2]
        urls = [f"http://{name}:{port}/" for name in NAMES]
        hooks: list[Receiver] = []
        for name, controls in (("controls", [f"http://control.test:{port}/"]), ("none", [])):
            hooks.append(await stack.enter_async_context(receiver()))
            place = folder(parent, name)
            fetch = f"dns_servers = {json.dumps([names.nameserver])}{REMEMBERED}"
            said = [*map(target, urls), channel(hooks[-1].url)]
            page = configure(place, *said, base=base(controls, fetch))
            monitors.append(started(place, page, command=PROGRAM, PYTHONPATH=str(ROOT)))
            stack.callback(monitors[-1].close)
        for monitor in monitors:
            await monitor.ready()
        yield Pair(
            monitors, urls, [], lambda n: [json.loads(one.body) for one in hooks[n].received]
        )


async def test_a_name_server_that_stops_is_nobodys_fault(tmp_path: Path) -> None:
    """No DOWN, unknown in the history, one notice, all up afterwards; in whatever way it stops."""
    async with AsyncExitStack() as stack:
        names = DnsServer(ALL)
        running_names = await stack.enter_async_context(AsyncExitStack())
        await running_names.enter_async_context(names)
        pair = await stack.enter_async_context(watching(tmp_path, names))
        await pair.see()
        for answer in (SILENT, SERVFAIL):
            async with pair.going_offline():
                names.zone = {"*": answer}
                await pair.offline()
                names.zone = ALL
        async with pair.going_offline():
            await running_names.aclose()
            await pair.offline()
            await stack.enter_async_context(DnsServer(ALL, port=names.port))
        for monitor in pair.monitors:
            await monitor.stop()
