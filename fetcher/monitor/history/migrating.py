"""Databases of earlier versions of this program, brought up to date step by step."""

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

from fetcher.monitor.history import schema
from fetcher.monitor.history.backup import copy
from fetcher.monitor.history.connecting import beside

Step = Callable[[sqlite3.Connection], None]

STEPS: Mapping[int, Step] = {}
"""By the version that it begins with, what makes the next version of it."""


def migrate(file: sqlite3.Connection, path: Path, version: int) -> str:
    """Bring a database up to date; say so in plain words, "" when it was.

    Before that it is copied to NAME.v<version>.bak, unless that is there. All steps are one
    transaction: the database has its old version or the new one. Raises StoreError and
    sqlite3.Error.
    """
    if version == schema.VERSION:
        return ""
    kept = beside(path, f".v{version}.bak")
    if not kept.exists():
        copy(file, kept)
    file.execute("PRAGMA synchronous = FULL")
    file.execute("BEGIN IMMEDIATE")
    try:
        for before in range(version, schema.VERSION):
            STEPS[before](file)
        file.execute(f"PRAGMA user_version = {schema.VERSION}")
        file.execute("COMMIT")
    except BaseException:
        if file.in_transaction:
            file.execute("ROLLBACK")
        raise
    return f"{path} was brought from version {version} to {schema.VERSION}; as it was, it is {kept}"
