"""The stored answers: records in the database, used from the event loop through a thread."""

import asyncio
import json
import sqlite3
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from multidict import CIMultiDict

from fetcher.storage.sqlite_file import damage_error, is_damage, reason_of, transaction
from fetcher.transport.cache.cache_codec import UnreadableEntry, pack, unpack
from fetcher.transport.cache.cache_file import (
    CacheError,
    identify,
    open_cache_file,
    replace_cache_file,
)
from fetcher.transport.cache.cache_policy import CacheEntry
from fetcher.transport.cache.rfc9111 import ExchangeTimes

_ROOM_MADE = 0.9
"""To what part of its limit a full store is emptied, so that not every answer has to."""
_OVERHEAD = 256
"""About how many bytes the file itself needs for an answer."""
_RECENT = 3600.0
"""How old the last recorded use must be, in seconds, for a new one to be recorded."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer in the store.

    id: never used again for another answer. variant: see `Keys`.
    """

    id: int
    variant: bytes
    entry: CacheEntry


class CacheRecords:
    """Reads and writes the records of one open database; for one thread at a time.

    limit: maximum bytes of all answers together. Every method may raise sqlite3.Error.
    """

    def __init__(self, file: sqlite3.Connection, limit: int) -> None:
        self._file = file
        self._limit = limit
        self.secret: bytes = file.execute("SELECT secret FROM facts").fetchone()[0]

    def find(self, key: bytes) -> list[Kept]:
        """Return the answers with one key, latest first."""
        rows = self._file.execute(
            "SELECT id, variant, head FROM answers WHERE key = ? ORDER BY id DESC", (key,)
        )
        return [Kept(number, variant, _read(head)) for number, variant, head in rows]

    def body(self, kept: Kept, now: float) -> bytes | None:
        """Return the body of an answer, and record its use; None if it is gone."""
        row = self._file.execute(
            "SELECT coding, checksum, data, used FROM bodies JOIN answers USING (id) WHERE id = ?",
            (kept.id,),
        ).fetchone()
        if row is None:
            return None
        coding, checksum, data, used = row
        if zlib.crc32(data) != checksum:
            raise damage_error("the checksum of a body")
        try:
            body = unpack(coding, data, kept.entry.size)
        except UnreadableEntry:
            return None
        if not 0 <= now - used < _RECENT:
            with transaction(self._file):
                self._file.execute("UPDATE answers SET used = ? WHERE id = ?", (now, kept.id))
        return body

    def keep(self, key: bytes, variant: bytes, entry: CacheEntry, body: bytes, now: float) -> None:
        """Store an answer instead of the last one; the least recently used make room."""
        coding, data = pack(body)
        head = _write(entry)
        weight = len(data) + len(head) + _OVERHEAD
        if weight > self._limit // 4:
            return
        with transaction(self._file):
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

    def refresh(self, kept: Kept, entry: CacheEntry, now: float) -> None:
        """Replace the head of an answer; its body stays."""
        with transaction(self._file):
            self._file.execute(
                "UPDATE answers SET head = ?, used = ? WHERE id = ?", (_write(entry), now, kept.id)
            )

    def drop(self, kept: Kept) -> None:
        """Delete an answer."""
        with transaction(self._file):
            self._file.execute("DELETE FROM answers WHERE id = ?", (kept.id,))

    def weight(self) -> int:
        """Return the bytes of all answers together."""
        weight: int = self._file.execute("SELECT weight FROM facts").fetchone()[0]
        return weight

    def close(self) -> None:
        """Close the database."""
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


def _write(entry: CacheEntry) -> str:
    # ASCII: bytes of a head that are not text are lone surrogates, which UTF-8 cannot hold.
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


def _read(head: str) -> CacheEntry:
    try:
        status, fields, asked, received, first, ip, version, size = json.loads(head)
        return CacheEntry(
            status, CIMultiDict(fields), ExchangeTimes(asked, received), first, ip, version, size
        )
    except (ValueError, TypeError) as error:
        raise damage_error("the head of an answer") from error


T = TypeVar("T")


def open_store(
    directory: Path, limit: int, say: Callable[[str], None] = lambda sentence: None
) -> "CacheStore":
    """Open the cache in a directory; both are created if they are missing.

    Several processes may have it open at once. Raises CacheError.

    Args:
        directory: Where the cache is.
        limit: Maximum bytes of all answers together; one that takes more than a quarter of that is
            not stored.
        say: Called from any thread with one sentence about each problem of the cache.
    """
    return CacheStore(directory, limit, open_cache_file(directory, say), say)


class CacheStore:
    """Answers on the disk; created by `open_store`. A thread of its own waits for the disk.

    No problem with the disk stops a run: what cannot be read counts as missing, what cannot be
    written is not stored, and `say` reports that once. A database that turns out to be damaged is
    set aside, and a new one started.
    """

    def __init__(
        self,
        directory: Path,
        limit: int,
        file: sqlite3.Connection,
        say: Callable[[str], None],
    ) -> None:
        self.limit = limit
        self._directory = directory
        self._say = say
        self._said = False
        self._file = file
        self._identity = identify(directory)
        self._records: CacheRecords | None = CacheRecords(file, limit)
        self.secret = self._records.secret
        """Random bytes that make digests of this store meaningless elsewhere."""
        # One thread: SQLite lets one write at a time anyway.
        self._thread = ThreadPoolExecutor(1, "fetcher-cache")

    async def find(self, key: bytes) -> list[Kept]:
        """Return the answers with one key, latest first."""
        return await self._do(lambda records: records.find(key), [])

    async def body(self, kept: Kept, now: float) -> bytes | None:
        """Return the body of an answer, and record its use; None if it is gone."""
        return await self._do(lambda records: records.body(kept, now), None)

    async def keep(
        self, key: bytes, variant: bytes, entry: CacheEntry, body: bytes, now: float
    ) -> None:
        """Store an answer instead of the last one; the least recently used make room."""
        await self._do(lambda records: records.keep(key, variant, entry, body, now), None)

    async def refresh(self, kept: Kept, entry: CacheEntry, now: float) -> None:
        """Replace the head of an answer; its body stays."""
        await self._do(lambda records: records.refresh(kept, entry, now), None)

    async def drop(self, kept: Kept) -> None:
        """Delete an answer."""
        await self._do(lambda records: records.drop(kept), None)

    async def weight(self) -> int:
        """Return the bytes of all answers together."""
        return await self._do(CacheRecords.weight, 0)

    async def aclose(self) -> None:
        """Finish what was started, and close the database."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown(wait=False)

    async def _do(self, work: Callable[[CacheRecords], T], otherwise: T) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._done, work, otherwise)

    def _done(self, work: Callable[[CacheRecords], T], otherwise: T) -> T:
        if self._records is None:
            return otherwise
        try:
            return work(self._records)
        except sqlite3.Error as error:
            if is_damage(error):
                self._start_over()
            elif not self._said:
                self._said = True
                self._say(
                    f"the cache in {self._directory} cannot be used for now: {reason_of(error)}"
                )
            return otherwise

    def _start_over(self) -> None:
        assert self._records is not None
        damaged, self._records = self._file, None
        try:
            self._file = replace_cache_file(damaged, self._identity, self._directory, self._say)
            self._identity = identify(self._directory)
            self._records = CacheRecords(self._file, self.limit)
            self.secret = self._records.secret
        except (CacheError, OSError, sqlite3.Error) as error:
            self._say(f"the cache is no longer used: {error}")

    def _close(self) -> None:
        if self._records is not None:
            self._records.close()
            self._records = None
