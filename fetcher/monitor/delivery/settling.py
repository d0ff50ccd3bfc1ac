"""What becomes of messages: sent, tried again, or given up."""

from collections.abc import Iterable
from dataclasses import replace

from fetcher.monitor.delivery.batch import Delivery
from fetcher.monitor.delivery.heard import TELLING, Heard
from fetcher.monitor.message import Fate, Kind, Message
from fetcher.monitor.plan import MonitorSettings
from fetcher.notify.base import Refused

LEAST_TRIES = 5
"""How often a delivery is tried at least."""


def settle(
    delivery: Delivery,
    refused: Refused | None,
    now: float,
    settings: MonitorSettings,
    behind: Iterable[Message] = (),
) -> tuple[Message, ...]:
    """Say what became of a delivery's messages, and of those that wait behind them.

    refused: why it did not arrive, None when it did. After so many failures, what was made
    `give_up_after` ago is given up, that behind it too: or else each of those would be tried by
    itself, with a pause in between. Not at the first failure: a monitor that comes back after days
    has old messages, and has hardly tried.
    """
    digest = delivery.id if len(delivery.messages) > 1 else delivery.messages[0].digest
    tried = [replace(m, attempts=m.attempts + 1, digest=digest) for m in delivery.messages]
    if refused is None:
        return tuple([replace(m, fate=Fate.SENT, sent=now, error="") for m in tried])
    if refused.partly:
        tried = [replace(m, sent=now) for m in tried]
    failed = [replace(m, error=refused.error) for m in tried]
    if any(m.attempts < LEAST_TRIES for m in tried):
        return tuple(failed)
    late = [m for m in behind if _is_late(m, now, settings)]
    return (
        *[give_up(m, m.error) if _is_late(m, now, settings) else m for m in failed],
        *[give_up(m, refused.error) for m in late],
    )


def give_up(message: Message, error: str) -> Message:
    """Try no longer to send a message."""
    return replace(message, fate=Fate.GIVEN_UP, error=error)


def needless(waiting: Iterable[Message], heard: Heard) -> tuple[Message, ...]:
    """Give up what has nothing to say any more.

    A reminder, when the end of its incident waits as well. An end, when what it ends was given up
    before it reached anyone, and nothing waits that would tell of it.
    """
    messages = tuple(waiting)
    over = {(m.incident, m.channel) for m in messages if m.kind is Kind.UP}
    telling = {(m.incident, m.channel) for m in messages if m.kind in TELLING}
    given_up = []
    for message in messages:
        where = (message.incident, message.channel)
        if message.kind is Kind.REMINDER and where in over:
            given_up.append(give_up(message, "it was over before this could be sent"))
        elif message.kind is Kind.UP and where not in telling and heard.nothing(*where):
            given_up.append(give_up(message, "nobody was told that it had begun"))
    return tuple(given_up)


def _is_late(message: Message, now: float, settings: MonitorSettings) -> bool:
    return now - message.created >= settings.give_up_after
