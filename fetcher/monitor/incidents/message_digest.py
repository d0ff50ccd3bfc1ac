"""The text of a digest: many messages in one."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, tzinfo
from hashlib import sha256

from fetcher.monitor.incident import About, Incident, Message, MessageKind
from fetcher.monitor.incidents.message_facts import MessageFacts, data_of, link_to
from fetcher.monitor.incidents.message_text import sentence, subject_of, with_title
from fetcher.notify.channel import Notice

SHOWN = 50
"""How many messages a digest lists one by one."""

_WORDS = {
    MessageKind.DOWN: "began",
    MessageKind.UP: "ended",
    MessageKind.REMINDER: "reminders",
    MessageKind.ESCALATION: "not acknowledged",
    MessageKind.NOTICE: "about the monitor",
    MessageKind.TEST: "tests",
}


def compose_digest(
    messages: Sequence[tuple[Message, Incident]],
    now: float,
    *,
    title: str = "",
    public_url: str = "",
    id: str = "",
    zone: tzinfo = UTC,
) -> Notice:
    """Return the notice for messages that are sent as one, in their order.

    In its data, `messages` has what each would have had alone (the first 50), and `count` how many
    there are.

    Args:
        messages: Each with its incident.
        now: Seconds since the epoch.
        title: The monitor's; stands before the subject.
        public_url: The status page.
        id: If "", it follows from those of the messages.
        zone: For the times in the text.
    """
    notice = id or _id([message for message, _ in messages])
    shown = [
        (_facts(message, incident, now, zone, public_url), message.id)
        for message, incident in messages[:SHOWN]
    ]
    lines = [_line(facts) for facts, _ in shown]
    if len(lines) < len(messages):
        lines.append(f"- and {len(messages) - len(lines):,} more")
    if public_url:
        lines += ["", f"More: {link_to(public_url, 'incidents')}"]
    data = {
        "id": notice,
        "kind": "digest",
        "count": len(messages),
        "messages": [data_of(facts, message) for facts, message in shown],
    }
    good = all(message.kind is MessageKind.UP for message, _ in messages)
    subject = with_title(title, _summary(messages))
    return Notice(notice, "digest", subject, "\n".join(lines), data, good)


def _facts(
    message: Message, incident: Incident, now: float, zone: tzinfo, public_url: str
) -> MessageFacts:
    link = link_to(public_url, f"incidents/{incident.id}")
    return MessageFacts(incident, message.kind, now, zone, link)


def _summary(messages: Sequence[tuple[Message, Incident]]) -> str:
    counts = Counter([message.kind for message, _ in messages])
    parts = [f"{counts[kind]:,} {word}" for kind, word in _WORDS.items() if counts[kind]]
    return f"{len(messages):,} messages: {', '.join(parts)}"


def _line(facts: MessageFacts) -> str:
    if facts.incident.about is not About.TARGETS:
        return f"- {subject_of(facts, '')}"
    is_up = facts.kind is MessageKind.UP
    reason = f" Reason: {facts.reason}" if facts.reason and not is_up else ""
    return f"- {facts.kind.value.upper()}: {sentence(facts, facts.full_name)}{reason}"


def _id(messages: Sequence[Message]) -> str:
    """Return an id that is the same for the same messages in the same order."""
    joined = "\n".join([message.id for message in messages])
    return f"digest-{sha256(joined.encode()).hexdigest()[:20]}"
