"""The queries: what a monitor loads when it starts, and what pages and commands show."""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fetcher.monitor.history.history_rows import CheckRow, StreakRow
from fetcher.monitor.history.history_schema import HEALTHS, SECOND, trouble_of
from fetcher.monitor.history.incident_rows import INCIDENT, read_members, read_open_incidents
from fetcher.monitor.history.row_codec import (
    unpack_incident,
    unpack_latest,
    unpack_message,
    unpack_state,
)
from fetcher.monitor.incident import DeliveryStatus, Incident, Message, Silence
from fetcher.monitor.target_state import Observation, State

T = TypeVar("T")

_MEMBERS_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class LoadedState:
    """What a monitor knows when it starts: everything up to the last commit.

    states, latest, checked: by target key; checked: time of the last check, in seconds since the
    epoch. incidents: the open ones, sorted by id. messages: the queued ones, by due time. silences:
    those in force.
    """

    states: Mapping[str, State] = field(default_factory=dict)
    latest: Mapping[str, Observation] = field(default_factory=dict)
    checked: Mapping[str, float] = field(default_factory=dict)
    incidents: tuple[Incident, ...] = ()
    messages: tuple[Message, ...] = ()
    silences: tuple[Silence, ...] = ()


MESSAGE = (
    "SELECT id, incident, channel, kind, created, due, fate, attempts, sent, error, digest "
    "FROM messages"
)
"""Selects the columns that `unpack_message` takes."""

LATEST = (
    "latest.at, health, trouble, text, status, elapsed, due, ip, fingerprint, expires, "
    "http_version, tls_version, redirects, bytes_read, dns, connect, tls, first_byte, body"
)
"""The columns that `unpack_latest` takes."""


def load(file: sqlite3.Connection, now: float) -> LoadedState:
    """Return what a monitor needs when it starts; now: seconds since the epoch."""
    latest = dict(read_latest(file))
    return LoadedState(
        states=dict(read_states(file)),
        latest=latest,
        checked={key: seen.at for key, seen in latest.items()},
        incidents=tuple(read_open_incidents(file)),
        messages=_waiting(file),
        silences=read_silences(file, now),
    )


def read_states(file: sqlite3.Connection) -> Iterator[tuple[str, State]]:
    """Yield the states of all targets with their keys."""
    rows = file.execute("SELECT key, state FROM states JOIN targets ON id = target")
    for key, state in rows:
        yield key, unpack_state(state)


def read_latest(file: sqlite3.Connection) -> Iterator[tuple[str, Observation]]:
    """Yield the latest checks of all targets with their keys."""
    # Many of a hundred thousand targets have the same texts, which are shared to save memory.
    texts: dict[Any, Any] = {}
    rows = file.execute(f"SELECT key, {LATEST} FROM latest JOIN targets ON id = target")
    for key, *cells in rows:
        shared = [_shared(texts, cell) for cell in cells]
        yield key, unpack_latest(tuple(shared))


def read_silences(file: sqlite3.Connection, now: float) -> tuple[Silence, ...]:
    """Return the silences in force, by the time of their end."""
    rows: Any = file.execute(
        "SELECT id, pattern, until, by, why, made FROM silences WHERE until > ? ORDER BY until, id",
        (now,),
    )
    return tuple([Silence(*row) for row in rows])


def _waiting(file: sqlite3.Connection) -> tuple[Message, ...]:
    rows = file.execute(f"{MESSAGE} WHERE fate = 'waiting' ORDER BY due, created, id")
    return tuple(map(unpack_message, rows))


def _shared(texts: dict[Any, T], cell: T) -> T:
    return texts.setdefault(cell, cell) if isinstance(cell, str) else cell


