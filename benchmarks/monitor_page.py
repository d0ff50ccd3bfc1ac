"""How long the status page takes with 100,000 targets. Goal: the overview within 200 ms.

Two pages are served, of 100 targets and of 100,000, each over a real history in which the targets
that are shown first have 90 days. They are asked over HTTP in turn; the client's own time, in the
same process, counts as well. The ratio is what the number of targets costs.
"""

import asyncio
import statistics
import time
import tracemalloc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import aiohttp
import harness

from fetcher.judgement.expectations import NOTHING_SPECIAL
from fetcher.judgement.verdict import Health
from fetcher.model import Timings
from fetcher.monitor.commit import CheckRecord, Commit
from fetcher.monitor.history import HistoryReader, open_store
from fetcher.monitor.incident import Incident, Silence
from fetcher.monitor.live_view import Query, SearchResult, TargetView, Vitals
from fetcher.monitor.plan import Interval, MonitorSettings, MonitorTarget, PageSettings, Plan
from fetcher.monitor.target_index import TargetIndex
from fetcher.monitor.target_state import Condition, Observation, Span, State, TimeClass
from fetcher.statuspage import StatusPage

FEW, MANY = 100, 100_000
NOW = 1_795_240_800.0
DAY = 86400.0
DAYS = 90
SHOWN = 100
PAGES = {
    "overview": "",
    "last page": "?offset={last}",
    "search": "?text=service-4",
    "group": "?group=group-3",
    "up only": "?condition=up",
    "JSON, 1,000": "api/v1/targets?limit=1000",
    "one target": "targets/service-7",
    "metrics": "metrics",
    "metrics, all": "metrics?all=1",
}


@dataclass
class Still:
    """A monitor in which nothing happens."""

    board: TargetIndex
    plan: Plan

    def counts(self) -> Mapping[Condition, int]:
        """How many targets are in each condition."""
        return self.board.counts()

    def groups(self) -> Mapping[str, Mapping[Condition, int]]:
        """The same by group."""
        return self.board.groups()

    def find(self, query: Query) -> SearchResult:
        """Find targets."""
        return self.board.find(query)

    def get(self, key: str) -> TargetView | None:
        """Give one target."""
        return self.board.get(key)

    def incidents(self) -> Sequence[Incident]:
        """None lasts."""
        return ()

    def silences(self) -> Sequence[Silence]:
        """None lasts."""
        return ()

    def vitals(self) -> Vitals:
        """How it is."""
        return Vitals(NOW - 3600, NOW, ready=True)

    async def acknowledge(self, incident: str, by: str) -> NoReturn:
        """Nobody asks for this."""
        raise NotImplementedError

    async def silence(self, pattern: str, until: float, by: str, why: str = "") -> NoReturn:
        """Nobody asks for this."""
        raise NotImplementedError

    async def unsilence(self, silence: str) -> NoReturn:
        """Nobody asks for this."""
        raise NotImplementedError


def views(count: int) -> Iterator[TargetView]:
    """Make targets in fifty groups, one in a hundred of them down."""
    for number in range(count):
        bad = number % 100 == 7
        key = f"service-{number}"
        url = f"https://host-{number}.example/health/{number}"
        group = f"group-{number % 50}"
        watched = MonitorTarget(key, url, Interval(60.0), NOTHING_SPECIAL, name=key, group=group)
        health = Health.UNHEALTHY if bad else Health.HEALTHY
        timings = Timings(0.001, 0.002, 0.003, 0.004, 0.005)
        text = "status 503, expected 200..299" if bad else ""
        latest = Observation(NOW - 10, health, text=text, status=200, elapsed=0.02, timings=timings)
        condition = Condition.DOWN if bad else Condition.UP
        yield TargetView(watched, State(condition, NOW - DAY), latest)


async def fill(path: Path, board: TargetIndex) -> None:
    """Write a history: 90 days of the targets that are shown first, a check of the others."""
    settings = MonitorSettings(database=str(path))
    store = open_store(str(path), settings, NOW)
    for start in range(0, len(board), 10_000):
        part = list(board)[start : start + 10_000]
        records = [CheckRecord(view.target.key, view.latest) for view in part if view.latest]
        await store.write(Commit(records=tuple(records)))
    shown = board.find(Query(limit=SHOWN)).views
    for day in range(DAYS, 0, -1):
        at = NOW - day * DAY
        await store.write(Commit(records=tuple([record(view, at) for view in shown])))
    for _ in range(200):
        await store.maintain(NOW)
    await store.close()


def record(view: TargetView, at: float) -> CheckRecord:
    """One check, and the hour before it."""
    assert view.latest is not None
    observation = Observation(at, view.latest.health, text=view.latest.text, elapsed=0.02)
    return CheckRecord(view.target.key, observation, (Span(at - 3600, at, TimeClass.UP),))


async def ask(client: aiohttp.ClientSession, url: str) -> float:
    """Ask for a page, and give how long that took, in seconds."""
    begun = time.perf_counter()
    async with client.get(url) as response:
        assert response.status == 200, await response.text()
        await response.read()
    return time.perf_counter() - begun


async def measure(repeat: int, folder: Path) -> None:
    """Serve both, ask them in turn, and print a table of medians."""
    urls: dict[int, str] = {}
    async with AsyncExitStack() as stack:
        for count in (FEW, MANY):
            harness.note(f"{count:,} targets")
            board = TargetIndex(views(count))
            path = folder / f"{count}.db"
            await fill(path, board)
            live = Still(board, Plan(()))
            page = StatusPage(live, HistoryReader(str(path)), PageSettings(listen="127.0.0.1:0"))
            urls[count] = (await stack.enter_async_context(page)).url
        client = await stack.enter_async_context(aiohttp.ClientSession())
        rows = []
        for name, address in PAGES.items():
            harness.note(name)
            took: dict[int, list[float]] = {FEW: [], MANY: []}
            # The first of each is warm-up: templates are compiled then.
            for turn in range(repeat + 1):
                for count, url in urls.items():
                    seconds = await ask(client, url + address.format(last=count - 50))
                    took[count] += [seconds] if turn else []
            few, many = (statistics.median(took[count]) * 1000 for count in (FEW, MANY))
            worst = max(took[MANY]) * 1000
            rows.append([name, f"{few:.1f}", f"{many:.1f}", f"{worst:.1f}", f"{many / few:.1f}"])
    harness.note("")
    harness.print_table(
        ["page", f"{FEW:,} targets, ms", f"{MANY:,} targets, ms", "slowest", "ratio"], rows
    )


def board_cost() -> None:
    """Print what the board itself takes for the most targets."""
    made = list(views(MANY))
    tracemalloc.start()
    board = TargetIndex(made)
    memory = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    begun = time.perf_counter()
    for view in made:
        board.update(view)
    each = (time.perf_counter() - begun) / MANY
    print(
        f"The board adds {memory / MANY:.0f} bytes a target; an update takes {each * 1e6:.2f} µs."
    )


if __name__ == "__main__":
    flags = harness.options(__doc__, repeat=9).parse_args()
    board_cost()
    with harness.scratch() as folder:
        asyncio.run(measure(flags.repeat, folder))
