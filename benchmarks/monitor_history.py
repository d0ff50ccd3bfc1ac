"""A week of the monitor's history, at speed: its size each day, CPU per check, time of queries.

Goals: never over the bound; queries within 50 ms whatever the day. The same checks go into one
plain table with an index, in the same transactions: the ratio is to the CPU of that. One target in
fifty fails for ten minutes of every half hour.
"""

import argparse
import asyncio
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import harness
from harness import MEGABYTE

from fetcher.judgement.verdict import Health, Trouble
from fetcher.model import Timings
from fetcher.monitor.commit import CheckRecord, Commit
from fetcher.monitor.history import HistoryReader, HistoryStore, open_store
from fetcher.monitor.plan import MonitorSettings
from fetcher.monitor.target_state import Observation, Span, TimeClass

START = 1_795_219_200
DAY = 86400
HOUR = 3600
TIMINGS = Timings(0.001, 0.002, 0.008, 0.02, 0.004)
REPEAT = 5

PLAIN = (
    "CREATE TABLE checks (url TEXT, at REAL, health TEXT, status INT, elapsed REAL, text TEXT)",
    "CREATE INDEX by_url ON checks (url, at)",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
)


class Plain:
    """What one would write at first."""

    def __init__(self, path: Path) -> None:
        self.file = sqlite3.connect(path, isolation_level=None)
        for statement in PLAIN:
            self.file.execute(statement).fetchall()

    def write(self, records: tuple[CheckRecord, ...]) -> None:
        """Write checks in one transaction."""
        rows = [
            (record.key, seen.at, seen.health.value, seen.status, seen.elapsed, seen.text)
            for record in records
            for seen in (record.observation,)
        ]
        self.file.execute("BEGIN")
        self.file.executemany("INSERT INTO checks VALUES (?, ?, ?, ?, ?, ?)", rows)
        self.file.execute("COMMIT")


def check(key: str, number: int, at: float, interval: float) -> CheckRecord:
    """Make one check, and how the time since the one before counts."""
    fails = number % 50 == 7 and at % 1800 < 600
    seen = Observation(
        at,
        Health.UNHEALTHY if fails else Health.HEALTHY,
        Trouble.SERVER_ERROR if fails else None,
        "expected status 200, found 503" if fails else "",
        503 if fails else 200,
        0.03 + (at * 7919 + number * 104729) % 1009 / 10_000,
        at - 0.002,
        "127.0.0.1",
        "ab" * 32,
        START + 90.0 * DAY,
        "1.1",
        "TLSv1.3",
        0,
        5_000,
        TIMINGS,
    )
    spell = TimeClass.DOWN if fails else TimeClass.UP
    hour = at // HOUR * HOUR
    if at - interval < hour < at:
        return CheckRecord(key, seen, (Span(at - interval, hour, spell), Span(hour, at, spell)))
    return CheckRecord(key, seen, (Span(at - interval, at, spell),))


def commits(flags: argparse.Namespace, day: int) -> Iterator[tuple[CheckRecord, ...]]:
    """Make a day's checks, those of a commit together, spread evenly over each interval."""
    keys = [f"https://host{number}.example/health" for number in range(flags.targets)]
    phases = [flags.interval * number / flags.targets for number in range(flags.targets)]
    first = START + day * DAY
    for begin in range(first, first + DAY, flags.every):
        yield tuple(
            [
                check(keys[number], number, at + phases[number], flags.interval)
                for at in range(begin - begin % flags.interval, begin + flags.every, flags.interval)
                for number in range(flags.targets)
                if begin <= at + phases[number] < begin + flags.every
            ]
        )


def questions(reader: HistoryReader, now: float, targets: int) -> dict[str, Callable[[], object]]:
    """What the page asks."""
    key = "https://host7.example/health"
    page = [f"https://host{n}.example/health" for n in range(0, targets, max(1, targets // 50))]
    return {
        "50 checks": lambda: reader.checks(key, 0, now, 50),
        "chart, day": lambda: reader.series(key, now - DAY, now, 300),
        "chart, week": lambda: reader.series(key, now - 7 * DAY, now, 300),
        "chart, 90 days": lambda: reader.series(key, now - 90 * DAY, now, 300),
        "90 days of 50": lambda: reader.days(page, now - 89 * DAY, now),
        "uptime, month": lambda: reader.uptime(key, now - 30 * DAY, now),
        "failures": lambda: reader.failures(key, 0, now),
    }


def timed(question: Callable[[], object]) -> float:
    """Ask several times; return the median in milliseconds."""
    taken = []
    for _ in range(REPEAT):
        started = time.perf_counter()
        question()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1000


async def one_day(
    store: HistoryStore, plain: Plain, flags: argparse.Namespace, day: int
) -> tuple[int, list[float], int]:
    """Write a day; return checks, CPU seconds (written, kept up, plain), and the largest size."""
    used = [0.0, 0.0, 0.0]
    checks = largest = 0
    kept = 0.0
    for records in commits(flags, day):
        checks += len(records)
        now = records[-1].observation.at
        marks = [time.process_time()]
        await store.write(Commit(records=records))
        marks.append(time.process_time())
        if now - kept >= 10:
            await store.maintain(now)
            kept = now
        marks.append(time.process_time())
        plain.write(records)
        marks.append(time.process_time())
        used = [sum + end - begin for sum, begin, end in zip(used, marks, marks[1:], strict=False)]
        largest = max(largest, store.size())
    return checks, used, largest


async def week(flags: argparse.Namespace, folder: Path) -> None:
    """Write and ask day by day, and print what that took."""
    path = str(folder / "monitor.db")
    settings = MonitorSettings(max_size=round(flags.max_size * MEGABYTE))
    store = open_store(path, settings, START)
    plain = Plain(folder / "plain.db")
    reader = HistoryReader(path)
    written, asked = [], []
    for day in range(flags.days):
        harness.note(f"day {day + 1}/{flags.days}")
        checks, used, largest = await one_day(store, plain, flags, day)
        each = [seconds / checks * 1e6 for seconds in used]
        over = "OVER" if largest > settings.max_size else ""
        written.append(
            [
                f"day {day + 1}",
                f"{checks:,}",
                f"{store.size() / MEGABYTE:.0f} {over}".strip(),
                f"{(folder / 'plain.db').stat().st_size / MEGABYTE:.0f}",
                *(f"{cpu:.1f}" for cpu in each),
                f"{(each[0] + each[1]) / each[2]:.2f}",
            ]
        )
        now = START + (day + 1) * DAY
        times = [timed(ask) for ask in questions(reader, now, flags.targets).values()]
        asked.append([f"day {day + 1}", *(f"{ms:.1f}" for ms in times)])
    harness.note("")
    names = ["written", "checks", "MB", "plain MB", "µs/check", "kept up", "plain", "ratio"]
    harness.print_table(names, written)
    harness.print_table(["asked, ms", *questions(reader, 0, 1)], asked)
    reader.close()
    await store.close()
    plain.file.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--targets", type=int, default=1000)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--interval", type=int, default=60, help="seconds between checks of one")
    parser.add_argument("--every", type=int, default=10, help="seconds of checks in a commit")
    parser.add_argument("--max-size", type=float, default=1000, help="the bound, in megabytes")
    given = parser.parse_args()
    with harness.scratch() as scratch:
        asyncio.run(week(given, scratch))