def read_incidents(
    file: sqlite3.Connection, before: float | None, limit: int, key: str | None, text: str
) -> list[Incident]:
    """Return incidents opened before a time, newest first; `HistoryReader` documents the rest."""
    conditions = ["opened < ?"]
    values: list[Any] = [float("inf") if before is None else before]
    if key is not None:
        conditions.append("id IN (SELECT incident FROM members WHERE key = ?)")
        values.append(key)
    if text:
        like = f"%{_escaped(text)}%"
        columns = ("id", "text", "cause", "trouble")
        own = [f"{column} LIKE ? ESCAPE '\\'" for column in columns]
        of_members = [f"{column} LIKE ? ESCAPE '\\'" for column in ("key", "url", "shown")]
        conditions.append(
            f"({' OR '.join(own)} OR EXISTS (SELECT 1 FROM members WHERE incident = id "
            f"AND ({' OR '.join(of_members)})))"
        )
        values += [like] * (len(own) + len(of_members))
    query = f"{INCIDENT} WHERE {' AND '.join(conditions)}"
    order = "ORDER BY opened DESC, id DESC"
    rows = file.execute(f"{query} {order} LIMIT ?", (*values, limit)).fetchall()
    if len(rows) == limit and rows:
        # The next page begins before the last of these, and must not miss those opened with it.
        id, opened, *_ = rows[-1]
        tied = (*values, opened, id)
        rows += file.execute(f"{query} AND opened = ? AND id < ? {order}", tied).fetchall()
    return [unpack_incident(row, read_members(file, row[0], _MEMBERS_SHOWN)) for row in rows]


def read_incident(file: sqlite3.Connection, id: str) -> Incident | None:
    """Return one incident with all its members."""
    row = file.execute(f"{INCIDENT} WHERE id = ?", (id,)).fetchone()
    return row and unpack_incident(row, read_members(file, id))


def read_messages(
    file: sqlite3.Connection, incident: str, status: DeliveryStatus | None, most: int
) -> list[Message]:
    """Return the latest messages, in order of creation."""
    conditions, values = ["1"], list[Any]()
    if incident:
        conditions.append("incident = ?")
        values.append(incident)
    if status is not None:
        conditions.append("fate = ?")
        values.append(status.value)
    query = f"{MESSAGE} WHERE {' AND '.join(conditions)} ORDER BY created DESC, id DESC LIMIT ?"
    return [unpack_message(row) for row in file.execute(query, (*values, most))][::-1]


def read_checks(
    file: sqlite3.Connection, target: int, block: int, since: int, until: int, most: int
) -> list[CheckRow]:
    """Return a target's single checks, newest first."""
    rows = file.execute(
        "SELECT at, lag, health, trouble, texts.text, status, elapsed FROM checks "
        "LEFT JOIN texts ON texts.id = checks.text "
        "WHERE block = ? AND at >= ? AND at < ? AND target = ? ORDER BY at DESC LIMIT ?",
        (block, since, until, target, most),
    )
    return [
        CheckRow(
            at / SECOND,
            (at - lag) / SECOND,
            HEALTHS[health],
            trouble_of(trouble),
            text or "",
            status,
            None if elapsed is None else elapsed / 1e6,
        )
        for at, lag, health, trouble, text, status, elapsed in rows
    ]


def read_streaks(
    file: sqlite3.Connection, key: str | None, since: int, until: int, most: int
) -> list[StreakRow]:
    """Return streaks of failures that overlap [since, until), latest first."""
    of_target = "" if key is None else "AND target = (SELECT id FROM targets WHERE key = ?) "
    rows = file.execute(
        "SELECT key, first, last, checks, health, trouble, status, text FROM failures "
        f"JOIN targets ON targets.id = target WHERE last >= ? AND first < ? {of_target}"
        "ORDER BY first DESC LIMIT ?",
        (since, until, *(() if key is None else (key,)), most),
    )
    return [
        StreakRow(
            key,
            first / SECOND,
            last / SECOND,
            checks,
            HEALTHS[health],
            trouble_of(trouble),
            status,
            text,
        )
        for key, first, last, checks, health, trouble, status, text in rows
    ]


def _escaped(text: str) -> str:
    for special in "\\%_":
        text = text.replace(special, "\\" + special)
    return text
