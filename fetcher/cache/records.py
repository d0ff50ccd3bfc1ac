"""The store's records: what is read from its file and written to it."""

import json
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from multidict import CIMultiDict

from fetcher.cache.entry import Entry
from fetcher.cache.freshness import Span
from fetcher.cache.opening import broken
from fetcher.cache.packing import Unreadable, pack, unpack

_ROOM_MADE = 0.9
"""To what part of its limit a store that is full is emptied, so that not every answer has to."""
_OVERHEAD = 256
"""Bytes that the file itself needs for an answer, about."""
_RECENT = 3600.0
"""A use is written down when the one before was so long ago, in seconds: most read, and no more."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer in the store.

    id: no other answer ever has it. variant: see `keys`.
    """

    id: int
    variant: bytes
    entry: Entry


class Records:
    """Reads and writes the records of one open store; of one thread at a time.

    limit: bytes that all answers together may take. Every method may raise sqlite3.Error.
    """

    def __init__(self, file: sqlite3.Connection, limit: int) -> None:
        self._file = file
        self._limit = limit
        self.secret: bytes = file.execute("SELECT secret FROM facts").fetchone()[0]

    def find(self, key: bytes) -> list[Kept]:
        """The answers of one key, the latest first."""
        rows = self._file.execute(
            "SELECT id, variant, head FROM answers WHERE key = ? ORDER BY id DESC", (key,)
        )
        return [Kept(number, variant, _read(head)) for number, variant, head in rows]

    def body(self, kept: Kept, now: float) -> bytes | None:
        """The body of an answer that is used now; None when it has gone meanwhile."""
        row = self._file.execute(
            "SELECT coding, checksum, data, used FROM bodies JOIN answers USING (id) WHERE id = ?",
            (kept.id,),
        ).fetchone()
        if row is None:
            return None
        coding, checksum, data, used = row
        if zlib.crc32(data) != checksum:
            raise broken("the checksum of a body")
        try:
            body = unpack(coding, data, kept.entry.size)
        except Unreadable:
            return None
        if not 0 <= now - used < _RECENT:
            with self._writing():
                self._file.execute("UPDATE answers SET used = ? WHERE id = ?", (now, kept.id))
        return body

    def keep(self, key: bytes, variant: bytes, entry: Entry, body: bytes, now: float) -> None:
        """Keep an answer in place of the one before; the least recently used make room."""
        coding, data = pack(body)
        head = _write(entry)
        weight = len(data) + len(head) + _OVERHEAD
        if weight > self._limit // 4:
            return
        with self._writing():
            self._file.execute("DELETE FROM answers WHERE key = ? AND variant = ?", (key, variant))
            cursor = self._file.execute(
                "INSERT INTO answers (key, variant, head, weight, used) VALUES (?, ?, ?, ?, ?)",
                (key, variant, head, weight, now),
            )
            self._file.execute(
                "INSERT INTO bodies VALUES (?, ?, ?, ?)",
                (cursor.lastrowid, coding, zlib.crc32(data), data),
            )
            self._make_room()

    def refresh(self, kept: Kept, entry: Entry, now: float) -> None:
        """Put another head in place of an answer's; its body stays."""
        with self._writing():
            self._file.execute(
                "UPDATE answers SET head = ?, used = ? WHERE id = ?", (_write(entry), now, kept.id)
            )

    def drop(self, kept: Kept) -> None:
        """Forget an answer."""
        with self._writing():
            self._file.execute("DELETE FROM answers WHERE id = ?", (kept.id,))

    def weight(self) -> int:
        """Bytes that all answers take together."""
        weight: int = self._file.execute("SELECT weight FROM facts").fetchone()[0]
        return weight

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _make_room(self) -> None:
        excess: float = self.weight() - self._limit
        if excess <= 0:
            return
        excess += self._limit * (1 - _ROOM_MADE)
        given_up = []
        for number, weight in self._file.execute(
            "SELECT id, weight FROM answers ORDER BY used, id"
        ):
            if excess <= 0:
                break
            given_up.append((number,))
            excess -= weight
        self._file.executemany("DELETE FROM answers WHERE id = ?", given_up)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction; as no other process writes meanwhile, none has to be repeated."""
        self._file.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._file.in_transaction:
                self._file.execute("ROLLBACK")
            raise
        self._file.execute("COMMIT")


def _write(entry: Entry) -> str:
    # ASCII: bytes of a head that are no text come as lone surrogates, which UTF-8 has not.
    return json.dumps(
        [
            entry.status,
            list(entry.fields.items()),
            entry.span.asked,
            entry.span.received,
            entry.first,
            entry.ip,
            entry.http_version,
            entry.size,
        ]
    )


def _read(head: str) -> Entry:
    try:
        status, fields, asked, received, first, ip, version, size = json.loads(head)
        return Entry(status, CIMultiDict(fields), Span(asked, received), first, ip, version, size)
    except (ValueError, TypeError) as error:
        raise broken("the head of an answer") from error
