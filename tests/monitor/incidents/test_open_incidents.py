"""From changes of targets to incidents."""

from dataclasses import replace
from random import Random

import pytest

from fetcher.failures import FailureKind
from fetcher.judgement.verdict import Trouble
from fetcher.monitor.incident import Incident
from fetcher.monitor.incidents import (
    ChangedTarget,
    IncidentIds,
    OpenIncidents,
    causes_of,
    connectivity_lost,
    plan_messages,
    resolve,
)
from fetcher.monitor.incidents.incident_rules import AT_ONCE, FRESH
from fetcher.monitor.plan import Policy
from fetcher.monitor.target_state import Condition
from tests.monitor.incidents.making import (
    DEGRADED,
    DOWN,
    NOW,
    POLICY,
    UP,
    changed,
    monitored,
    nobody,
    open_incidents,
    opened,
)

A, A2, B = "https://a.example/1", "https://a.example/2", "https://b.example/1"
T = Trouble


def told(held: OpenIncidents, incident: Incident, now: float = NOW + 60.0) -> Incident:
    """Tell people of it."""
    planned, messages = plan_messages(incident, now, nobody)
    assert messages
    held.put(planned)
    return planned


def test_an_incident_says_what_is_wrong() -> None:
    """What, since when, and who is notified."""
    incident = opened(changed(A, ip="192.0.2.1"))
    assert incident.began == NOW - 30.0
    assert incident.opened == NOW
    assert incident.notify_from == NOW + 10.0
    assert incident.condition is DOWN
    assert (incident.trouble, incident.text) == ("connect", "the connection was refused")
    assert incident.cause == "the address 192.0.2.1:443"
    assert incident.causes == {"host:a.example", "address:192.0.2.1:443"}
    assert incident.channels == ("ops",)
    assert [member.key for member in incident.members] == [A]


def test_one_host_is_one_incident() -> None:
    """Also when it fails in several ways, and over several rounds."""
    held = open_incidents()
    [first] = held.apply([changed(A), changed(A2, trouble=T.SERVER_ERROR)], NOW)
    [second] = held.apply([changed("https://a.example/3", at=NOW + 5, trouble=T.DNS)], NOW + 5)
    assert second.id == first.id
    assert [member.key for member in second.failing] == [A, A2, "https://a.example/3"]


def test_one_address_is_one_incident() -> None:
    """Another host's failure is known to be the same by where it was asked."""
    held = open_incidents()
    [incident] = held.apply([changed(A, ip="192.0.2.1"), changed(B, ip="192.0.2.1")], NOW)
    [incident] = held.apply([changed("https://b.example/2", trouble=T.SERVER_ERROR)], NOW)
    assert len(incident.members) == 3


def test_what_has_nothing_in_common_is_apart() -> None:
    """Two hosts, and two pages of one host that are each wrong in themselves."""
    changes = [changed(A), changed(B), changed(A2, trouble=T.CONTENT)]
    changes.append(changed("https://a.example/3", trouble=T.CONTENT))
    incidents = open_incidents().apply(changes, NOW)
    assert len(incidents) == len({incident.id for incident in incidents}) == 4
    assert [incident.id for incident in incidents] == sorted([one.id for one in incidents])


def test_who_has_to_be_told_by_others_is_apart() -> None:
    """People who are not notified of an incident would never hear of a target that joined it."""
    others = monitored(A2, policy=replace(POLICY, channels=("shop",)))
    assert len(open_incidents().apply([changed(A), changed(others)], NOW)) == 2


def test_well_again() -> None:
    """An incident is over with its last member, and not before."""
    held = open_incidents()
    held.apply([changed(A), changed(A2)], NOW)
    [going_on] = held.apply([changed(A, UP, at=NOW + 60)], NOW + 60)
    assert going_on.open
    assert [member.ended for member in going_on.members] == [NOW + 60, None]
    [over] = held.apply([changed(A2, UP, at=NOW + 90)], NOW + 90)
    assert over.closed == NOW + 90
    assert held.all == []


def test_never_opened_again() -> None:
    """The next failure is the next incident."""
    held = open_incidents()
    [first] = held.apply([changed(A)], NOW)
    held.apply([changed(A, UP, at=NOW + 60)], NOW + 60)
    [second] = held.apply([changed(A, at=NOW + 61)], NOW + 61)
    assert second.id > first.id


def test_back_in() -> None:
    """A member that falls ill again while the others still are is there once."""
    held = open_incidents()
    held.apply([changed(A), changed(A2)], NOW)
    held.apply([changed(A, UP, at=NOW + 60)], NOW + 60)
    [incident] = held.apply([changed(A, at=NOW + 120)], NOW + 120)
    assert [member.key for member in incident.failing] == [A2, A]


