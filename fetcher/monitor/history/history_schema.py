"""The tables.

How times and durations stand in the database: as whole numbers, so that sums are exact.

Small integers that stand for words in the database.

Each word is known by its place, so new ones are only ever added at the end.
"""

from fetcher.judgement.verdict import Health, Trouble
from fetcher.monitor.target_state import TimeClass

APPLICATION = 0x66746D6E
"""Marks the file as a monitor's ("ftmn"), in SQLite's own place for that."""

VERSION = 1

_COUNTS = """healthy INTEGER NOT NULL, degraded INTEGER NOT NULL,
        unhealthy INTEGER NOT NULL, unknown INTEGER NOT NULL, untimed INTEGER NOT NULL,
        quickest INTEGER, slowest INTEGER, elapsed INTEGER NOT NULL"""
_SPELLS = """ms_up INTEGER NOT NULL, ms_degraded INTEGER NOT NULL, ms_down INTEGER NOT NULL,
        ms_unwatched INTEGER NOT NULL, ms_maintenance INTEGER NOT NULL"""

SCHEMA = (
    # One row. clean: whether it was closed in good order.
    "CREATE TABLE about (clean INTEGER NOT NULL)",
    "INSERT INTO about VALUES (1)",
    "CREATE TABLE targets (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE)",
    # The state as JSON: written only when it changes, and open to further fields.
    "CREATE TABLE states (target INTEGER PRIMARY KEY, state TEXT NOT NULL)",
    # The latest check in full. failure: the row in `failures` that goes on with it.
    """CREATE TABLE latest (
        target INTEGER PRIMARY KEY, at REAL NOT NULL, health INTEGER NOT NULL, trouble INTEGER,
        text TEXT, status INTEGER, elapsed REAL, due REAL NOT NULL, ip TEXT, fingerprint TEXT,
        expires REAL, http_version TEXT, tls_version TEXT, redirects INTEGER NOT NULL,
        bytes_read INTEGER NOT NULL, dns REAL, connect REAL, tls REAL, first_byte REAL,
        body REAL, failure INTEGER)""",
    # Up to when, in milliseconds, the checks of a block are in `hours` and `days` (rolled), and up
    # to when they have left `checks` for `minutes` (dropped).
    """CREATE TABLE blocks (
        block INTEGER PRIMARY KEY, rolled INTEGER NOT NULL, dropped INTEGER NOT NULL)""",
    # at, lag, lasted: milliseconds; elapsed: microseconds. spell, lasted: how the time up to this
    # check counts, as far as it lies in the same hour.
    """CREATE TABLE checks (
        block INTEGER NOT NULL, at INTEGER NOT NULL, target INTEGER NOT NULL,
        health INTEGER NOT NULL, trouble INTEGER, status INTEGER, elapsed INTEGER,
        lag INTEGER NOT NULL, text INTEGER, spell INTEGER NOT NULL, lasted INTEGER NOT NULL,
        PRIMARY KEY (block, at, target)) WITHOUT ROWID""",
    # What checks say. day: when that was last said, in days since the epoch.
    "CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT NOT NULL, day INTEGER NOT NULL)",
    "CREATE INDEX texts_by_day ON texts (day)",
    # at: minutes, hours or days since the epoch; quickest, slowest, elapsed (all together):
    # microseconds; untimed: checks without a time.
    f"""CREATE TABLE minutes (
        block INTEGER NOT NULL, at INTEGER NOT NULL, target INTEGER NOT NULL,
        {_COUNTS},
        PRIMARY KEY (block, at, target)) WITHOUT ROWID""",
    *(
        f"""CREATE TABLE {level} (
        block INTEGER NOT NULL, at INTEGER NOT NULL, target INTEGER NOT NULL,
        {_COUNTS},
        {_SPELLS},
        PRIMARY KEY (block, at, target)) WITHOUT ROWID"""
        for level in ("hours", "days")
    ),
    # Checks in a row that found the same thing wrong; first, last: milliseconds.
    """CREATE TABLE failures (
        id INTEGER PRIMARY KEY, target INTEGER NOT NULL, first INTEGER NOT NULL,
        last INTEGER NOT NULL, checks INTEGER NOT NULL, health INTEGER NOT NULL, trouble INTEGER,
        status INTEGER, text TEXT NOT NULL)""",
    "CREATE INDEX failures_by_target ON failures (target, first)",
    # hour: since the epoch.
    """CREATE TABLE missed (
        hour INTEGER NOT NULL, target INTEGER NOT NULL, why TEXT NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (hour, target, why)) WITHOUT ROWID""",
    # facts: all further fields, as JSON.
    """CREATE TABLE incidents (
        id TEXT PRIMARY KEY, opened REAL NOT NULL, closed REAL, trouble TEXT NOT NULL,
        text TEXT NOT NULL, cause TEXT NOT NULL, facts TEXT NOT NULL) WITHOUT ROWID""",
    "CREATE INDEX incidents_by_opening ON incidents (opened, id)",
    "CREATE INDEX incidents_by_closing ON incidents (closed)",
    """CREATE TABLE members (
        incident TEXT NOT NULL, place INTEGER NOT NULL, key TEXT NOT NULL, url TEXT NOT NULL,
        shown TEXT NOT NULL, began REAL NOT NULL, ended REAL, text TEXT NOT NULL,
        PRIMARY KEY (incident, place)) WITHOUT ROWID""",
    "CREATE INDEX members_by_key ON members (key, incident)",
    """CREATE TABLE messages (
        id TEXT PRIMARY KEY, incident TEXT NOT NULL, channel TEXT NOT NULL, kind TEXT NOT NULL,
        created REAL NOT NULL, due REAL NOT NULL, fate TEXT NOT NULL, attempts INTEGER NOT NULL,
        sent REAL, error TEXT NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID""",
    "CREATE INDEX messages_by_incident ON messages (incident)",
    "CREATE INDEX messages_by_fate ON messages (fate, created)",
    """CREATE TABLE silences (
        id TEXT PRIMARY KEY, pattern TEXT NOT NULL, until REAL NOT NULL, by TEXT NOT NULL,
        why TEXT NOT NULL, made REAL NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE orders (
        number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, subject TEXT NOT NULL,
        by TEXT NOT NULL, why TEXT NOT NULL, until REAL NOT NULL, made REAL NOT NULL,
        done INTEGER NOT NULL DEFAULT 0)""",
    "CREATE INDEX orders_to_do ON orders (number) WHERE done = 0",
)

