"""The members of incidents, of which only those are written that have changed."""

import sqlite3
from typing import Any

from fetcher.monitor.history.packing import pack_member, unpack_incident
from fetcher.monitor.history.transactional import Transactional
from fetcher.monitor.incident import Incident, Member

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
