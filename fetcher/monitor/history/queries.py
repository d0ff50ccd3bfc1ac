"""Reading what was wrong, and what people were told of it.

Reads what a monitor has to know when it starts.

What a monitor knows when it starts.
"""

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


@dataclass(frozen=True, slots=True)
class LoadedState:
    """What a monitor knows when it starts: the last commit, and nothing after it.

    states, latest, checked: by the key of a target; checked: when that was last, in seconds since
    the epoch. incidents: those that last, in the order of their ids. messages: those that wait, by
    when they are due. silences: those that last.
    """

    states: Mapping[str, State] = field(default_factory=dict)
    latest: Mapping[str, Observation] = field(default_factory=dict)
    checked: Mapping[str, float] = field(default_factory=dict)
    incidents: tuple[Incident, ...] = ()
    messages: tuple[Message, ...] = ()
    silences: tuple[Silence, ...] = ()


T = TypeVar("T")

MESSAGE = (
    "SELECT id, incident, channel, kind, created, due, fate, attempts, sent, error, digest "
    "FROM messages"
)
"""The columns that `unpack_message` takes."""

LATEST = (
    "latest.at, health, trouble, text, status, elapsed, due, ip, fingerprint, expires, "
    "http_version, tls_version, redirects, bytes_read, dns, connect, tls, first_byte, body"
)
"""The columns that `unpack_latest` takes."""


def load(file: sqlite3.Connection, now: float) -> LoadedState:
    """Read what a monitor has to know when it starts; now: seconds since the epoch."""
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
    """Read the states of all targets by their keys."""
    rows = file.execute("SELECT key, state FROM states JOIN targets ON id = target")
    for key, state in rows:
        yield key, unpack_state(state)


def read_latest(file: sqlite3.Connection) -> Iterator[tuple[str, Observation]]:
    """Read the latest checks of all targets by their keys."""
    # Of a hundred thousand targets many have the same words.
    words: dict[Any, Any] = {}
    rows = file.execute(f"SELECT key, {LATEST} FROM latest JOIN targets ON id = target")
    for key, *cells in rows:
        shared = [_shared(words, cell) for cell in cells]
        yield key, unpack_latest(tuple(shared))


def read_silences(file: sqlite3.Connection, now: float) -> tuple[Silence, ...]:
    """Read the silences that last, those that end first first."""
    rows: Any = file.execute(
        "SELECT id, pattern, until, by, why, made FROM silences WHERE until > ? ORDER BY until, id",
        (now,),
    )
    return tuple([Silence(*row) for row in rows])


def _waiting(file: sqlite3.Connection) -> tuple[Message, ...]:
    rows = file.execute(f"{MESSAGE} WHERE fate = 'waiting' ORDER BY due, created, id")
    return tuple(map(unpack_message, rows))


def _shared(words: dict[Any, T], cell: T) -> T:
    return words.setdefault(cell, cell) if isinstance(cell, str) else cell


_MEMBERS_SHOWN = 1000


def read_incidents(
    file: sqlite3.Connection, before: float | None, limit: int, key: str | None, text: str
) -> list[Incident]:
    """Read incidents that were opened before, newest first."""
    conditions = ["opened < ?"]
    found: list[Any] = [float("inf") if before is None else before]
    if key is not None:
        conditions.append("id IN (SELECT incident FROM members WHERE key = ?)")
        found.append(key)
    if text:
        like = f"%{_escaped(text)}%"
        columns = ("id", "text", "cause", "trouble")
        mine = [f"{column} LIKE ? ESCAPE '\\'" for column in columns]
        theirs = [f"{column} LIKE ? ESCAPE '\\'" for column in ("key", "url", "shown")]
        conditions.append(
            f"({' OR '.join(mine)} OR EXISTS (SELECT 1 FROM members WHERE incident = id "
            f"AND ({' OR '.join(theirs)})))"
        )
        found += [like] * (len(mine) + len(theirs))
    query = f"{INCIDENT} WHERE {' AND '.join(conditions)}"
    order = "ORDER BY opened DESC, id DESC"
    rows = file.execute(f"{query} {order} LIMIT ?", (*found, limit)).fetchall()
    if len(rows) == limit and rows:
        # Who goes on before the last of these must not miss those that were opened with it.
        id, opened, *_ = rows[-1]
        tied = (*found, opened, id)
        rows += file.execute(f"{query} AND opened = ? AND id < ? {order}", tied).fetchall()
    return [unpack_incident(row, read_members(file, row[0], _MEMBERS_SHOWN)) for row in rows]


def read_incident(file: sqlite3.Connection, id: str) -> Incident | None:
    """Read one incident, with all its members."""
    row = file.execute(f"{INCIDENT} WHERE id = ?", (id,)).fetchone()
    return row and unpack_incident(row, read_members(file, id))


def read_messages(
    file: sqlite3.Connection, incident: str, status: DeliveryStatus | None, most: int
) -> list[Message]:
    """Read the latest messages, in the order in which they were made."""
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
    """Read a target's single checks, newest first."""
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
    """Read failing checks in a row that began before `until` and went on after `since`."""
    mine = "" if key is None else "AND target = (SELECT id FROM targets WHERE key = ?) "
    rows = file.execute(
        "SELECT key, first, last, checks, health, trouble, status, text FROM failures "
        f"JOIN targets ON targets.id = target WHERE last >= ? AND first < ? {mine}"
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
