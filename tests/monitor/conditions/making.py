"""Rows of checks to be folded, written as one letter each, and dates."""

from collections.abc import Iterable
from datetime import datetime

from fetcher.judgement.verdict import Health
from fetcher.monitor.conditions import next_state
from fetcher.monitor.plan import Policy
from fetcher.monitor.target_state import NEW, Condition, ConditionChange, State

HEALTH = {
    "h": Health.HEALTHY,
    "d": Health.DEGRADED,
    "u": Health.UNHEALTHY,
    "?": Health.UNKNOWN,
}
PLAIN = Policy(failures_before_down=3, successes_before_up=2, flap_changes=0)
UP = State(Condition.UP)
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def fold_all(
    state: State, checks: str, policy: Policy = PLAIN, *, start: float = 1.0, step: float = 1.0
) -> tuple[State, list[ConditionChange]]:
    """Fold a row of checks, such as `hhu?d`; an upper case letter is within maintenance."""
    changes = []
    for number, letter in enumerate(checks):
        health = HEALTH[letter.lower()]
        at = start + number * step
        state, change = next_state(state, health, at, policy, maintenance=letter.isupper())
        changes += [change] if change else []
    return state, changes


def conditions(checks: str, policy: Policy = PLAIN, state: State = NEW) -> str:
    """What a target is held to be after each check, as one letter: new, up, degraded, DOWN."""
    shown = ""
    for number, letter in enumerate(checks, 1):
        state, _ = fold_all(state, letter, policy, start=float(number))
        shown += "D" if state.condition is Condition.DOWN else state.condition.value[0]
    return shown


def ways(changes: Iterable[ConditionChange]) -> list[str]:
    """The changes in words."""
    return [f"{change.before} -> {change.after}" for change in changes]


def when(text: str) -> float:
    """Seconds since the epoch of a date with an offset, such as 2026-03-29T02:30:00+01:00."""
    return datetime.fromisoformat(text).timestamp()
