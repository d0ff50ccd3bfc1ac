"""What people ask of a monitor from another process, and how it learns of it."""

import sqlite3

from fetcher.monitor.commit import Order, OrderKind
from fetcher.monitor.history.connecting import connect_to_monitors, real
from fetcher.monitor.history.errors import told
from fetcher.sinks.clean import without_surrogates


def give_order(
    path: str, kind: OrderKind, subject: str, by: str, why: str, until: float, now: float
) -> int:
    """Ask something of the monitor whose database this is; return the order's number.

    It is carried out when the monitor runs, now or later. until, now: seconds since the epoch.
    Raises StoreError.
    """
    place = real(path)
    # A command line can hold bytes that are no text.
    subject, by, why = map(without_surrogates, (subject, by, why))
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


def read_orders(file: sqlite3.Connection) -> list[Order]:
    """Read the orders that were not carried out yet, in the order in which they were given."""
    rows = file.execute(
        "SELECT number, kind, subject, by, why, until FROM orders WHERE done = 0 ORDER BY number"
    )
    return [Order(number, OrderKind(kind), *rest) for number, kind, *rest in rows]
