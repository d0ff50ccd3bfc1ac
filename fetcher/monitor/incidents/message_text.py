"""What a message says, in several lines.

What a message is about, in one line.

What people read of an incident.
"""

from collections.abc import Iterator
from datetime import UTC, tzinfo
from string import Template

from fetcher.monitor.incident import About, Incident, Member, MessageKind
from fetcher.monitor.incidents.message_facts import (
    NAME_LONGEST,
    MessageFacts,
    data_of,
    filled,
    link_to,
    tidy,
)
from fetcher.notify.channel import Notice
from fetcher.units import shown, stamp

SHOWN = 10
"""How many targets a message names."""


def text_of(facts: MessageFacts) -> str:
    """Say what, since when, why, and where to read on."""
    about = facts.incident.about
    if about is About.SIGHT:
        lines = _of_sight(facts)
    elif about is About.CHANNEL:
        lines = _of_channel(facts)
    else:
        lines = _of_targets(facts)
    return "\n".join(lines)


def sentence(facts: MessageFacts, name: str) -> str:
    """What happened to the targets, and when, in one sentence; name: what to call them."""
    state, duration = facts.state, facts.duration
    several = facts.count != 1
    was, is_ = ("were", "are") if several else ("was", "is")
    if not facts.incident.open:
        ended = f"{name} {was} {state} from {facts.since} to {facts.until} ({duration})"
        if facts.forgotten:
            return f"{ended}, and {is_} no longer watched."
        return f"{ended}, and {is_} well again."
    still = " still" if facts.kind is MessageKind.REMINDER and not facts.got_worse else ""
    if several and facts.ill < facts.count:
        name = f"{facts.ill:,} of {name}"
        is_ = "is" if facts.ill == 1 else "are"
    return f"{name} {is_}{still} {state}, since {facts.since} ({duration})."


def _of_targets(facts: MessageFacts) -> Iterator[str]:
    incident = facts.incident
    yield sentence(facts, facts.name)
    if facts.got_worse and incident.open:
        yield f"You were told that it was degraded; it got worse at {facts.at(incident.tell_from)}."
    if facts.kind is MessageKind.ESCALATION and incident.open and incident.acknowledged is None:
        yield "Nobody has acknowledged it."
    yield ""
    if facts.reason:
        yield f"Reason: {facts.reason}"
    if facts.cause:
        yield f"Likely cause: {facts.cause}"
    if facts.count == 1 and facts.url != facts.name:
        yield f"URL: {facts.url}"
    if incident.flapping:
        yield "It goes up and down: it counts as over when it has been well for a while."
    if incident.acknowledged is not None:
        by = tidy(incident.acknowledged_by, NAME_LONGEST)
        yield f"Acknowledged at {facts.at(incident.acknowledged)}{f' by {by}' if by else ''}"
    if facts.count > 1:
        yield from _members(facts)
    yield from _closing(facts)


def _members(facts: MessageFacts) -> Iterator[str]:
    yield ""
    yield "Targets:"
    shown = facts.first(SHOWN)
    for member in shown:
        yield f"- {_member(member, open_=facts.incident.open)}"
    if len(shown) < facts.count:
        yield f"- and {facts.count - len(shown):,} more"


def _member(member: Member, *, open_: bool) -> str:
    name, url = tidy(member.shown, NAME_LONGEST), tidy(member.url)
    where = "" if name == url else f" ({url})"
    well = ", well again" if open_ and member.ended is not None else ""
    text = tidy(member.text)
    return f"{name}{where}{well}{f': {text}' if text else ''}"


def _of_sight(facts: MessageFacts) -> Iterator[str]:
    if facts.incident.open:
        yield f"The monitor cannot see, since {facts.since} ({facts.duration})."
    else:
        yield (
            f"The monitor could not see from {facts.since} to {facts.until} "
            f"({facts.duration}), and can again."
        )
    yield "What its checks found meanwhile counts as unknown; no target is reported for it."
    yield ""
    yield f"Reason: {facts.reason}"
    if facts.cause:
        yield f"Extent: {facts.cause}"
    yield from _closing(facts)