VITAL = ("about", "targets", "states", "blocks", "incidents", "members", "messages", "orders")
"""Tables that are small, and that a monitor cannot go on without."""


SECOND = 1000
"""Times are milliseconds since the epoch; these are the lengths of others."""
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

BLOCK_BITS = 4
"""Targets are numbered in the order of their first check, and 16 of them make a block.

Rows lie by block, then by time: neighbours are checked at about the same moment, so a second's rows
fill a few pages, where rows by target would touch a page each; and to read one target's rows is to
read past those of 15 others.
"""


def block_of(target: int) -> int:
    """The block that a target is in."""
    return target >> BLOCK_BITS


def milliseconds(seconds: float) -> int:
    """A time in seconds as one in whole milliseconds."""
    return round(seconds * 1000)


def microseconds(seconds: float | None) -> int | None:
    """A duration in seconds as one in whole microseconds."""
    return None if seconds is None else round(seconds * 1e6)


def floor(at: int, step: int) -> int:
    """The beginning of the step that a time lies in."""
    return at - at % step


def ceil(at: int, step: int) -> int:
    """The first beginning of a step at or after a time."""
    return -(-at // step) * step


HEALTHS = (Health.HEALTHY, Health.DEGRADED, Health.UNHEALTHY, Health.UNKNOWN)
TROUBLES = (
    Trouble.GONE,
    Trouble.CLIENT_ERROR,
    Trouble.SERVER_ERROR,
    Trouble.DNS,
    Trouble.CONNECT,
    Trouble.TLS,
    Trouble.TIMEOUT,
    Trouble.PROTOCOL,
    Trouble.BLOCKED,
    Trouble.RATE_LIMITED,
    Trouble.REDIRECT,
    Trouble.CONTENT,
    Trouble.SOFT_404,
    Trouble.FLAKY,
    Trouble.INPUT,
    Trouble.DENIED,
    Trouble.LOCAL,
)
SPELLS = (
    TimeClass.UP,
    TimeClass.DEGRADED,
    TimeClass.DOWN,
    TimeClass.UNWATCHED,
    TimeClass.MAINTENANCE,
)

HEALTH_CODES = {health: code for code, health in enumerate(HEALTHS)}
TROUBLE_CODES: dict[Trouble | None, int | None] = {
    None: None,
    **{trouble: code for code, trouble in enumerate(TROUBLES)},
}
SPELL_CODES = {spell: code for code, spell in enumerate(SPELLS)}


def trouble_of(code: int | None) -> Trouble | None:
    """The trouble that a code stands for; None for none."""
    return None if code is None else TROUBLES[code]