@pytest.mark.parametrize("after", [DOWN, UP])
def test_the_same_again_changes_nothing(after: Condition) -> None:
    """So it may be said again, after a crash or at the end of announced work."""
    held = open_incidents()
    held.apply([changed(A, after)], NOW)
    assert held.apply([changed(A, after, at=NOW + 5)], NOW + 5) == []


def test_degraded_is_told_where_people_want_it() -> None:
    """Otherwise it opens nothing, and is as good as well."""
    quiet = monitored(A, policy=replace(POLICY, alert_degraded=False))
    held = open_incidents()
    assert held.apply([changed(quiet, DEGRADED)], NOW) == []
    [down] = held.apply([changed(quiet)], NOW)
    [over] = held.apply([changed(quiet, DEGRADED, at=NOW + 9)], NOW + 9)
    assert (down.open, over.open) == (True, False)
    assert opened(changed(A, DEGRADED)).condition is DEGRADED


def test_an_incident_gets_graver_but_never_milder() -> None:
    """It is as grave as the worst that was seen in it."""
    held = open_incidents()
    held.apply([changed(A, DEGRADED, T.TIMEOUT, text="slow")], NOW)
    [down] = held.apply([changed(A, text="refused", at=NOW + 5)], NOW + 5)
    assert (down.condition, down.text, down.notify_from) == (DOWN, "refused", NOW + 10)
    assert down.members[0].text == "refused"
    assert held.apply([changed(A, DEGRADED, at=NOW + 9)], NOW + 9) == []


def test_from_wrong_to_silent() -> None:
    """The most severe failure is what people read, and nobody is notified twice for it."""
    held = open_incidents()
    [first] = held.apply([changed(A, trouble=T.SERVER_ERROR, text="status 503")], NOW)
    before = told(held, first)
    [incident] = held.apply([changed(A2, trouble=T.CONNECT, text="refused")], NOW + 70)
    assert (incident.trouble, incident.text) == ("connect", "refused")
    assert incident.notify_from == before.notify_from


def test_worse_than_people_know() -> None:
    """Whoever knew it as degraded is notified again, and has not acknowledged that."""
    held = open_incidents()
    [slow] = held.apply([changed(A, DEGRADED, T.TIMEOUT)], NOW)
    known = told(held, slow)
    held.put(replace(known, acknowledged=NOW + 70, acknowledged_by="ann"))
    [worse] = held.apply([changed(A, at=NOW + 90)], NOW + 90)
    assert worse.notify_from == NOW + 90
    assert (worse.acknowledged, worse.acknowledged_by) == (None, "")


def test_a_page_that_is_long_broken_hides_no_outage() -> None:
    """After a while, what fails anew opens an incident of its own, however grave it is."""
    held = open_incidents()
    [page] = held.apply([changed(A, trouble=T.SERVER_ERROR)], NOW)
    told(held, page)
    later = NOW + FRESH + 1
    [other] = held.apply([changed(A2, trouble=T.SERVER_ERROR, at=later)], later)
    assert other.id != page.id
    third, fourth = "https://a.example/3", "https://a.example/4"
    [host] = held.apply([changed(third, at=later), changed(fourth, at=later)], later)
    assert host.id == other.id
    assert len(host.members) == 3


def test_what_nobody_was_told_of_may_get_graver_at_any_time() -> None:
    """It was silenced for hours, and is reported as what it is by then."""
    held = open_incidents()
    [page] = held.apply([changed(A, trouble=T.SERVER_ERROR)], NOW)
    later = NOW + FRESH + 1
    [same] = held.apply([changed(A2, at=later)], later)
    assert (same.id, same.trouble) == (page.id, "connect")


def test_the_oldest_that_fits() -> None:
    """Where two have a cause in common with a failure, it is the first that it joins."""
    held = open_incidents()
    host, address = held.apply([changed(A), changed(B, ip="192.0.2.1")], NOW)
    [joined] = held.apply([changed(A2, ip="192.0.2.1")], NOW)
    assert joined.id == host.id < address.id


def test_causes_that_come_later() -> None:
    """What is found when a member gets worse joins others, too."""
    held = open_incidents()
    [slow] = held.apply([changed(A, DEGRADED, T.CONTENT)], NOW)
    held.apply([changed(A, at=NOW + 5)], NOW + 5)
    [joined] = held.apply([changed(A2, at=NOW + 6)], NOW + 6)
    assert joined.id == slow.id


def test_an_incident_with_other_members_takes_the_place_of_the_one_before() -> None:
    """Whoever is ill in it is found, whoever is not is free."""
    held = open_incidents()
    [incident] = held.apply([changed(A), changed(A2)], NOW)
    held.put(replace(incident, members=incident.members[:1]))
    assert (held.of_target(A2), held.of_target(A)) == (None, held.get(incident.id))