def _of_channel(facts: MessageFacts) -> Iterator[str]:
    name = facts.name
    if facts.incident.open:
        yield f"The {name} does not deliver, since {facts.since} ({facts.duration})."
        yield "Its messages are kept, and tried again."
    else:
        yield (
            f"The {name} did not deliver from {facts.since} to {facts.until} "
            f"({facts.duration}), and does again."
        )
    yield ""
    yield f"Reason: {facts.reason}"
    yield from _closing(facts)


def _closing(facts: MessageFacts) -> Iterator[str]:
    yield ""
    if facts.link:
        yield f"More: {facts.link}"
    yield f"Incident: {facts.incident.id}"


LONGEST = 200
"""Characters; longer lines are cut by those who show them, and not with care."""


def subject_of(facts: MessageFacts, title: str) -> str:
    """Say it in one line; title: of the monitor, "" for none."""
    return headed(title, _own(facts) or _targets(facts))


def headed(title: str, line: str) -> str:
    """Put the monitor's title before a line."""
    name = tidy(title, 60)
    return tidy(f"[{name}] {line}" if name else line, LONGEST)


def _targets(facts: MessageFacts) -> str:
    state, name = facts.state.upper(), facts.named
    if facts.kind is MessageKind.UP:
        end = "NO LONGER WATCHED" if facts.forgotten else "UP"
        was = "was" if facts.count == 1 else "were"
        return f"{end}: {name}, {was} {facts.state} for {facts.duration}"
    if facts.late:
        return f"WAS {state}: {name}, for {facts.duration}"
    if facts.kind is MessageKind.DOWN:
        return f"{state}: {name}: {facts.reason}" if facts.reason else f"{state}: {name}"
    if facts.kind is MessageKind.ESCALATION:
        return f"{state}, NOT ACKNOWLEDGED: {name}, for {facts.duration}"
    before = "NOW" if facts.got_worse else "STILL"
    return f"{before} {state}: {name}, for {facts.duration}"


def _own(facts: MessageFacts) -> str:
    """Of the monitor itself; "" for targets."""
    open_, about = facts.incident.open, facts.incident.about
    if about is About.SIGHT:
        if open_:
            return f"The monitor cannot see: {facts.reason}"
        return f"The monitor could not see for {facts.duration}: {facts.reason}"
    if about is About.CHANNEL:
        name = facts.name.removeprefix("channel ")
        if open_:
            return f"Channel {name} does not deliver: {facts.reason}"
        return f"Channel {name} did not deliver for {facts.duration}: {facts.reason}"
    return ""


def compose(
    incident: Incident,
    kind: MessageKind,
    now: float,
    *,
    title: str = "",
    public_url: str = "",
    template: Template | None = None,
    id: str = "",
    zone: tzinfo = UTC,
) -> Notice:
    """Find the words for a message about an incident, from what is known now.

    One that comes late says so: a DOWN that is sent when all is well again says from when to when
    it was not. title: of the monitor, stands before the subject. public_url: the status page.
    template: takes the place of the text. id: the message's; follows from incident and kind when it
    is "". The result has no control characters but for the ends of the text's lines.
    """
    notice = id or f"{incident.id}-{kind.value}"
    facts = MessageFacts(incident, kind, now, zone, link_to(public_url, f"incidents/{incident.id}"))
    subject, text = subject_of(facts, title), text_of(facts)
    return Notice(
        notice,
        kind.value,
        subject,
        text if template is None else filled(template, facts, subject, text),
        data_of(facts, notice),
        good=kind is MessageKind.UP,
    )


def compose_test(
    now: float, *, title: str = "", public_url: str = "", id: str = "", zone: tzinfo = UTC
) -> Notice:
    """Find the words for a message that somebody asked for, to see whether it arrives."""
    notice = id or f"test-{int(now * 1000):x}"
    text = f"This is a test, made at {shown(now, zone)}. Nothing is wrong."
    if public_url:
        text += f"\n\nMore: {link_to(public_url, '')}"
    data = {"id": notice, "kind": MessageKind.TEST.value, "made": stamp(now)}
    return Notice(
        notice, MessageKind.TEST.value, headed(title, "Test message"), text, data, good=True
    )
