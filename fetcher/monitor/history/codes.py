"""Small integers that stand for words in the database.

Each word is known by its place, so new ones are only ever added at the end.
"""

from fetcher.judgement.verdict import Health, Trouble
from fetcher.monitor.state import Spell

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
    Trouble.HERE,
)
SPELLS = (Spell.UP, Spell.DEGRADED, Spell.DOWN, Spell.UNWATCHED, Spell.MAINTENANCE)

HEALTH_CODES = {health: code for code, health in enumerate(HEALTHS)}
TROUBLE_CODES: dict[Trouble | None, int | None] = {
    None: None,
    **{trouble: code for code, trouble in enumerate(TROUBLES)},
}
SPELL_CODES = {spell: code for code, spell in enumerate(SPELLS)}


def trouble_of(code: int | None) -> Trouble | None:
    """The trouble that a code stands for; None for none."""
    return None if code is None else TROUBLES[code]
