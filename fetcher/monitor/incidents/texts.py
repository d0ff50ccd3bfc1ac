"""What a message says, in several lines."""

from collections.abc import Iterator

from fetcher.monitor.incident import About, Member
from fetcher.monitor.incidents.facts import NAME_LONGEST, Facts, tidy
from fetcher.monitor.message import Kind

SHOWN = 10
"""How many targets a message names."""


def text_of(facts: Facts) -> str:
    """Say what, since when, why, and where to read on."""
    about = facts.incident.about
    if about is About.SIGHT:
        lines = _of_sight(facts)
    elif about is About.CHANNEL:
        lines = _of_channel(facts)
    else:
        lines = _of_targets(facts)
    return "\n".join(lines)


def sentence(facts: Facts, name: str) -> str:
    """What happened to the targets, and when, in one sentence; name: what to call them."""
    state, duration = facts.state, facts.duration
    several = facts.count != 1
    was, is_ = ("were", "are") if several else ("was", "is")
    if not facts.incident.open:
        ended = f"{name} {was} {state} from {facts.since} to {facts.until} ({duration})"
        if facts.forgotten:
            return f"{ended}, and {is_} no longer watched."
        return f"{ended}, and {is_} well again."
    still = " still" if facts.kind is Kind.REMINDER and not facts.got_worse else ""
    if several and facts.ill < facts.count:
        name = f"{facts.ill:,} of {name}"
        is_ = "is" if facts.ill == 1 else "are"
    return f"{name} {is_}{still} {state}, since {facts.since} ({duration})."


def _of_targets(facts: Facts) -> Iterator[str]:
    incident = facts.incident
    yield sentence(facts, facts.name)
    if facts.got_worse and incident.open:
        yield f"You were told that it was degraded; it got worse at {facts.at(incident.tell_from)}."
    if facts.kind is Kind.ESCALATION and incident.open and incident.acknowledged is None:
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


def _members(facts: Facts) -> Iterator[str]:
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


def _of_sight(facts: Facts) -> Iterator[str]:
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


def _of_channel(facts: Facts) -> Iterator[str]:
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


def _closing(facts: Facts) -> Iterator[str]:
    yield ""
    if facts.link:
        yield f"More: {facts.link}"
    yield f"Incident: {facts.incident.id}"
