"""Stores, and what is written to them."""

import random
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from fetcher.judgement.verdict import Health, Trouble
from fetcher.model import Timings
from fetcher.monitor.commit import CheckRecord
from fetcher.monitor.history import HistoryStore, open_store
from fetcher.monitor.incident import Incident, Member, Message, MessageKind, message_id
from fetcher.monitor.plan import MonitorSettings
from fetcher.monitor.target_state import Condition, Observation, Span, TimeClass

NOON = 1_795_262_400.0
"""2026-11-21 12:00:00 UTC."""

HOUR = 3600.0
DAY = 86400.0
NAME = "monitor.db"
KEPT = MonitorSettings()

HEALTHY = Observation(
    NOON,
    Health.HEALTHY,
    status=200,
    elapsed=0.042123,
    due=NOON - 0.25,
    ip="127.0.0.1",
    fingerprint="ab" * 32,
    expires=NOON + 30 * DAY,
    http_version="1.1",
    tls_version="TLSv1.3",
    redirects=1,
    bytes_read=1234,
    timings=Timings(0.001, 0.002, 0.003, 0.01, 0.02),
)
FAILED = Observation(
    NOON, Health.UNHEALTHY, Trouble.SERVER_ERROR, "expected status 200, found 503", 503, 0.01
)


@asynccontextmanager
async def opened(
    folder: Path, settings: MonitorSettings = KEPT, now: float = NOON
) -> AsyncIterator[HistoryStore]:
    """A store, closed again."""
    store = open_store(str(folder / NAME), settings, now)
    try:
        yield store
    finally:
        await store.close()


def crash(store: HistoryStore) -> None:
    """Leave a store as the end of its process does."""
    store._thread.shutdown()
    store._opened.close()


def files(folder: Path) -> list[Path]:
    """What is in a folder."""
    return sorted(folder.iterdir())


def record(
    key: str, at: float, *spans: Span, like: Observation = HEALTHY, elapsed: float | None = 0.04
) -> CheckRecord:
    """A check of a target."""
    return CheckRecord(key, replace(like, at=at, due=at, elapsed=elapsed), spans)


def watched(key: str, before: float, at: float, like: Observation = HEALTHY) -> CheckRecord:
    """A check that ends a time of being up or down, within an hour."""
    time_class = TimeClass.UP if like.health is Health.HEALTHY else TimeClass.DOWN
    return record(key, at, *split(before, at, time_class), like=like)


def split(start: float, end: float, time_class: TimeClass) -> Iterable[Span]:
    """A time as spans, none of them over the end of an hour."""
    while start < end:
        until = min(end, start // HOUR * HOUR + HOUR)
        yield Span(start, until, time_class)
        start = until


def incident(number: int, *members: Member, closed: float | None = None) -> Incident:
    """An incident."""
    return Incident(
        id=f"{number:08d}",
        began=NOON + number - 60,
        opened=NOON + number,
        condition=Condition.DOWN,
        trouble="server_error",
        text="expected status 200, found 503",
        causes=frozenset({"host:example.org", "address:127.0.0.1:80"}),
        cause="example.org",
        members=members,
        closed=closed,
        channels=("mail", "hook"),
    )


def member(key: str, ended: float | None = None) -> Member:
    """A target that an incident concerns."""
    return Member(key, f"https://example.org/{key}", key.upper(), NOON, ended, "found 503")


def message(number: int, channel: str = "mail") -> Message:
    """What is to be told about an incident."""
    about = f"{number:08d}"
    made = NOON + number
    return Message(
        message_id(about, MessageKind.DOWN, channel), about, channel, MessageKind.DOWN, made, made
    )


def scribble(path: Path, start: int, length: int) -> None:
    """Put random bytes into a file."""
    with open(path, "r+b") as file:
        file.seek(start)
        file.write(random.Random(start).randbytes(length))
