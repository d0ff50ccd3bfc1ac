"""Who is sent what about an incident, and when."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from fetcher.monitor.incident import Incident, Member, Message
from fetcher.monitor.incidents import (
    IsSilenced,
    acknowledge,
    channel_failing,
    connectivity_lost,
    find_by_prefix,
    next_time,
    plan_messages,
    resolve,
)
from fetcher.monitor.plan import Policy
from tests.monitor.incidents.making import (
    DEGRADED,
    DOWN,
    NOW,
    POLICY,
    UP,
    changed,
    everybody,
    monitored,
    nobody,
    open_incidents,
    opened,
)

URL = "https://a.example/"
TELLING = replace(
    POLICY,
    channels=("ops", "chat"),
    escalate_to=("boss",),
    remind_every=600.0,
    escalate_after=1500.0,
)


def incident_of(policy: Policy = TELLING) -> Incident:
    """An incident of one target that is down."""
    return opened(changed(replace(monitored(URL), policy=policy)))


def closed(incident: Incident, at: float) -> Incident:
    """The same when its members are well."""
    members = tuple([replace(member, ended=at) for member in incident.members])
    return replace(incident, members=members, closed=at)


def said(messages: Sequence[Message]) -> list[str]:
    """Each message, as `down ops`."""
    return [f"{message.kind.value} {message.channel}" for message in messages]


def at(
    incident: Incident, times: Sequence[float], is_silenced: IsSilenced = nobody
) -> tuple[Incident, list[str]]:
    """What is said at these times, in seconds after `NOW`, as `600 reminder ops`."""
    lines = []
    for time in times:
        incident, messages = plan_messages(incident, NOW + time, is_silenced)
        lines += [f"{time:g} {line}" for line in said(messages)]
    return incident, lines


def test_down_when_others_had_time_to_join() -> None:
    """Each channel once, and not before the wait is over."""
    incident, lines = at(incident_of(), [0, 9.9, 10, 11, 500])
    assert lines == ["10 down ops", "10 down chat"]
    assert incident.notified_at == NOW + 10
    assert incident.notified == ("ops", "chat")


def test_messages_have_ids_that_follow_from_what_they_are() -> None:
    """Planned twice from the same incident, as after a crash, they are the same messages."""
    incident = incident_of()
    planned = plan_messages(incident, NOW + 10, nobody)
    assert planned == plan_messages(incident, NOW + 10, nobody)
    assert [message.id for message in planned[1]] == [
        f"{incident.id}-down-ops",
        f"{incident.id}-down-chat",
    ]
    assert {message.due for message in planned[1]} == {NOW + 10}


def test_up_to_those_who_were_told() -> None:
    """Also if they are no longer among the channels, and if the target is silenced by then."""
    incident, _ = at(incident_of(), [10])
    over = replace(closed(incident, NOW + 60), channels=("new",))
    assert at(over, [60], everybody)[1] == ["60 up ops", "60 up chat"]


def test_over_before_anyone_was_told() -> None:
    """Both are sent at once, in their order."""
    _, lines = at(closed(incident_of(), NOW + 5), [5])
    assert lines == ["5 down ops", "5 down chat", "5 up ops", "5 up chat"]


def test_over_and_hushed() -> None:
    """What ends unheard of is never told."""
    incident, lines = at(incident_of(), [10, 100], everybody)
    assert lines == []
    assert at(closed(incident, NOW + 200), [200], everybody)[1] == []


def test_told_when_it_is_no_longer_hushed() -> None:
    """A silence that ends before the incident does only puts it off."""
    incident, lines = at(incident_of(), [10, 100], everybody)
    assert at(incident, [200, 201])[1] == ["200 down ops", "200 down chat"]
    assert lines == []


def test_one_member_that_is_not_hushed_is_enough() -> None:
    """As long as that one is ill."""
    incident = opened(changed(URL), changed("https://a.example/2"))

    def first(member: Member) -> bool:
        return member.key == URL

    assert at(incident, [10], first)[1] == ["10 down ops"]
    ill, well = incident.members
    rest = replace(incident, members=(ill, replace(well, ended=NOW + 3)))
    assert at(rest, [10], first)[1] == []
    over = replace(rest, members=(replace(ill, ended=NOW + 9), rest.members[1]), closed=NOW + 9)
    assert at(over, [10], first)[1] == []


def test_reminders_and_escalation() -> None:
    """Again and again to those who know, once to those who should; then to all of them."""
    _, lines = at(incident_of(), [10, 609, 610, 1210, 1510, 1810, 2410])
    assert lines == [
        "10 down ops",
        "10 down chat",
        "610 reminder ops",
        "610 reminder chat",
        "1210 reminder ops",
        "1210 reminder chat",
        "1510 escalation boss",
        "1810 reminder ops",
        "1810 reminder chat",
        "1810 reminder boss",
        "2410 reminder ops",
        "2410 reminder chat",
        "2410 reminder boss",
    ]


def test_missed_reminders_are_told_once() -> None:
    """After hours without a monitor there is one, with the next number; the escalation as well."""
    incident, _ = at(incident_of(), [10])
    incident, messages = plan_messages(incident, NOW + 7200, nobody)
    assert said(messages) == ["reminder ops", "reminder chat", "escalation boss"]
    assert messages[0].id == f"{incident.id}-reminder-1-ops"
    assert at(incident, [7201, 7799, 7800])[1][0] == "7800 reminder ops"


def test_a_channel_that_is_escalated_to_gets_no_reminder_with_it() -> None:
    """One message at a time is enough."""
    policy = replace(TELLING, escalate_to=("ops",), remind_every=100.0, escalate_after=100.0)
    incident, lines = at(incident_of(policy), [10, 110])
    assert lines[2:] == ["110 reminder chat", "110 escalation ops"]
    assert at(closed(incident, NOW + 120), [120])[1] == ["120 up ops", "120 up chat"]


def test_acknowledged() -> None:
    """Once acknowledged, only the end is sent."""
    incident, _ = at(incident_of(), [10])
    incident = acknowledge(incident, NOW + 20, "ann")
    assert next_time(incident, nobody) is None
    incident, lines = at(incident, [610, 1510, 9999])
    assert lines == []
    assert at(closed(incident, NOW + 10_000), [10_000])[1] == ["10000 up ops", "10000 up chat"]


def test_hushed_while_it_lasts() -> None:
    """Reminders and escalation wait for the end of a silence."""
    incident, _ = at(incident_of(), [10])
    incident, lines = at(incident, [610, 1510, 1600], everybody)
    assert lines == []
    later = at(incident, [1700])[1]
    assert later == ["1700 reminder ops", "1700 reminder chat", "1700 escalation boss"]


def test_escalation_alone() -> None:
    """People may want to hear only of what lasts."""
    incident, lines = at(incident_of(replace(TELLING, channels=())), [10, 1509, 1510, 2110])
    assert lines == ["1510 escalation boss", "2110 reminder boss"]
    assert at(closed(incident, NOW + 3000), [3000])[1] == ["3000 up boss"]
    brief = incident_of(replace(TELLING, channels=()))
    assert at(closed(brief, NOW + 60), [60])[1] == []


def test_nobody_to_tell() -> None:
    """Nothing is planned, then or later."""
    incident = incident_of(replace(TELLING, channels=(), escalate_to=()))
    assert at(incident, [10, 9999]) == (incident, [])
    assert next_time(incident, nobody) is None


def test_from_degraded_to_down() -> None:
    """People hear of it by a reminder at once, though they asked for none; and only once."""
    held = open_incidents()
    [slow] = held.apply([changed(URL, DEGRADED)], NOW)
    slow, lines = at(slow, [10])
    held.put(slow)
    [worse] = held.apply([changed(URL, DOWN, at=NOW + 60)], NOW + 60)
    assert next_time(worse, nobody) == NOW + 60
    worse, more = at(worse, [60, 61, 9999])
    held.put(worse)
    [over] = held.apply([changed(URL, UP, at=NOW + 10_000)], NOW + 10_000)
    assert lines + more + at(over, [10_000])[1] == [
        "10 down ops",
        "60 reminder ops",
        "10000 up ops",
    ]


def test_from_degraded_to_down_at_once() -> None:
    """Told and worse in the same moment, or after the clock was set back, is not lost."""
    held = open_incidents()
    [slow] = held.apply([changed(URL, DEGRADED)], NOW)
    slow, _ = at(slow, [10])
    held.put(slow)
    [worse] = held.apply([changed(URL, DOWN, at=NOW + 10)], NOW + 10)
    assert at(worse, [10.001])[1] == ["10.001 reminder ops"]


@pytest.mark.parametrize(
    ("moments", "expected"),
    [([], 10), ([10], 610), ([10, 610], 1210), ([10, 610, 1210], 1510)],
)
def test_next_time(moments: list[float], expected: float) -> None:
    """What comes first of telling, reminding and escalating."""
    incident, _ = at(incident_of(), moments)
    assert next_time(incident, nobody) == NOW + expected
    assert next_time(incident, everybody) is None


def test_acknowledge() -> None:
    """The first one counts, and only while it lasts."""
    incident = acknowledge(incident_of(), NOW + 1, "ann")
    assert (incident.acknowledged, incident.acknowledged_by) == (NOW + 1, "ann")
    assert acknowledge(incident, NOW + 2, "bob") is incident
    over = closed(incident_of(), NOW + 3)
    assert acknowledge(over, NOW + 4, "ann") is over


def test_named() -> None:
    """By the beginning of an id, when it is that of one only."""
    one, other = (replace(incident_of(), id=id) for id in ("ab1", "ab2"))
    assert find_by_prefix([one, other], "ab1") is one
    assert find_by_prefix([one, other], "ab") is None
    assert find_by_prefix([one, other], "c") is None
    assert find_by_prefix([one], "") is None


def test_offline() -> None:
    """One notice, whether it is over by then or not, and nothing when it is."""
    lost = connectivity_lost(
        "x", NOW, NOW - 20, "no control target answered", ["ops", "chat", "ops"]
    )
    assert next_time(lost, nobody) == NOW
    lost, lines = at(lost, [0, 1, 9999])
    assert lines == ["0 notice ops", "0 notice chat"]
    assert next_time(lost, nobody) is None
    back = resolve(lost, NOW + 300)
    assert (back.closed, back.began) == (NOW + 300, NOW - 20)
    assert at(back, [300])[1] == []
    assert resolve(back, NOW + 400) is back


def test_a_channel_that_does_not_deliver() -> None:
    """The others are notified; if there are none, nobody is."""
    failing = channel_failing("x", NOW, NOW - 60, "mail", "refused", ["mail", "ops"])
    failing, lines = at(failing, [0, 600])
    assert lines == ["0 notice ops"]
    assert at(resolve(failing, NOW + 700), [700])[1] == []
    assert at(channel_failing("x", NOW, NOW, "mail", "refused", ["mail"]), [0])[1] == []
