"""Incidents and messages on a virtual clock, whatever happens in whatever order."""

import itertools
import math
from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fetcher.judgement.verdict import Trouble
from fetcher.monitor.incident import Incident, Member, Message, MessageKind
from fetcher.monitor.incidents import (
    ChangedTarget,
    IncidentIds,
    OpenIncidents,
    acknowledge,
    next_time,
    plan_messages,
)
from fetcher.monitor.incidents.incident_rules import FRESH
from fetcher.monitor.plan import Policy
from fetcher.monitor.target_state import Condition
from tests.monitor.incidents.making import DEGRADED, DOWN, NOW, UP, changed, monitored

EAGER = Policy(
    channels=("ops", "chat"),
    escalate_to=("boss",),
    group_wait=10.0,
    remind_every=600.0,
    escalate_after=1500.0,
)
CALM = Policy(channels=("shop",), group_wait=30.0, alert_degraded=False)
HOSTS = {"a": "192.0.2.1", "b": "192.0.2.1", "c": "192.0.2.3", "d": ""}
TARGETS = {
    f"{host}{n}": monitored(f"https://{host}.example/{n}", policy=CALM if n % 3 == 0 else EAGER)
    for host, n in itertools.product(HOSTS, range(8))
}
TROUBLES = [
    Trouble.CONNECT,
    Trouble.TIMEOUT,
    Trouble.SERVER_ERROR,
    Trouble.DNS,
    Trouble.TLS,
    Trouble.CONTENT,
]


