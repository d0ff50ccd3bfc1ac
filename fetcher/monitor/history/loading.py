"""Reads what a monitor has to know when it starts."""

import sqlite3
from collections.abc import Iterator
from typing import Any, TypeVar

from fetcher.monitor.history.loaded import Loaded
from fetcher.monitor.history.members import read_open_incidents
from fetcher.monitor.history.packing import unpack_latest, unpack_message, unpack_state
from fetcher.monitor.incident import Silence
from fetcher.monitor.message import Message
from fetcher.monitor.observation import Observation
from fetcher.monitor.state import State

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


def load(file: sqlite3.Connection, now: float) -> Loaded:
    """Read what a monitor has to know when it starts; now: seconds since the epoch."""
    latest = dict(read_latest(file))
    return Loaded(
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
