"""Months of everything at once: one DOWN and one UP of each incident that people heard of."""

from collections import Counter

import pytest

from fetcher.monitor.incident import DeliveryStatus, Message, MessageKind
from tests.monitor.simulated.hearing import SOON, alive, is_silenced, loud, must_know_by
from tests.monitor.simulated.life import Life
from tests.monitor.simulated.lives import STRETCHES, all_illnesses, lived
from tests.monitor.simulated.reading import Ill, together
from tests.monitor.simulated.targets import EVERYONE, HOUR

pytestmark = pytest.mark.parametrize("stretch", STRETCHES)

BEGINNINGS = (MessageKind.DOWN, MessageKind.ESCALATION)


def groups_of(life: Life) -> dict[tuple[float, tuple[str, ...]], list[Ill]]:
    """Those that are ill together, by when that began and who they are."""
    return {
        (min(ill.at for ill in group), tuple(sorted({ill.key for ill in group}))): group
        for group in together(all_illnesses(life))
    }


def messages_of(life: Life, incident: str) -> list[Message]:
    """All messages about an incident."""
    return [m for m in life.store.messages.values() if m.incident == incident]


def test_one_down_and_one_up_arrive(stretch: tuple[str, str, int]) -> None:
    """On each channel that was notified, and nothing on any other, whatever crashed and failed."""
    life = lived(*stretch)
    got = Counter((channel, id) for _, channel, ids in life.world.received for id in ids)
    assert life.world.refusing
    for incident in life.store.incidents.values():
        told = Counter[tuple[str, MessageKind]]()
        for message in messages_of(life, incident.id):
            times = got.pop((message.channel, message.id), 0)
            assert (
                times == (message.status is DeliveryStatus.SENT) or message.id in life.world.doubted
            )
            if message.status is DeliveryStatus.GIVEN_UP:
                assert message.kind is MessageKind.REMINDER
            told[message.channel, message.kind] += message.status is DeliveryStatus.SENT
        assert {channel for channel, _ in told} == set(incident.notified)
        for channel in incident.notified:
            assert sum(told[channel, kind] for kind in BEGINNINGS) == 1
            assert told[channel, MessageKind.UP] == 1
        assert ("chief" in incident.notified) == (incident.escalated is not None)
    assert not got


def test_an_end_never_comes_first(stretch: tuple[str, str, int]) -> None:
    """Nobody hears UP before DOWN, though channels failed for hours and much went as digests."""
    life = lived(*stretch)
    heard = set[tuple[str, str]]()
    for _, channel, ids in life.world.received:
        for message in [life.store.messages[id] for id in ids]:
            if message.kind in BEGINNINGS:
                heard.add((channel, message.incident))
            assert (channel, message.incident) in heard
    assert any(len(ids) > 1 for _, _, ids in life.world.received)


def test_people_are_told_soon_and_never_in_quiet(stretch: tuple[str, str, int]) -> None:
    """Not in announced work, not in silence; but as soon as either is over, if it lasts."""
    life, never = lived(*stretch), 0
    groups = groups_of(life)
    for incident in life.store.incidents.values():
        keys = tuple(sorted(member.key for member in incident.members))
        group = groups[incident.opened, keys]
        latest = must_know_by(life, group)
        if not EVERYONE[keys[0]].policy.channels:
            assert not incident.notified
        elif incident.notified_at is None:
            never += 1
            assert latest is None
            assert not messages_of(life, incident.id)
        else:
            assert loud(life, group, incident.notified_at)
            assert incident.notified_at >= min(incident.opened + 10.0, max(i.until for i in group))
            assert latest is None or incident.notified_at <= latest
    assert never >= 3


def test_people_are_told_again_until_someone_knows(stretch: tuple[str, str, int]) -> None:
    """Every six hours, others after two; not in quiet, and not after someone acknowledged."""
    life, checked = lived(*stretch), 0
    for incident in life.store.incidents.values():
        messages = messages_of(life, incident.id)
        again = [m for m in messages if m.kind in (MessageKind.REMINDER, MessageKind.ESCALATION)]
        for message in again:
            assert incident.acknowledged is None or message.created <= incident.acknowledged
            assert not all(is_silenced(life, m.key, message.created) for m in incident.members)
            if message.kind is MessageKind.ESCALATION:
                assert incident.notified_at is not None
                assert message.created >= incident.notified_at + 2 * HOUR
        if incident.notified_at is None or incident.acknowledged is not None:
            continue
        moments = [incident.notified_at + 2 * HOUR + step * SOON / 2 for step in range(3)]
        assert incident.closed is not None
        if moments[-1] < incident.closed and all(
            alive(life, at) and not any(is_silenced(life, m.key, at) for m in incident.members)
            for at in moments
        ):
            checked += 1
            assert incident.escalated is not None
    assert checked > 5
