"""Reading what was wrong, and what people were told of it."""

import sqlite3
from typing import Any

from fetcher.monitor.history.codes import HEALTHS, trouble_of
from fetcher.monitor.history.loading import MESSAGE
from fetcher.monitor.history.members import INCIDENT, read_members
from fetcher.monitor.history.packing import unpack_incident, unpack_message
from fetcher.monitor.history.rows import Check, Streak
from fetcher.monitor.history.units import SECOND
from fetcher.monitor.incident import Incident
from fetcher.monitor.message import Fate, Message

_MEMBERS_SHOWN = 1000


def read_incidents(
    file: sqlite3.Connection, before: float | None, limit: int, key: str | None, text: str
) -> list[Incident]:
    """Read incidents that were opened before, newest first."""
    conditions = ["opened < ?"]
    found: list[Any] = [float("inf") if before is None else before]
    if key is not None:
        conditions.append("id IN (SELECT incident FROM members WHERE key = ?)")
        found.append(key)
    if text:
        like = f"%{_escaped(text)}%"
        columns = ("id", "text", "cause", "trouble")
        mine = [f"{column} LIKE ? ESCAPE '\\'" for column in columns]
        theirs = [f"{column} LIKE ? ESCAPE '\\'" for column in ("key", "url", "shown")]
        conditions.append(
            f"({' OR '.join(mine)} OR EXISTS (SELECT 1 FROM members WHERE incident = id "
            f"AND ({' OR '.join(theirs)})))"
        )
        found += [like] * (len(mine) + len(theirs))
    query = f"{INCIDENT} WHERE {' AND '.join(conditions)}"
    order = "ORDER BY opened DESC, id DESC"
    rows = file.execute(f"{query} {order} LIMIT ?", (*found, limit)).fetchall()
    if len(rows) == limit and rows:
        # Who goes on before the last of these must not miss those that were opened with it.
        id, opened, *_ = rows[-1]
        tied = (*found, opened, id)
        rows += file.execute(f"{query} AND opened = ? AND id < ? {order}", tied).fetchall()
    return [unpack_incident(row, read_members(file, row[0], _MEMBERS_SHOWN)) for row in rows]


def read_incident(file: sqlite3.Connection, id: str) -> Incident | None:
    """Read one incident, with all its members."""
    row = file.execute(f"{INCIDENT} WHERE id = ?", (id,)).fetchone()
    return row and unpack_incident(row, read_members(file, id))


def read_messages(
    file: sqlite3.Connection, incident: str, fate: Fate | None, most: int
) -> list[Message]:
    """Read the latest messages, in the order in which they were made."""
    conditions, values = ["1"], list[Any]()
    if incident:
        conditions.append("incident = ?")
        values.append(incident)
    if fate is not None:
        conditions.append("fate = ?")
        values.append(fate.value)
    query = f"{MESSAGE} WHERE {' AND '.join(conditions)} ORDER BY created DESC, id DESC LIMIT ?"
    return [unpack_message(row) for row in file.execute(query, (*values, most))][::-1]


def read_checks(
    file: sqlite3.Connection, target: int, block: int, since: int, until: int, most: int
) -> list[Check]:
    """Read a target's single checks, newest first."""
    rows = file.execute(
        "SELECT at, lag, health, trouble, texts.text, status, elapsed FROM checks "
        "LEFT JOIN texts ON texts.id = checks.text "
        "WHERE block = ? AND at >= ? AND at < ? AND target = ? ORDER BY at DESC LIMIT ?",
        (block, since, until, target, most),
    )
    return [
        Check(
            at / SECOND,
            (at - lag) / SECOND,
            HEALTHS[health],
            trouble_of(trouble),
            text or "",
            status,
            None if elapsed is None else elapsed / 1e6,
        )
        for at, lag, health, trouble, text, status, elapsed in rows
    ]


def read_streaks(
    file: sqlite3.Connection, key: str | None, since: int, until: int, most: int
) -> list[Streak]:
    """Read failing checks in a row that began before `until` and went on after `since`."""
    mine = "" if key is None else "AND target = (SELECT id FROM targets WHERE key = ?) "
    rows = file.execute(
        "SELECT key, first, last, checks, health, trouble, status, text FROM failures "
        f"JOIN targets ON targets.id = target WHERE last >= ? AND first < ? {mine}"
        "ORDER BY first DESC LIMIT ?",
        (since, until, *(() if key is None else (key,)), most),
    )
    return [
        Streak(
            key,
            first / SECOND,
            last / SECOND,
            checks,
            HEALTHS[health],
            trouble_of(trouble),
            status,
            text,
        )
        for key, first, last, checks, health, trouble, status, text in rows
    ]


def _escaped(text: str) -> str:
    for special in "\\%_":
        text = text.replace(special, "\\" + special)
    return text
