"""Checks that everyone was sent everything exactly once."""

from dataclasses import dataclass

from fetcher.monitor.history import HistoryReader
from fetcher.monitor.incident import About, DeliveryStatus, Incident
from tests.monitor.real.configuring import CHANNELS
from tests.monitor.real.hearing import Ear, Word
from tests.monitor.real.remembering import Memory


@dataclass(frozen=True, slots=True)
class Outage:
    """What the test has done to a target, and when; seconds since the epoch."""

    key: str
    broken: float
    mended: float


def settle_accounts(memory: Memory, ear: Ear, outages: list[Outage]) -> None:
    """Hold what is on record, and what was heard, against what has happened."""
    incidents = [one for one in memory.incidents() if one.about is About.TARGETS]
    assert len(incidents) == len(outages)
    for outage in outages:
        (_,) = [one for one in incidents if _is_of(one, outage)]
    # A channel that fails for long may have been reported as well.
    told = {word.incident for word in ear.heard if word.kind in ("down", "up")}
    assert told == {one.id for one in incidents}
    with memory.reading() as reader:
        for incident in incidents:
            _check_outbox(reader, incident)
            for channel in CHANNELS:
                _check_heard(ear, channel, incident)


def check_repeats(ear: Ear) -> int:
    """See that what came again had been the last thing a life said; give how often that was.

    A channel sends nothing more before it is written down what became of the message before.
    """
    repeats = 0
    for channel in CHANNELS:
        words = ear.of(channel)
        last = {word.life: word for word in words}
        seen: dict[str, Word] = {}
        for word in words:
            before = seen.get(word.id)
            if before is not None:
                assert before.life < word.life, "the same message came twice from the same life"
                assert last[before.life] is before, "what was written down was sent again"
                repeats += 1
            seen[word.id] = word
    return repeats


def _is_of(incident: Incident, outage: Outage) -> bool:
    if [member.key for member in incident.members] != [outage.key] or incident.closed is None:
        return False
    return outage.broken < incident.opened < outage.mended < incident.closed


def _check_outbox(reader: HistoryReader, incident: Incident) -> None:
    """One message of each kind for each channel, and all of them arrived."""
    found = reader.messages(incident.id)
    assert sorted((message.kind, message.channel) for message in found) == sorted(
        (kind, channel) for kind in ("down", "up") for channel in CHANNELS
    )
    assert {message.status for message in found} == {DeliveryStatus.SENT}


def _check_heard(ear: Ear, channel: str, incident: Incident) -> None:
    """One DOWN and one UP, by their ids, and in this order."""
    words = ear.of(channel, "", incident.id)
    firsts = list(dict.fromkeys((word.kind, word.id) for word in words))
    assert [kind for kind, _ in firsts] == ["down", "up"], (channel, incident, words)
