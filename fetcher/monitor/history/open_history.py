"""Opening the history for writing: it is created, migrated, or set aside if it is damaged."""

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
    store_errors,
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
"""By version, the migration to the next version."""

_CACHE_BYTES = 16 * 1024 * 1024
_PAGE = 4096
_LARGEST_LOG = 8 * 1024 * 1024


def migrate(file: sqlite3.Connection, path: Path, version: int) -> str:
    """Migrate a database to the current version; return a notice, "" if it was current.

    It is first copied to NAME.v<version>.bak, unless that exists. All steps are one transaction:
    the database has the old version or the new one. Raises StoreError and sqlite3.Error.
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
        f"{path} was migrated from version {version} to {history_schema.VERSION}; "
        f"a copy of the old version is {kept}"
    )


@dataclass(frozen=True, slots=True)
class OpenedHistory:
    """A database opened for writing. notice: what happened, in plain words, or ""."""

    path: Path
    file: sqlite3.Connection
    lock: Lock
    notice: str

    def close(self) -> None:
        """Close it without marking it clean."""
        self.file.close()
        self.lock.close()


def open_to_write(name: str, max_size: int, now: float) -> OpenedHistory:
    """Open the database of a monitor as its only writer.

    max_size: in bytes; now: seconds since the epoch. Raises StoreError.
    """
    path = real_path(name)
    with store_errors(path):
        lock = _lock(path)
        try:
            file, notice = _open(path, max_size, now)
        except BaseException:
            lock.close()
            raise
    return OpenedHistory(path, file, lock, notice)


def is_in_use(name: str) -> bool:
    """Return True if a running monitor has this database open; raises StoreError."""
    path = real_path(name)
    if not beside(path, ".lock").exists():
        return False
    try:
        _lock(path).close()
    except InUse:
        return True
    return False


class InUse(StoreError):
    """Another monitor uses the database."""


def _lock(path: Path) -> Lock:
    place = beside(path, ".lock")
    with store_errors(path):
        place.touch(mode=0o600)
    try:
        return Lock(place, str(path))
    except OutputError:
        raise InUse(f"another monitor uses {path}; stop it, or use another file") from None


def _open(path: Path, max_size: int, now: float) -> tuple[sqlite3.Connection, str]:
    notice = ""
    if is_there(path):
        refuse_strangers(path)
    if damage := find_damage(path):
        aside = set_aside(path, now)
        notice = f"{path} was damaged ({damage}): it was renamed to {aside}, and a new one created"
    if not is_there(path):
        _create(path)
    with closed_on_error(connect(path, "rw")) as file:
        notice = migrate(file, path, version_of(file, path)) or notice
        _prepare(file, max_size)
        return file, notice


def _create(path: Path) -> None:
    """Create a new database, completely or not at all."""
    new = beside(path, ".new")
    remove_database(new)
    new.touch(mode=0o600)
    with closing(connect(new, "rw")) as file:
        # Must precede the first table; allows the file to shrink later.
        allow_shrinking(file)
        mark = DatabaseMark(history_schema.APPLICATION, history_schema.VERSION)
        create_tables(file, SCHEMA, mark)
        use_log(file)
    put_in_place(new, path)


def _prepare(file: sqlite3.Connection, max_size: int) -> None:
    log = log_size(max_size)
    use_log(file, log, merge_at=log)
    set_cache_size(file, _CACHE_BYTES)
    # Whoever opens it next sees that it was not closed, unless `close` sets it back.
    sync_commits(file, always=True)
    file.execute("UPDATE about SET clean = 0")


def log_size(max_size: int) -> int:
    """Return the size in bytes at which the log is merged into the database."""
    return max(64 * _PAGE, min(_LARGEST_LOG, max_size // 20))
