"""Rows about incidents: their members, of which only changes are written, and orders.

Orders come from other processes, such as `fetcher monitor ack`, and wait in the database until the
monitor carries them out.
"""

import sqlite3
from typing import Any

from fetcher.monitor.commit import OperatorCommand, OrderKind
from fetcher.monitor.history.history_file import connect_to_monitors, store_errors
from fetcher.monitor.history.row_codec import pack_member, unpack_incident
from fetcher.monitor.history.target_ids import Transactional
from fetcher.monitor.incident import Incident, Member
from fetcher.storage.files import real_path
from fetcher.text import encodable

INCIDENT = "SELECT id, opened, closed, trouble, text, cause, facts FROM incidents"
"""Selects the columns that `unpack_incident` takes."""


class Members:
    """The members of open incidents as they were last written.

    An incident can have a hundred thousand members, and change by one every second.
    """

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        self._written = Transactional(
            (incident.id, incident.members) for incident in read_open_incidents(file)
        )

    def write(self, incident: Incident) -> None:
        """Write an incident's members."""
        known = self._written.get(incident.id)
        before = known or ()
        self._file.executemany(
            "INSERT OR REPLACE INTO members VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                pack_member(incident.id, place, member)
                for place, member in enumerate(incident.members)
                if place >= len(before) or not _same(member, before[place])
            ],
        )
        if known is None or len(before) > len(incident.members):
            self._file.execute(
                "DELETE FROM members WHERE incident = ? AND place >= ?",
                (incident.id, len(incident.members)),
            )
        self._written.set(incident.id, incident.members if incident.open else None)

    def keep(self) -> None:
        """Keep the changes: the transaction was committed."""
        self._written.keep()

    def undo(self) -> None:
        """Undo the changes: the transaction was rolled back."""
        self._written.undo()


def read_open_incidents(file: sqlite3.Connection) -> list[Incident]:
    """Return the open incidents with all their members, sorted by id."""
    rows = file.execute(f"{INCIDENT} WHERE closed IS NULL ORDER BY id").fetchall()
    return [unpack_incident(row, read_members(file, row[0])) for row in rows]


def read_members(file: sqlite3.Connection, incident: str, most: int = -1) -> tuple[Member, ...]:
    """Return the members of an incident; most: their maximum number, -1 for all."""
    rows: Any = file.execute(
        "SELECT key, url, shown, began, ended, text FROM members WHERE incident = ? "
        "ORDER BY place LIMIT ?",
        (incident, most),
    )
    return tuple([Member(*row) for row in rows])


def _same(member: Member, other: Member) -> bool:
    return member is other or member == other


def give_order(
    path: str, kind: OrderKind, subject: str, by: str, why: str, until: float, now: float
) -> int:
    """Store an order for the monitor with this database; return its number.

    The monitor carries it out as soon as it runs. until, now: seconds since the epoch. Raises
    StoreError.
    """
    place = real_path(path)
    # A command line can contain bytes that are not text.
    subject, by, why = map(encodable, (subject, by, why))
    with store_errors(place):
        file = connect_to_monitors(place, "rw")
        try:
            number = file.execute(
                "INSERT INTO orders (kind, subject, by, why, until, made) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (kind.value, subject, by, why, until, now),
            ).lastrowid
        finally:
            file.close()
    assert number is not None
    return number


def read_orders(file: sqlite3.Connection) -> list[OperatorCommand]:
    """Return the pending orders, oldest first."""
    rows = file.execute(
        "SELECT number, kind, subject, by, why, until FROM orders WHERE done = 0 ORDER BY number"
    )
    return [OperatorCommand(number, OrderKind(kind), *rest) for number, kind, *rest in rows]
