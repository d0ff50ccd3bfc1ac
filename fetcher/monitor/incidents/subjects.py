"""What a message is about, in one line."""

from fetcher.monitor.incident import About
from fetcher.monitor.incidents.facts import Facts, tidy
from fetcher.monitor.message import Kind

LONGEST = 200
"""Characters; longer lines are cut by those who show them, and not with care."""


def subject_of(facts: Facts, title: str) -> str:
    """Say it in one line; title: of the monitor, "" for none."""
    return headed(title, _own(facts) or _targets(facts))


def headed(title: str, line: str) -> str:
    """Put the monitor's title before a line."""
    name = tidy(title, 60)
    return tidy(f"[{name}] {line}" if name else line, LONGEST)


def _targets(facts: Facts) -> str:
    state, name = facts.state.upper(), facts.named
    if facts.kind is Kind.UP:
        end = "NO LONGER WATCHED" if facts.forgotten else "UP"
        was = "was" if facts.count == 1 else "were"
        return f"{end}: {name}, {was} {facts.state} for {facts.duration}"
    if facts.late:
        return f"WAS {state}: {name}, for {facts.duration}"
    if facts.kind is Kind.DOWN:
        return f"{state}: {name}: {facts.reason}" if facts.reason else f"{state}: {name}"
    if facts.kind is Kind.ESCALATION:
        return f"{state}, NOT ACKNOWLEDGED: {name}, for {facts.duration}"
    before = "NOW" if facts.got_worse else "STILL"
    return f"{before} {state}: {name}, for {facts.duration}"


def _own(facts: Facts) -> str:
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
