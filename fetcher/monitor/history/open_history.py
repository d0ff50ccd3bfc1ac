"""Opening the database to write to it: made when it is not there, set aside when it is damaged.

Databases of earlier versions of this program, brought up to date step by step.
"""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from fetcher.monitor.history import history_schema
from fetcher.monitor.history.history_file import (
    StoreError,
    connect,
    copy,
    find_damage,
    is_there,
    refuse_strangers,
    told,
    version_of,
)
from fetcher.monitor.history.history_schema import SCHEMA
from fetcher.storage.files import Lock, beside, put_in_place, real_path
from fetcher.storage.output_error import OutputError
from fetcher.storage.sqlite_file import (
    DatabaseMark,
    allow_shrinking,
    closed_on_error,
    create_tables,
    remove_database,
    set_aside,
    set_cache_size,
    set_version,
    sync_commits,
    transaction,
    use_log,
)

Step = Callable[[sqlite3.Connection], None]

STEPS: Mapping[int, Step] = {}
"""By the version that it begins with, what makes the next version of it."""


def migrate(file: sqlite3.Connection, path: Path, version: int) -> str:
    """Bring a database up to date; say so in plain words, "" when it was.

    Before that it is copied to NAME.v<version>.bak, unless that is there. All steps are one
    transaction: the database has its old version or the new one. Raises StoreError and
    sqlite3.Error.
    """
    if version == history_schema.VERSION:
        return ""
    kept = beside(path, f".v{version}.bak")
    if not kept.exists():
        copy(file, kept)
    sync_commits(file, always=True)
    with transaction(file):
        for before in range(version, history_schema.VERSION):
            STEPS[before](file)
        set_version(file, history_schema.VERSION)
    return (
        f"{path} was brought from version {version} to {history_schema.VERSION}; "
        f"as it was, it is {kept}"
    )


_CACHE_BYTES = 16 * 1024 * 1024
_PAGE = 4096
_LARGEST_LOG = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class OpenedHistory:
    """A database to write to. notice: what was found and done about it, in plain words, or ""."""

    path: Path
    file: sqlite3.Connection
    lock: Lock
    notice: str

    def close(self) -> None:
        """Let go of it, without a word on its order."""
        self.file.close()
        self.lock.close()


def open_to_write(name: str, max_size: int, now: float) -> OpenedHistory:
    """Open the database of a monitor as the only one that writes to it.

    max_size: bytes that it may take; now: seconds since the epoch. Raises StoreError.
    """
    path = real_path(name)
    with told(path):
        lock = _lock(path)
        try:
            file, notice = _opened(path, max_size, now)
        except BaseException:
            lock.close()
            raise
    return OpenedHistory(path, file, lock, notice)


def is_in_use(name: str) -> bool:
    """Whether a monitor that runs has this database open; raises StoreError."""
    path = real_path(name)
    if not beside(path, ".lock").exists():
        return False
    try:
        _lock(path).close()
    except InUse:
        return True
    return False


class InUse(StoreError):
    """Another monitor has the database."""


def _lock(path: Path) -> Lock:
    place = beside(path, ".lock")
    with told(path):
        place.touch(mode=0o600)
    try:
        return Lock(place, str(path))
    except OutputError:
        raise InUse(f"another monitor uses {path}; stop it, or name another file") from None


def _opened(path: Path, max_size: int, now: float) -> tuple[sqlite3.Connection, str]:
    notice = ""
    if is_there(path):
        refuse_strangers(path)
    if damage := find_damage(path):
        aside = set_aside(path, now)
        notice = f"{path} is damaged ({damage}): it is now {aside}, and a new one is begun"
    if not is_there(path):
        _make(path)
    with closed_on_error(connect(path, "rw")) as file:
        notice = migrate(file, path, version_of(file, path)) or notice
        _prepare(file, max_size)
        return file, notice


def _make(path: Path) -> None:
    """Make a new database, which is there whole or not at all."""
    new = beside(path, ".new")
    remove_database(new)
    new.touch(mode=0o600)
    with closing(connect(new, "rw")) as file:
        # Must come before the first table; lets a file shrink that has become too large.
        allow_shrinking(file)
        mark = DatabaseMark(history_schema.APPLICATION, history_schema.VERSION)
        create_tables(file, SCHEMA, mark)
        use_log(file)
    put_in_place(new, path)


def _prepare(file: sqlite3.Connection, max_size: int) -> None:
    log = log_size(max_size)
    use_log(file, log, merge_at=log)
    set_cache_size(file, _CACHE_BYTES)
    # The next one to open it knows that it was not closed, unless this is taken back.
    sync_commits(file, always=True)
    file.execute("UPDATE about SET clean = 0")


def log_size(max_size: int) -> int:
    """How large the log may become, in bytes, before it is put into the database."""
    return max(64 * _PAGE, min(_LARGEST_LOG, max_size // 20))
