"""What goes first when the database has become as large as it may."""

import sqlite3
from dataclasses import dataclass

from fetcher.monitor.history.levels import DAYS, HOURS, MINUTES
from fetcher.monitor.history.units import DAY, HOUR, MINUTE


@dataclass(frozen=True, slots=True)
class Stage:
    """One table that gives way, down to what lies so many milliseconds back."""

    table: str
    kept: int


STAGES = (
    Stage("checks", HOUR),
    Stage(MINUTES.table, 0),
    Stage(HOURS.table, 7 * DAY),
    Stage("checks", 10 * MINUTE),
    Stage(DAYS.table, 90 * DAY),
    Stage(HOURS.table, 2 * HOUR),
    Stage(DAYS.table, 2 * DAY),
)
"""Each in turn, once those before it have given all they can. States, open incidents, messages that
wait, and the latest check of each target are not among them."""

_STEPS = {level.table: level.step for level in (MINUTES, HOURS, DAYS)} | {"checks": 1}
_SHARE = 8
_ROW = 60
"""What a row with words takes without them, with its place in an index; roughly, in bytes."""


@dataclass(frozen=True, slots=True)
class Relief:
    """What is to give way now: what is older, in a table; before: milliseconds."""

    table: str
    before: int


def relief(file: sqlite3.Connection, now: int) -> Relief | None:
    """Find what can give way now: the oldest part of a table, and not all of it at once.

    None when nothing can.
    """
    for stage in STAGES:
        oldest = oldest_of(file, stage.table)
        newest = now - stage.kept
        step = _STEPS[stage.table]
        if oldest is not None and oldest // step < newest // step:
            part = max(step, MINUTE, (newest - oldest) // _SHARE)
            return Relief(stage.table, min(newest, oldest + part))
    return None


def oldest_of(file: sqlite3.Connection, table: str) -> int | None:
    """When the oldest row of a table begins, in milliseconds; None when it is empty."""
    query = (
        f"SELECT min((SELECT min(at) FROM {table} WHERE {table}.block = blocks.block)) FROM blocks"
    )
    (found,) = file.execute(query).fetchone()
    return None if found is None else found * _STEPS[table]


def surplus(file: sqlite3.Connection, table: str, most: int, may_go: str = "1") -> int:
    """Find the number below which rows with words give way, 0 when they take no more than that.

    most: bytes, which are reckoned from the latest rows: to look at all of them would take long.
    may_go: says in SQL which rows can; the oldest of them is always among those that do.
    """
    query = f"SELECT id FROM {table} WHERE {may_go} ORDER BY id LIMIT 1"
    (first,) = file.execute(query).fetchone() or (None,)
    if first is None:
        return 0
    query = (
        f"SELECT max(id), avg(length(text)) FROM (SELECT * FROM {table} ORDER BY id DESC LIMIT 100)"
    )
    last, length = file.execute(query).fetchone()
    count = last - first + 1
    return first + max(count // _SHARE, 1) if count * (length + _ROW) > most else 0


def used_bytes(file: sqlite3.Connection) -> int:
    """The size of the database without what is free in it, nor its log."""
    pages, free, size = (
        file.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    used: int = (pages - free) * size
    return used
