"""The store as the event loop sees it: a thread of its own does what may wait for the disk."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from fetcher.cache.entry import Entry
from fetcher.cache.opening import CacheError, identify, is_broken, open_again, open_file
from fetcher.cache.records import Kept, Records

T = TypeVar("T")


def open_store(
    directory: Path, limit: int, say: Callable[[str], None] = lambda sentence: None
) -> "Store":
    """Open the cache in a directory; both are made when they are not there.

    Several processes may have it open at once. limit: bytes that all answers together may take;
    one that takes more than a quarter of that is not kept. say: told, in one sentence each, what
    is wrong with the store, from whatever thread. Raises CacheError.
    """
    return Store(directory, limit, open_file(directory, say), say)


class Store:
    """Answers on a disk; made by `open_store`.

    Nothing that is wrong with the disk stops a run: what cannot be read is not there, what cannot
    be written is not kept, and `say` is told so once. A store found broken while it is in use is
    set aside, and a new one begun.
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
        self._records: Records | None = Records(file, limit)
        self.secret = self._records.secret
        """Random bytes that make digests of this store mean nothing elsewhere."""
        # One thread: SQLite lets one write at a time anyway.
        self._thread = ThreadPoolExecutor(1, "fetcher-cache")

    async def find(self, key: bytes) -> list[Kept]:
        """The answers of one key, the latest first."""
        return await self._do(lambda records: records.find(key), [])

    async def body(self, kept: Kept, now: float) -> bytes | None:
        """The body of an answer that is used now; None when it has gone meanwhile."""
        return await self._do(lambda records: records.body(kept, now), None)

    async def keep(self, key: bytes, variant: bytes, entry: Entry, body: bytes, now: float) -> None:
        """Keep an answer in place of the one before; the least recently used make room."""
        await self._do(lambda records: records.keep(key, variant, entry, body, now), None)

    async def refresh(self, kept: Kept, entry: Entry, now: float) -> None:
        """Put another head in place of an answer's; its body stays."""
        await self._do(lambda records: records.refresh(kept, entry, now), None)

    async def drop(self, kept: Kept) -> None:
        """Forget an answer."""
        await self._do(lambda records: records.drop(kept), None)

    async def weight(self) -> int:
        """Bytes that all answers take together."""
        return await self._do(Records.weight, 0)

    async def aclose(self) -> None:
        """Finish what is under way, and let go of the file."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown(wait=False)

    async def _do(self, work: Callable[[Records], T], otherwise: T) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._done, work, otherwise)

    def _done(self, work: Callable[[Records], T], otherwise: T) -> T:
        if self._records is None:
            return otherwise
        try:
            return work(self._records)
        except sqlite3.Error as error:
            if is_broken(error):
                self._begin_again()
            elif not self._said:
                self._said = True
                self._say(f"the cache in {self._directory} cannot be used for now: {error}")
            return otherwise

    def _begin_again(self) -> None:
        assert self._records is not None
        broken, self._records = self._file, None
        try:
            self._file = open_again(broken, self._identity, self._directory, self._say)
            self._identity = identify(self._directory)
            self._records = Records(self._file, self.limit)
            self.secret = self._records.secret
        except (CacheError, OSError, sqlite3.Error) as error:
            self._say(f"the cache is not used any more: {error}")

    def _close(self) -> None:
        if self._records is not None:
            self._records.close()
            self._records = None
