"""A monitor that does not run, and its history, made up for the page's tests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fetcher.judgement.expectations import NOTHING_SPECIAL
from fetcher.judgement.verdict import Health, Trouble
from fetcher.model import Timings
from fetcher.monitor.conditions import Uptime
from fetcher.monitor.history.history_rows import Bucket, CheckRow, Day
from fetcher.monitor.incident import (
    DeliveryStatus,
    Incident,
    Member,
    Message,
    MessageKind,
    Silence,
    message_id,
)
from fetcher.monitor.live_view import Query, SearchResult, TargetView, Vitals
from fetcher.monitor.plan import ChannelSettings, Interval, MonitorTarget, Plan
from fetcher.monitor.target_index import TargetIndex
from fetcher.monitor.target_state import Condition, Observation, State

NOW = 1_795_240_800.0
"""2026-11-21 06:00:00 UTC."""

DAY = 86400.0
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"

_HEALTH = {
    Condition.NEW: Health.UNKNOWN,
    Condition.UP: Health.HEALTHY,
    Condition.DEGRADED: Health.DEGRADED,
    Condition.DOWN: Health.UNHEALTHY,
}


def view(
    key: str,
    condition: Condition = Condition.UP,
    *,
    text: str = "",
    name: str = "",
    group: str = "",
    url: str = "",
    **observed: object,
) -> TargetView:
    """A target in a condition, checked a moment ago."""
    url = url or (key if "://" in key else f"https://{key}.example/")
    watched = MonitorTarget(key, url, Interval(60.0), NOTHING_SPECIAL, name=name, group=group)
    bad = condition in (Condition.DOWN, Condition.DEGRADED)
    found: dict[str, object] = {
        "trouble": Trouble.SERVER_ERROR if bad else None,
        "status": 503 if condition is Condition.DOWN else 200,
        "elapsed": 0.123,
        "due": NOW - 20,
        "ip": "192.0.2.7",
        "expires": NOW + 40 * DAY,
        "http_version": "1.1",
        "tls_version": "1.3",
        "timings": Timings(0.011, 0.022, 0.033, 0.044, 0.055),
    }
    latest = Observation(NOW - 20, _HEALTH[condition], text=text, **(found | observed))  # type: ignore[arg-type]
    return TargetView(watched, State(condition, NOW - 7 * DAY - 3600), latest)


def incident(id: str = "i1", *members: Member, **changes: object) -> Incident:
    """An incident that began ten minutes ago."""
    members = members or (Member("shop", "https://shop.example/", "Shop", NOW - 600, text="503"),)
    values: dict[str, object] = {
        "cause": "the host shop.example",
        "members": members,
        "channels": ("mail",),
        "notified": ("mail",),
        "notified_at": NOW - 580,
    }
    made = Incident(id, NOW - 600, NOW - 590, Condition.DOWN, "server_error", "status 503")
    return replace(made, **(values | changes))  # type: ignore[arg-type]


def message(incident: str, kind: MessageKind = MessageKind.DOWN, **changes: object) -> Message:
    """A message that has arrived."""
    made = Message(message_id(incident, kind, "mail"), incident, "mail", kind, NOW - 590, NOW - 590)
    values: dict[str, object] = {"status": DeliveryStatus.SENT, "attempts": 1, "sent": NOW - 580}
    return replace(made, **(values | changes))  # type: ignore[arg-type]


@dataclass
class MadeUp:
    """A monitor, as far as its page sees it; what it is asked to do is kept in `asked`."""

    views: Iterable[TargetView] = ()
    lasting: list[Incident] = field(default_factory=list)
    silenced: list[Silence] = field(default_factory=list)
    state: Vitals = field(default_factory=lambda: Vitals(NOW - 3600, NOW, ready=True))
    plan: Plan = field(
        default_factory=lambda: Plan((), channels=(ChannelSettings("mail", "email"),))
    )
    asked: list[tuple[object, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.board = TargetIndex(self.views)

    def counts(self) -> Mapping[Condition, int]:
        """How many targets are in each condition."""
        return self.board.counts()

    def groups(self) -> Mapping[str, Mapping[Condition, int]]:
        """The same by group."""
        return self.board.groups()

    def find(self, query: Query) -> SearchResult:
        """Find targets."""
        return self.board.find(query)

    def get(self, key: str) -> TargetView | None:
        """Give one target."""
        return self.board.get(key)

    def incidents(self) -> Sequence[Incident]:
        """The incidents that last."""
        return self.lasting

    def silences(self) -> Sequence[Silence]:
        """The silences that last."""
        return self.silenced

    def vitals(self) -> Vitals:
        """How it is."""
        return self.state

    async def acknowledge(self, incident: str, by: str) -> bool:
        """Note it on the incident."""
        self.asked.append(("acknowledge", incident, by))
        for place, one in enumerate(self.lasting):
            if one.id == incident:
                self.lasting[place] = replace(one, acknowledged=NOW, acknowledged_by=by)
                return True
        return False

    async def silence(self, pattern: str, until: float, by: str, why: str = "") -> Silence:
        """Make a silence."""
        self.asked.append(("silence", pattern, until, by, why))
        made = Silence(f"s{len(self.silenced)}", pattern, until, by, why, NOW)
        self.silenced.append(made)
        return made

    async def unsilence(self, silence: str) -> bool:
        """End a silence."""
        self.asked.append(("unsilence", silence))
        before = len(self.silenced)
        self.silenced[:] = [one for one in self.silenced if one.id != silence]
        return len(self.silenced) < before


@dataclass
class Past:
    """A history in memory, the same for every target; error: raised by every question."""

    happened: list[Incident] = field(default_factory=list)
    told: list[Message] = field(default_factory=list)
    made: list[CheckRow] = field(default_factory=list)
    error: Exception | None = None

    def _look(self) -> None:
        if self.error is not None:
            raise self.error

    def checks(self, key: str, since: float, until: float, most: int) -> list[CheckRow]:
        """Single checks, newest first."""
        self._look()
        return self.made[:most]

    def series(self, key: str, since: float, until: float, points: int) -> list[Bucket]:
        """One stretch with answers in each of 24, and some that failed."""
        self._look()
        step = (until - since) / 24
        return [
            Bucket(since + n * step, step, 60, 60 - n % 5, 0, n % 5, 0, 0.1, 0.15 + n / 100, 0.4)
            for n in range(24)
            if n not in (10, 11, 12)
        ]

    def days(self, keys: Iterable[str], first_day: float, last_day: float) -> dict[str, list[Day]]:
        """Every day of each target; some of them worse than others."""
        self._look()
        bad = {3: Uptime(up=DAY - 3600, down=3600), 5: Uptime(up=DAY - 60, degraded=60)}
        bad |= {8: Uptime(maintenance=DAY), 9: Uptime(unwatched=DAY)}
        starts = range(int(first_day), int(last_day) + 1, int(DAY))
        days = [Day(float(at), bad.get(n, Uptime(up=DAY))) for n, at in enumerate(starts)]
        return dict.fromkeys(keys, days)

    def uptime(self, key: str, since: float, until: float) -> Uptime:
        """How the time counts."""
        self._look()
        return Uptime(until - since - 1000, 100, 400, 300, 200)

    def incidents(
        self, before: float | None = None, limit: int = 50, key: str | None = None, text: str = ""
    ) -> list[Incident]:
        """Incidents, newest first."""
        self._look()
        found = [
            one
            for one in self.happened
            if (before is None or one.opened < before)
            and (key is None or any(member.key == key for member in one.members))
            and text in one.text
        ]
        return sorted(found, key=lambda one: -one.opened)[:limit]

    def incident(self, id: str) -> Incident | None:
        """One incident."""
        self._look()
        return next((one for one in self.happened if one.id == id), None)

    def messages(self, incident: str) -> list[Message]:
        """The messages about an incident."""
        self._look()
        return [one for one in self.told if one.incident == incident]