class IncidentRules(RuleBasedStateMachine):
    """Lets targets fail and recover, people act and the monitor crash, and reads the messages."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.new_id = IncidentIds(Random(6))
        self.held = OpenIncidents(new_id=self.new_id)
        self.conditions: dict[str, Condition] = {}
        self.silenced: set[str] = set()
        self.incidents: dict[str, Incident] = {}
        self.messages: dict[str, Message] = {}
        self.audible: set[str] = set()
        self.forgotten: set[str] = set()

    @rule(
        which=st.sampled_from(list(TARGETS)),
        after=st.sampled_from([UP, DEGRADED, DOWN]),
        trouble=st.sampled_from(TROUBLES),
    )
    def changes(self, which: str, after: Condition, trouble: Trouble) -> None:
        """One target gets better or worse; it opens an incident only if none fits."""
        before = {incident.id: incident for incident in self.held.all}
        change = self.change(which, after, trouble)
        for incident in self.take([change]):
            if incident.id not in before:
                self.check_opening(incident, list(before.values()))

    @rule(host=st.sampled_from(list(HOSTS)), trouble=st.sampled_from(TROUBLES[:5]))
    def host_fails(self, host: str, trouble: Trouble) -> None:
        """All of a host goes down: that is at most one new incident for each audience."""
        before = {incident.id for incident in self.held.all}
        of_host = [which for which in TARGETS if which[0] == host]
        touched = self.take([self.change(which, DOWN, trouble) for which in of_host])
        assert len({incident.id for incident in touched} - before) <= 2

    @rule(host=st.sampled_from(list(HOSTS)))
    def host_recovers(self, host: str) -> None:
        """All of a host is well."""
        of_host = [which for which in TARGETS if which[0] == host]
        self.take([self.change(which, UP, Trouble.CONNECT) for which in of_host])

    @rule(seconds=st.sampled_from([0.5, 10.0, 60.0, 600.0, 1500.0, FRESH + 1, 86_400.0]))
    def wait(self, seconds: float) -> None:
        """Time goes by; what comes due meanwhile is looked at once, late."""
        self.now += seconds

    @rule(which=st.sampled_from(list(TARGETS)))
    def silence(self, which: str) -> None:
        """Somebody silences a target, or ends that."""
        self.silenced ^= {TARGETS[which].key}

    @precondition(lambda self: self.held.all)
    @rule(data=st.data())
    def acknowledges(self, data: st.DataObject) -> None:
        """Somebody knows of an incident."""
        incident = data.draw(st.sampled_from(self.held.all))
        self.held.put(acknowledge(incident, self.now, "ann"))

    @rule(which=st.sampled_from(list(TARGETS)))
    def forget(self, which: str) -> None:
        """The configuration no longer names a target (and names it as a new one later)."""
        self.conditions.pop(TARGETS[which].key, None)
        for incident in self.held.forget([TARGETS[which].key], self.now):
            if not incident.open and incident.notified_at is None:
                self.forgotten.add(incident.id)
            self.plan(incident)

    @rule()
    def crash(self) -> None:
        """What was not written is gone; the rest is as it was."""
        self.held = OpenIncidents(reversed(self.held.all), new_id=self.new_id)

    @invariant()
    def the_ill_are_in_one_incident_each(self) -> None:
        """And nobody else is in any."""
        for incident in self.held.all:
            self.plan(incident)
        ill = [member.key for incident in self.held.all for member in incident.failing]
        wanted = [
            target.key
            for target in TARGETS.values()
            if self.conditions.get(target.key) is DOWN
            or (self.conditions.get(target.key) is DEGRADED and target.policy.alert_degraded)
        ]
        assert sorted(ill) == sorted(wanted)
        assert all(incident.failing for incident in self.held.all)
        for incident in self.held.all:
            assert all(self.held.of_target(member.key) is incident for member in incident.failing)

    @invariant()
    def one_beginning_and_one_end(self) -> None:
        """For each incident and channel; none if it was silenced throughout."""
        counts = Counter([(one.incident, one.kind, one.channel) for one in self.messages.values()])
        for incident in self.incidents.values():
            heard = incident.id in self.audible
            for channel in ("ops", "chat", "shop", "boss"):
                downs = counts[incident.id, MessageKind.DOWN, channel]
                escalations = counts[incident.id, MessageKind.ESCALATION, channel]
                ups = counts[incident.id, MessageKind.UP, channel]
                assert downs == (heard and channel in incident.channels)
                assert escalations <= 1
                assert ups == (not incident.open and downs + escalations > 0)
                if counts[incident.id, MessageKind.REMINDER, channel]:
                    assert downs + escalations > 0

    def change(self, which: str, after: Condition, trouble: Trouble) -> ChangedTarget:
        """Make a change as it is now."""
        target = TARGETS[which]
        self.conditions[target.key] = after
        return changed(target, after, trouble, at=self.now, ip=HOSTS[which[0]])

    def take(self, changes: list[ChangedTarget]) -> list[Incident]:
        """Apply changes, and plan the messages."""
        touched = self.held.apply(changes, self.now)
        assert len(touched) == len({incident.id for incident in touched})
        for incident in touched:
            self.plan(incident)
        return touched

    def plan(self, incident: Incident) -> None:
        """Plan, keep it, and look at what is planned for later."""
        self.note_audible(incident)
        planned, messages = plan_messages(incident, self.now, self.is_silenced)
        for message in messages:
            assert message.id not in self.messages
            self.messages[message.id] = message
        self.held.put(planned)
        self.incidents[planned.id] = planned
        if planned.open:
            self.check_next(planned)

    def note_audible(self, incident: Incident) -> None:
        """Note that there was someone to tell of an incident, in plain words of the model."""
        if incident.id in self.forgotten:
            return
        due = not incident.open or self.now >= incident.notify_from
        ill = [member for member in incident.members if member.ended == incident.closed]
        if due and any(member.key not in self.silenced for member in ill):
            self.audible.add(incident.id)

    def check_next(self, incident: Incident) -> None:
        """Nothing is sent before `next_time`, and something then."""
        assert plan_messages(incident, self.now, self.is_silenced) == (incident, ())
        due = next_time(incident, self.is_silenced)
        if due is None:
            assert plan_messages(incident, self.now + 1e9, self.is_silenced) == (incident, ())
            return
        assert due > self.now
        assert plan_messages(incident, math.nextafter(due, 0), self.is_silenced) == (incident, ())
        assert plan_messages(incident, due, self.is_silenced)[1]

    def check_opening(self, incident: Incident, others: list[Incident]) -> None:
        """There was none to join: people know all with a cause in common, and for long."""
        for other in others:
            if other.causes & incident.causes and other.channels == incident.channels:
                assert other.notified_at is not None
                assert self.now - other.opened > FRESH

    def is_silenced(self, member: Member) -> bool:
        """True if a target is silenced."""
        return member.key in self.silenced


TestIncidentRules = IncidentRules.TestCase
TestIncidentRules.settings = settings(max_examples=150, stateful_step_count=50)


def test_the_rules_would_notice() -> None:
    """The model is no model if it takes an alarm for a silence, or two for one."""
    machine = IncidentRules()
    machine.host_fails("a", Trouble.CONNECT)
    machine.wait(60.0)
    machine.the_ill_are_in_one_incident_each()
    machine.one_beginning_and_one_end()
    first = next(iter(machine.messages.values()))
    machine.messages["again"] = replace(first, id="again")
    with pytest.raises(AssertionError):
        machine.one_beginning_and_one_end()
    machine.messages.clear()
    with pytest.raises(AssertionError):
        machine.one_beginning_and_one_end()
