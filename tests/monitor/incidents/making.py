"""Targets that change, and incidents that follow from it."""

from random import Random

from fetcher.judgement.expectations import NOTHING_SPECIAL
from fetcher.judgement.verdict import Health, Trouble
from fetcher.monitor.incident import Incident, Member
from fetcher.monitor.incidents import ChangedTarget, IncidentIds, OpenIncidents, causes_of
from fetcher.monitor.plan import Interval, MonitorTarget, Policy
from fetcher.monitor.target_state import Condition, ConditionChange, Observation

NOW = 1_800_000_000.0
"""2027-01-15, 08:00 UTC."""
POLICY = Policy(channels=("ops",), group_wait=10.0)
UP, DEGRADED, DOWN = Condition.UP, Condition.DEGRADED, Condition.DOWN

_HEALTH = {UP: Health.HEALTHY, DEGRADED: Health.DEGRADED, DOWN: Health.UNHEALTHY}


def monitored(
    url: str = "https://a.example/", *, key: str = "", name: str = "", policy: Policy = POLICY
) -> MonitorTarget:
    """A target that is known by its name or its URL."""
    return MonitorTarget(key or name or url, url, Interval(60.0), NOTHING_SPECIAL, policy, name)


def found(
    after: Condition = DOWN,
    trouble: Trouble | None = Trouble.CONNECT,
    *,
    at: float = NOW,
    text: str = "the connection was refused",
    status: int | None = None,
    ip: str = "",
    fingerprint: str = "",
) -> Observation:
    """What the check found that made the change."""
    if after is UP:
        return Observation(at, Health.HEALTHY, status=200)
    return Observation(at, _HEALTH[after], trouble, text, status, ip=ip, fingerprint=fingerprint)


def changed(
    target: MonitorTarget | str,
    after: Condition = DOWN,
    trouble: Trouble | None = Trouble.CONNECT,
    *,
    at: float = NOW,
    ip: str = "",
    text: str = "the connection was refused",
    quiet: bool = False,
    flapping: bool = False,
) -> ChangedTarget:
    """A target that is so now; the first check that showed it was half a minute before."""
    target = monitored(target) if isinstance(target, str) else target
    observation = found(after, trouble, at=at, text=text, ip=ip)
    before = DOWN if after is UP else UP
    change = ConditionChange(at, at - 30.0, before, after, flapping)
    return ChangedTarget(target, change, observation, causes_of(target, observation), quiet)


def open_incidents(*incidents: Incident) -> OpenIncidents:
    """No incidents, or these; the ids of new ones are the same each time."""
    return OpenIncidents(incidents, new_id=IncidentIds(Random(6)))


def opened(*changes: ChangedTarget, now: float = NOW) -> Incident:
    """The one incident that such changes open."""
    [incident] = open_incidents().apply(changes, now)
    return incident


def nobody(member: Member) -> bool:
    """Nothing is silenced."""
    return False


def everybody(member: Member) -> bool:
    """Everything is silenced."""
    return True
