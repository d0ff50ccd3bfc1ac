"""The tables of the history, and how values are stored in them.

Times and durations are integers, so that sums are exact. Words are stored as their place in a
tuple, so new ones are only ever appended.
"""

from fetcher.judgement.verdict import Health, Trouble
from fetcher.monitor.target_state import TimeClass

APPLICATION = 0x66746D6E
"""The application id of a monitor's database ("ftmn"), in the header of the SQLite file."""

VERSION = 1

_COUNTS = """healthy INTEGER NOT NULL, degraded INTEGER NOT NULL,
        unhealthy INTEGER NOT NULL, unknown INTEGER NOT NULL, untimed INTEGER NOT NULL,
        quickest INTEGER, slowest INTEGER, elapsed INTEGER NOT NULL"""
_TIMES = """ms_up INTEGER NOT NULL, ms_degraded INTEGER NOT NULL, ms_down INTEGER NOT NULL,
        ms_unwatched INTEGER NOT NULL, ms_maintenance INTEGER NOT NULL"""

SCHEMA = (
    # One row. clean: 1 if it was closed properly.
    "CREATE TABLE about (clean INTEGER NOT NULL)",
    "INSERT INTO about VALUES (1)",
    "CREATE TABLE targets (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE)",
    # The state as JSON: written only when it changes, and extensible.
    "CREATE TABLE states (target INTEGER PRIMARY KEY, state TEXT NOT NULL)",
    # The latest check in full. failure: the row of its streak in `failures`.
    """CREATE TABLE latest (
        target INTEGER PRIMARY KEY, at REAL NOT NULL, health INTEGER NOT NULL, trouble INTEGER,
        text TEXT, status INTEGER, elapsed REAL, due REAL NOT NULL, ip TEXT, fingerprint TEXT,
        expires REAL, http_version TEXT, tls_version TEXT, redirects INTEGER NOT NULL,
        bytes_read INTEGER NOT NULL, dns REAL, connect REAL, tls REAL, first_byte REAL,
        body REAL, failure INTEGER)""",
    # Up to when, in milliseconds, the checks of a block were added to `hours` and `days` (rolled),
    # and up to when they were moved from `checks` to `minutes` (dropped).
    """CREATE TABLE blocks (
        block INTEGER PRIMARY KEY, rolled INTEGER NOT NULL, dropped INTEGER NOT NULL)""",
    # at, lag, lasted: milliseconds; elapsed: microseconds. spell, lasted: time class and length of
    # the time up to this check, as far as it is in the same hour.
    """CREATE TABLE checks (
        block INTEGER NOT NULL, at INTEGER NOT NULL, target INTEGER NOT NULL,
        health INTEGER NOT NULL, trouble INTEGER, status INTEGER, elapsed INTEGER,
        lag INTEGER NOT NULL, text INTEGER, spell INTEGER NOT NULL, lasted INTEGER NOT NULL,
        PRIMARY KEY (block, at, target)) WITHOUT ROWID""",
    # The texts of checks. day: of the last use, in days since the epoch.
    "CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT NOT NULL, day INTEGER NOT NULL)",
    "CREATE INDEX texts_by_day ON texts (day)",
    # at: minutes, hours or days since the epoch; quickest, slowest, elapsed (the sum):
    # microseconds; untimed: checks without a duration.
    f"""CREATE TABLE minutes (
        block INTEGER NOT NULL, at INTEGER NOT NULL, target INTEGER NOT NULL,
        {_COUNTS},
        PRIMARY KEY (block, at, target)) WITHOUT ROWID""",
    *(
        f"""CREATE TABLE {level} (
        block INTEGER NOT NULL, at INTEGER NOT NULL, target INTEGER NOT NULL,
        {_COUNTS},
        {_TIMES},
        PRIMARY KEY (block, at, target)) WITHOUT ROWID"""
        for level in ("hours", "days")
    ),
    # Consecutive checks with the same failure; first, last: milliseconds.
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
"""Small tables that a monitor cannot run without."""

SECOND = 1000
"""Times are milliseconds since the epoch; these are the lengths of other units."""
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

BLOCK_BITS = 4
"""Targets are numbered in the order of their first check, and 16 of them form a block.

Rows are ordered by block, then by time: neighbours are checked at about the same time, so the rows
of a second fill a few pages, while rows ordered by target would touch one page each; reading one
target's rows means skipping those of 15 others.
"""


def block_of(target: int) -> int:
    """Return the block of a target."""
    return target >> BLOCK_BITS


def milliseconds(seconds: float) -> int:
    """Convert seconds to whole milliseconds."""
    return round(seconds * 1000)


def microseconds(seconds: float | None) -> int | None:
    """Convert seconds to whole microseconds."""
    return None if seconds is None else round(seconds * 1e6)


def floor(at: int, step: int) -> int:
    """Return the latest multiple of `step` at or before a time."""
    return at - at % step


def ceil(at: int, step: int) -> int:
    """Return the earliest multiple of `step` at or after a time."""
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
TIME_CLASSES = (
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
TIME_CLASS_CODES = {time_class: code for code, time_class in enumerate(TIME_CLASSES)}


def trouble_of(code: int | None) -> Trouble | None:
    """Return the trouble of a code; None for none."""
    return None if code is None else TROUBLES[code]
