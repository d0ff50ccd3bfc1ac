"""Many messages in one."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, tzinfo
from hashlib import sha256

from fetcher.monitor.incident import About, Incident, Message, MessageKind
from fetcher.monitor.incidents.message_facts import MessageFacts, data_of, link_to
from fetcher.monitor.incidents.message_text import headed, sentence, subject_of
from fetcher.notify.channel import Notice

SHOWN = 50
"""How many messages a digest gives one by one."""

_WORDS = {
    MessageKind.DOWN: "began",
    MessageKind.UP: "over",
    MessageKind.REMINDER: "reminders",
    MessageKind.ESCALATION: "not acknowledged",
    MessageKind.NOTICE: "about the monitor",
    MessageKind.TEST: "tests",
}


def compose_digest(
    told: Sequence[tuple[Message, Incident]],
    now: float,
    *,
    title: str = "",
    public_url: str = "",
    id: str = "",
    zone: tzinfo = UTC,
) -> Notice:
    """Find the words for messages that are sent as one, in the order in which they are given.

    id: follows from those of the messages when it is "". data: `messages` has what each would have
    had alone (the first 50), `count` how many there are.
    """
    notice = id or _id([message for message, _ in told])
    shown = [
        (_facts(message, incident, now, zone, public_url), message.id)
        for message, incident in told[:SHOWN]
    ]
    lines = [_line(facts) for facts, _ in shown]
    if len(lines) < len(told):
        lines.append(f"- and {len(told) - len(lines):,} more")
    if public_url:
        lines += ["", f"More: {link_to(public_url, 'incidents')}"]
    data = {
        "id": notice,
        "kind": "digest",
        "count": len(told),
        "messages": [data_of(facts, message) for facts, message in shown],
    }
    good = all(message.kind is MessageKind.UP for message, _ in told)
    return Notice(notice, "digest", headed(title, _summary(told)), "\n".join(lines), data, good)


def _facts(
    message: Message, incident: Incident, now: float, zone: tzinfo, public_url: str
) -> MessageFacts:
    link = link_to(public_url, f"incidents/{incident.id}")
    return MessageFacts(incident, message.kind, now, zone, link)


def _summary(told: Sequence[tuple[Message, Incident]]) -> str:
    counts = Counter([message.kind for message, _ in told])
    parts = [f"{counts[kind]:,} {word}" for kind, word in _WORDS.items() if counts[kind]]
    return f"{len(told):,} messages: {', '.join(parts)}"


def _line(facts: MessageFacts) -> str:
    if facts.incident.about is not About.TARGETS:
        return f"- {subject_of(facts, '')}"
    reason = f" Reason: {facts.reason}" if facts.reason and facts.kind is not MessageKind.UP else ""
    return f"- {facts.kind.value.upper()}: {sentence(facts, facts.named)}{reason}"


def _id(messages: Sequence[Message]) -> str:
    """The same messages in the same order are the same digest."""
    joined = "\n".join([message.id for message in messages])
    return f"digest-{sha256(joined.encode()).hexdigest()[:20]}"
