"""One step of a visit, with the default settings but for what a test changes."""

import random
from typing import Any

from fetcher.engine.visit import Done, Elsewhere, RetryLater, Visit, next_step
from fetcher.engine.visit import plan as plan_visit
from fetcher.failures import Failure, FailureKind
from fetcher.model import Outcome
from fetcher.settings import Settings
from fetcher.transport.base import Exchange
from fetcher.transport.retry import Retrying
from tests.engine.scripted_run import NOTHING

PUBLIC, PRIVATE = "93.184.216.34", "127.0.0.1"


def plan(text: str) -> Visit:
    """The visit for a URL of which nothing but an answer is wanted."""
    return plan_visit(text, NOTHING)


def step(visit: Visit, exchange: Exchange, **changes: Any) -> Elsewhere | RetryLater | Done:
    """Decide with the default settings but for some changes."""
    settings = Settings(**changes)
    return next_step(visit, exchange, settings, Retrying(settings, random.Random(7), lambda: 0.0))


def go(visit: Visit, exchange: Exchange, **changes: Any) -> Visit:
    """The visit that goes on elsewhere."""
    following = step(visit, exchange, **changes)
    assert isinstance(following, Elsewhere)
    return following.visit


def end(visit: Visit, exchange: Exchange, **changes: Any) -> Outcome:
    """How the visit ends."""
    following = step(visit, exchange, **changes)
    assert isinstance(following, Done)
    return following.outcome


def failing(kind: FailureKind, detail: str = "") -> Exchange:
    """A request that failed."""
    return Exchange(Failure.of(kind, detail), elapsed=0.5)


def redirect(location: str, ip: str = PUBLIC, cookies: tuple[str, ...] = ()) -> Exchange:
    """A redirect that took a quarter of a second."""
    return Exchange(
        status=302, headers={"Location": location}, ip=ip, set_cookies=cookies, elapsed=0.25
    )
