"""The text of an alert: its subject, its lines, and the notice made of them."""

from collections.abc import Iterator
from datetime import UTC, tzinfo
from string import Template

from fetcher.monitor.incident import About, Incident, Member, MessageKind
from fetcher.monitor.incidents.message_facts import (
    NAME_LONGEST,
    MessageFacts,
    data_of,
    fill_template,
    link_to,
    tidy,
)
from fetcher.notify.channel import Notice
from fetcher.units import format_time, rfc3339

LONGEST_SUBJECT = 200
"""Characters; longer lines are cut by whatever shows them, and without care."""

SHOWN = 10
"""How many targets a message names."""


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
    """Return the notice for a message about an incident, from what is known now.

    One that comes late says so: a DOWN that is sent after the recovery says from when to when the
    target was down. The result has no control characters except the ends of the text's lines.

    Args:
        incident: As it is now.
        kind: Why it is sent.
        now: Seconds since the epoch.
        title: The monitor's; stands before the subject.
        public_url: The status page.
        template: Replaces the text.
        id: The message's; if "", it follows from incident and kind.
        zone: For the times in the text.
    """
    notice = id or f"{incident.id}-{kind.value}"
    link = link_to(public_url, f"incidents/{incident.id}")
    facts = MessageFacts(incident, kind, now, zone, link)
    subject, text = subject_of(facts, title), text_of(facts)
    return Notice(
        notice,
        kind.value,
        subject,
        text if template is None else fill_template(template, facts, subject, text),
        data_of(facts, notice),
        good=kind is MessageKind.UP,
    )


def compose_test(
    now: float, *, title: str = "", public_url: str = "", id: str = "", zone: tzinfo = UTC
) -> Notice:
    """Return the notice that someone asked for to see whether it arrives."""
    notice = id or f"test-{int(now * 1000):x}"
    text = f"This is a test, made at {format_time(now, zone)}. Nothing is wrong."
    if public_url:
        text += f"\n\nMore: {link_to(public_url, '')}"
    kind = MessageKind.TEST.value
    data = {"id": notice, "kind": kind, "made": rfc3339(now)}
    return Notice(notice, kind, with_title(title, "Test message"), text, data, good=True)


def subject_of(facts: MessageFacts, title: str) -> str:
    """Return the subject line; title: of the monitor, "" for none."""
    return with_title(title, _subject_about_monitor(facts) or _subject_about_targets(facts))


def with_title(title: str, line: str) -> str:
    """Put the monitor's title before a line."""
    name = tidy(title, 60)
    return tidy(f"[{name}] {line}" if name else line, LONGEST_SUBJECT)


def _subject_about_targets(facts: MessageFacts) -> str:
    state, name = facts.state.upper(), facts.full_name
    if facts.kind is MessageKind.UP:
        end = "NO LONGER MONITORED" if facts.removed else "UP"
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


def _subject_about_monitor(facts: MessageFacts) -> str:
    """Return the subject of an incident about the monitor itself; "" for targets."""
    open_, about = facts.incident.open, facts.incident.about
    if about is About.CONNECTIVITY:
        if open_:
            return f"The monitor is offline: {facts.reason}"
        return f"The monitor was offline for {facts.duration}: {facts.reason}"
    if about is About.CHANNEL:
        name = facts.name.removeprefix("channel ")
        if open_:
            return f"Channel {name} is failing: {facts.reason}"
        return f"Channel {name} was failing for {facts.duration}: {facts.reason}"
    return ""


def text_of(facts: MessageFacts) -> str:
    """Return what happened, since when, why, and where to read on, in several lines."""
    about = facts.incident.about
    if about is About.CONNECTIVITY:
        lines = _about_connectivity(facts)
    elif about is About.CHANNEL:
        lines = _about_channel(facts)
    else:
        lines = _about_targets(facts)
    return "\n".join(lines)


def sentence(facts: MessageFacts, name: str) -> str:
    """Return what happened to the targets, and when, in one sentence; name: what to call them."""
    state, duration = facts.state, facts.duration
    several = facts.count != 1
    was, is_, has = ("were", "are", "have") if several else ("was", "is", "has")
    if not facts.incident.open:
        ended = f"{name} {was} {state} from {facts.since} to {facts.until} ({duration})"
        if facts.removed:
            return f"{ended} and {is_} no longer monitored."
        return f"{ended} and {has} recovered."
    still = " still" if facts.kind is MessageKind.REMINDER and not facts.got_worse else ""
    if several and facts.failing < facts.count:
        name = f"{facts.failing:,} of {name}"
        is_ = "is" if facts.failing == 1 else "are"
    return f"{name} {is_}{still} {state}, since {facts.since} ({duration})."


def _about_targets(facts: MessageFacts) -> Iterator[str]:
    incident = facts.incident
    yield sentence(facts, facts.name)
    if facts.got_worse and incident.open:
        yield (
            "It was reported as degraded before, and got worse at "
            f"{facts.at(incident.notify_from)}."
        )
    is_escalation = facts.kind is MessageKind.ESCALATION
    if is_escalation and incident.open and incident.acknowledged is None:
        yield "Nobody has acknowledged it."
    yield ""
    if facts.reason:
        yield f"Reason: {facts.reason}"
    if facts.cause:
        yield f"Likely cause: {facts.cause}"
    if facts.count == 1 and facts.url != facts.name:
        yield f"URL: {facts.url}"
    if incident.flapping:
        yield "It is flapping: the incident closes when it has been healthy for a while."
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
        yield f"- {_member_line(member, open_=facts.incident.open)}"
    if len(shown) < facts.count:
        yield f"- and {facts.count - len(shown):,} more"


def _member_line(member: Member, *, open_: bool) -> str:
    name, url = tidy(member.shown, NAME_LONGEST), tidy(member.url)
    where = "" if name == url else f" ({url})"
    recovered = ", recovered" if open_ and member.ended is not None else ""
    text = tidy(member.text)
    return f"{name}{where}{recovered}{f': {text}' if text else ''}"


def _about_connectivity(facts: MessageFacts) -> Iterator[str]:
    if facts.incident.open:
        yield f"The monitor is offline, since {facts.since} ({facts.duration})."
    else:
        yield (
            f"The monitor was offline from {facts.since} to {facts.until} "
            f"({facts.duration}) and is online again."
        )
    yield "The checks made meanwhile count as unknown; no target is reported because of them."
    yield ""
    yield f"Reason: {facts.reason}"
    if facts.cause:
        yield f"Extent: {facts.cause}"
    yield from _closing(facts)


def _about_channel(facts: MessageFacts) -> Iterator[str]:
    name = facts.name
    if facts.incident.open:
        yield f"The {name} is failing, since {facts.since} ({facts.duration})."
        yield "Its messages are kept and retried."
    else:
        yield (
            f"The {name} was failing from {facts.since} to {facts.until} "
            f"({facts.duration}) and has recovered."
        )
    yield ""
    yield f"Reason: {facts.reason}"
    yield from _closing(facts)


def _closing(facts: MessageFacts) -> Iterator[str]:
    yield ""
    if facts.link:
        yield f"More: {facts.link}"
    yield f"Incident: {facts.incident.id}"
