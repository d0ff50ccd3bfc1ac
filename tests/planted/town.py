"""All planted places put up at once, with the name server that knows them."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fetcher.model import Target
from fetcher.settings import Settings
from tests.planted.case import Case
from tests.planted.places import Standing
from tests.support.dns import Answer, DnsServer
from tests.support.raw import RawServer
from tests.support.tls import Authority

DOMAIN = "good.test"
"""The certificates that are right are right for every name below it."""

LIMITS = {"timeout": 3.0, "connect_timeout": 3.0, "retry_wait": 0.05, "retry_max_wait": 0.1}
"""Long enough for the slowest machine to fetch a page, short enough to wait for the mute ones."""


@dataclass(frozen=True, slots=True)
class Town:
    """Places that stand.

    name_server: as `--dns-server` takes it. ca_file: as `--cacert` takes it. places: by the name
    of their case.
    """

    cases: Sequence[Case]
    name_server: str
    ca_file: Path
    places: Mapping[str, Standing]

    def url(self, case: Case) -> str:
        """Return the URL of a case."""
        place = self.places[case.name]
        return f"{place.scheme}://{case.name}.{DOMAIN}:{place.port}{case.path}"

    def targets(self) -> list[Target]:
        """Return a target for each case, in their order."""
        return [
            Target(index, self.url(case), expected=case.expected)
            for index, case in enumerate(self.cases)
        ]

    def settings(self, **changes: Any) -> Settings:
        """Return settings with which every place can be told from every other."""
        known = {"dns_servers": (self.name_server,), "cacert": str(self.ca_file)}
        return Settings(**{**LIMITS, "max_bytes": 1_500_000, **known, **changes})

    def flags(self) -> list[str]:
        """Return the same settings for the command line."""
        limits = ("--timeout", "3s", "--connect-timeout", "3s", "--max-bytes", "1500kB")
        waits = ("--retry-wait", "50ms", "--retry-max-wait", "100ms")
        return [*limits, *waits, "--dns-server", self.name_server, "--cacert", str(self.ca_file)]

    def servers(self) -> dict[str, RawServer]:
        """Return every server by the name of its case."""
        return {
            name: place.server for name, place in self.places.items() if place.server is not None
        }

    async def open_connections(self, looks: int = 100) -> dict[str, int]:
        """Count the connections that are open still; the servers get time to see them end.

        looks: how often they are counted, twenty times a second.
        """
        found: dict[str, int] = {}
        for _ in range(looks):
            found = {name: s.open_connections() for name, s in self.servers().items()}
            if not any(found.values()):
                break
            await asyncio.sleep(0.05)
        return {name: count for name, count in found.items() if count}


def tasks_left() -> list[str]:
    """Name the tasks that run now, without this one and those of the servers here."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    return [str(task) for task in others if "/tests/" not in _file_of(task.get_coro())]


def _file_of(coroutine: Any) -> str:
    code = getattr(coroutine, "cr_code", None) or getattr(coroutine, "ag_code", None)
    return "" if code is None else str(code.co_filename)


@asynccontextmanager
async def town(cases: Sequence[Case], directory: Path) -> AsyncIterator[Town]:
    """Put up the places of some cases; directory: for the authority's certificate."""
    authority = Authority.create(directory)
    zone: dict[str, Answer] = {}
    async with AsyncExitStack() as stack:
        names = await stack.enter_async_context(DnsServer(zone))
        places = {}
        for case in cases:
            place = await stack.enter_async_context(case.place.stand(authority))
            places[case.name] = place
            zone[f"{case.name}.{DOMAIN}"] = place.answer
        yield Town(cases, names.nameserver, authority.ca_file, places)
