"""The members of incidents, of which only those are written that have changed.

What people ask of a monitor from another process, and how it learns of it.
"""

import sqlite3
from typing import Any

from fetcher.monitor.commit import OperatorCommand, OrderKind
from fetcher.monitor.history.history_file import connect_to_monitors, told
from fetcher.monitor.history.row_codec import pack_member, unpack_incident
from fetcher.monitor.history.target_ids import Transactional
from fetcher.monitor.incident import Incident, Member
from fetcher.storage.files import real_path
from fetcher.text import encodable

INCIDENT = "SELECT id, opened, closed, trouble, text, cause, facts FROM incidents"
"""The columns that `unpack_incident` takes."""


class Members:
    """The members of open incidents, as they were last written.

    An incident can have a hundred thousand, and one more or one less of them each second.
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
        """The transaction is committed."""
        self._written.keep()

    def undo(self) -> None:
        """The transaction is not committed."""
        self._written.undo()


def read_open_incidents(file: sqlite3.Connection) -> list[Incident]:
    """Read the incidents that last, with all their members, in the order of their ids."""
    rows = file.execute(f"{INCIDENT} WHERE closed IS NULL ORDER BY id").fetchall()
    return [unpack_incident(row, read_members(file, row[0])) for row in rows]


def read_members(file: sqlite3.Connection, incident: str, most: int = -1) -> tuple[Member, ...]:
    """Read the members of an incident; most: how many, -1 for all."""
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
    """Ask something of the monitor whose database this is; return the order's number.

    It is carried out when the monitor runs, now or later. until, now: seconds since the epoch.
    Raises StoreError.
    """
    place = real_path(path)
    # A command line can hold bytes that are no text.
    subject, by, why = map(encodable, (subject, by, why))
    with told(place):
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
    """Read the orders that were not carried out yet, in the order in which they were given."""
    rows = file.execute(
        "SELECT number, kind, subject, by, why, until FROM orders WHERE done = 0 ORDER BY number"
    )
    return [OperatorCommand(number, OrderKind(kind), *rest) for number, kind, *rest in rows]