def test_the_impatient_set_the_pace() -> None:
    """Of all that the members' policies ask for, the earliest counts."""
    soon = Policy(channels=("ops",), group_wait=1.0, remind_every=60.0, escalate_after=None)
    late = replace(soon, group_wait=30.0, remind_every=600.0)
    incident = opened(changed(monitored(A, policy=late)), changed(monitored(A2, policy=soon)))
    assert (incident.notify_from, incident.remind_every) == (NOW + 1, 60.0)


def test_announced_work() -> None:
    """What gets worse meanwhile opens nothing; said again afterwards, it does."""
    held = open_incidents()
    assert held.apply([changed(A, quiet=True)], NOW) == []
    assert held.of_target(A) is None
    assert len(held.apply([changed(A)], NOW)) == 1


def test_no_longer_monitored() -> None:
    """A target that is gone from the configuration is out of its incident, as others are well."""
    held = open_incidents()
    held.apply([changed(A), changed(A2)], NOW)
    [going_on] = held.forget([A, B], NOW + 5)
    assert going_on.open
    assert going_on.members[0].text == "no longer monitored"
    [over] = held.forget([A2], NOW + 6)
    assert over.closed == NOW + 6
    assert plan_messages(over, NOW + 60, nobody)[1] == ()


def test_no_longer_monitored_and_known() -> None:
    """Whoever was notified of it is notified of its end."""
    held = open_incidents()
    [incident] = held.apply([changed(A)], NOW)
    told(held, incident)
    [over] = held.forget([A], NOW + 90)
    _, messages = plan_messages(over, NOW + 90, nobody)
    assert [(message.kind, message.channel) for message in messages] == [("up", "ops")]


def test_flapping() -> None:
    """An incident that a target goes up and down in says so."""
    held = open_incidents()
    held.apply([changed(A)], NOW)
    [incident] = held.apply([changed(A, flapping=True, at=NOW + 5)], NOW + 5)
    assert incident.flapping


def test_from_what_was_kept() -> None:
    """Made of open incidents, it continues as the previous one would have."""
    held = open_incidents()
    held.apply([changed(A), changed(B), changed(A2)], NOW)
    again = open_incidents(*held.all)
    assert again.all == held.all
    more = [changed(A, UP, at=NOW + 9), changed("https://b.example/2", at=NOW + 9)]
    assert again.apply(more, NOW + 9) == held.apply(more, NOW + 9)


def test_incidents_about_the_monitor_are_kept_too() -> None:
    """Nothing joins them, and they leave when they are closed."""
    held = open_incidents()
    lost = connectivity_lost("x1", NOW, NOW - 9, "no control target answered", ["ops"])
    held.put(lost)
    [other] = held.apply([changed(A)], NOW)
    assert held.all == [lost, other]
    assert held.get("x1") == lost
    held.put(resolve(lost, NOW + 60))
    assert held.all == [other]


def test_all_at_once() -> None:
    """Twenty thousand targets behind one address are one incident, made in one go."""
    held = open_incidents()
    many = [changed(f"https://h{n}.example/", ip="192.0.2.1") for n in range(20_000)]
    [incident] = held.apply(many, NOW)
    assert len(incident.failing) == 20_000
    assert len(held.apply([changed(one.target, UP, at=NOW + 9) for one in many], NOW + 9)) == 1
    assert held.all == []


def test_ids_sort_by_time() -> None:
    """Within a millisecond, too, and when the clock is set back."""
    make = IncidentIds(Random(1))
    ids = [make(now) for now in (NOW, NOW, NOW + 1, NOW - 3600, NOW + 2)]
    assert ids == sorted(set(ids))
    assert {len(one) for one in ids} == {16}
    assert IncidentIds(Random(2))(NOW + 3) > ids[-1]


def unresolved(url: str, at: float) -> ChangedTarget:
    """A target whose name no name server could tell."""
    change = changed(url, trouble=T.DNS, at=at)
    observation = replace(change.observation, failure=FailureKind.DNS_FAILED)
    causes = causes_of(change.target, observation)
    return replace(change, observation=observation, causes=causes)


def test_names_that_fail_at_once_are_one_incident() -> None:
    """The name servers are more likely to be the cause than two zones; not so an hour later."""
    held = open_incidents()
    [first] = held.apply([unresolved(A, NOW), unresolved(B, NOW)], NOW)
    assert len(first.members) == 2
    later = NOW + AT_ONCE + 1
    [second] = held.apply([unresolved("https://c.example/", later)], later)
    assert second.id != first.id
