"""What all rows of a report come to; its size does not depend on how many there are.

One URL as a report knows it.

How long answers took, in a size that does not depend on how many there were.

What a report says about each health and each kind of trouble.
"""

import heapq
import math
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field, fields

from fetcher.judgement.verdict import Health, Trouble


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """One URL of a report; each field is the column of its name.

    Texts are clean: on one line, without control characters. Times are in milliseconds.
    """

    url: str
    health: str
    trouble: str | None
    reason: str
    flaky: str | None
    status: int | None
    final_url: str | None
    redirect_chain: str
    title: str | None
    elapsed_ms: float | None
    dns_ms: float | None
    connect_ms: float | None
    tls_ms: float | None
    first_byte_ms: float | None
    body_ms: float | None
    ip: str | None
    cert_days_left: int | None
    attempts: int
    source: str

    @property
    def healthy(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.health == Health.HEALTHY.value

    @property
    def phases(self) -> tuple[float, ...]:
        """What each of PHASES took in the last request; 0 where it did not happen."""
        times = (self.dns_ms, self.connect_ms, self.tls_ms, self.first_byte_ms, self.body_ms)
        return tuple([ms or 0.0 for ms in times])


PHASES = ("DNS", "connect", "TLS", "first byte", "body")
"""The phases of a request, in their order, as people read them."""

REPORT_COLUMNS = tuple(field.name for field in fields(ReportEntry))
"""The columns that the rows of a report have, in this order."""


def milliseconds(ms: float) -> str:
    """Write a duration with its unit, in about three digits."""
    if ms >= 9_995:
        return f"{ms / 1000:,.1f} s"
    if ms >= 999.5:
        return f"{ms / 1000:.2f} s"
    return f"{ms:.0f} ms" if ms >= 9.95 else f"{ms:.1f} ms"


def counted(count: int) -> str:
    """Say how many URLs."""
    return f"{count:,} URL" if count == 1 else f"{count:,} URLs"


BOUNDS = tuple(digit * 10.0**power for power in range(5) for digit in (1, 2, 5))
"""Upper ends of the classes, in milliseconds: 1, 2, 5, 10 and so on; one more is above all."""

# Two neighbouring steps differ by one percent: nobody acts on less.
_STEP = math.log(1.01)
_LEAST = 0.05


@dataclass(slots=True)
class Latencies:
    """A distribution of durations.

    classes: how many there are in each class of BOUNDS, the last one being for those above.
    longest: in milliseconds.
    """

    count: int = 0
    longest: float = 0.0
    classes: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    _steps: Counter[int] = field(default_factory=Counter)

    def add(self, ms: float) -> None:
        """Count a duration, in milliseconds."""
        self.count += 1
        self.longest = max(self.longest, ms)
        self.classes[bisect_left(BOUNDS, ms)] += 1
        self._steps[math.floor(math.log(max(ms, _LEAST)) / _STEP)] += 1

    def quantile(self, share: float) -> float:
        """Say, to within one percent, what this share of them (0 to 1) does not exceed.

        By nearest rank; 0 when there are none.
        """
        rank = max(1, math.ceil(share * self.count))
        for step in sorted(self._steps):
            rank -= self._steps[step]
            if rank <= 0:
                return min(math.exp((step + 1) * _STEP), self.longest)
        return 0.0


_SLOWEST = 5
_EXAMPLES = 200
_GRAVITY = {
    health.value: place
    for place, health in enumerate(
        (Health.UNHEALTHY, Health.UNKNOWN, Health.DEGRADED, Health.HEALTHY)
    )
}


@dataclass(slots=True)
class Group:
    """The URLs with the same health and the same kind of trouble: how many, and the first ones."""

    health: str
    trouble: str
    count: int = 0
    first: list[ReportEntry] = field(default_factory=list)


@dataclass(slots=True)
class Totals:
    """Counts over entries: add each one once.

    healths: how often each. seconds: of all last attempts together. latencies: of what answered.
    phases: of the last requests.
    """

    count: int = 0
    healths: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    latencies: Latencies = field(default_factory=Latencies)
    phases: Latencies = field(default_factory=Latencies)
    _groups: dict[tuple[str, str], Group] = field(default_factory=dict)
    _slowest: list[tuple[float, int, ReportEntry]] = field(default_factory=list)

    def add(self, entry: ReportEntry) -> None:
        """Count one entry."""
        self.count += 1
        self.healths[entry.health] += 1
        if not entry.healthy:
            self._add_to_group(entry)
        if entry.elapsed_ms is not None:
            self.seconds += entry.elapsed_ms / 1000
            if entry.status is not None:
                self._add_answer(entry, entry.elapsed_ms)
        if (spent := sum(entry.phases)) > 0:
            self.phases.add(spent)

    def of(self, *healths: Health) -> int:
        """How many have one of these healths."""
        return sum(self.healths[health.value] for health in healths)

    def groups(self, *healths: Health) -> list[Group]:
        """Those with one of these healths by trouble, the gravest first, then the largest."""
        wanted = {health.value for health in healths}
        found = [group for group in self._groups.values() if group.health in wanted]
        return sorted(found, key=lambda g: (_GRAVITY.get(g.health, 0), -g.count, g.trouble))

    def slowest(self) -> list[ReportEntry]:
        """Those whose answers took longest, slowest first."""
        return [entry for _, _, entry in sorted(self._slowest, reverse=True)]

    def _add_to_group(self, entry: ReportEntry) -> None:
        key = entry.health, entry.trouble or ""
        group = self._groups.setdefault(key, Group(*key))
        group.count += 1
        if len(group.first) < _EXAMPLES:
            group.first.append(entry)

    def _add_answer(self, entry: ReportEntry, elapsed: float) -> None:
        self.latencies.add(elapsed)
        # Of two that took as long, the earlier one counts as slower; entries cannot be compared.
        item = (elapsed, -self.count, entry)
        if len(self._slowest) < _SLOWEST:
            heapq.heappush(self._slowest, item)
        else:
            heapq.heappushpop(self._slowest, item)


ORDER = (Health.HEALTHY, Health.DEGRADED, Health.UNHEALTHY, Health.UNKNOWN)
"""The order in which healths are counted."""

MEANINGS = {
    Trouble.GONE: "The server says that there is nothing at this URL.",
    Trouble.CLIENT_ERROR: "The server refuses the request.",
    Trouble.SERVER_ERROR: "The server could not answer the request.",
    Trouble.DNS: "The host name does not resolve to an address.",
    Trouble.CONNECT: "No connection, or one that broke.",
    Trouble.TLS: "The server could not be trusted, or its certificate soon cannot be.",
    Trouble.TIMEOUT: "No answer in time, or a slow one.",
    Trouble.PROTOCOL: "Not HTTP, or HTTP or TLS older than expected.",
    Trouble.BLOCKED: "Bot protection answered; a browser may well get through.",
    Trouble.RATE_LIMITED: "Asked too often; nothing is said about the page.",
    Trouble.REDIRECT: "Redirects that do not end, or end elsewhere.",
    Trouble.CONTENT: "The body is not what was expected, or not all there.",
    Trouble.SOFT_404: "A success by its status, but the page says that there is nothing.",
    Trouble.FLAKY: "It failed, and went well when it was tried again.",
    Trouble.INPUT: "The input is wrong; correct it.",
    Trouble.DENIED: "Not fetched, because a rule forbids it.",
    Trouble.LOCAL: "The cause is on this machine or in its network, not at the URL.",
}
"""One plain sentence for each kind of trouble."""


def meaning(trouble: str) -> str:
    """What a kind of trouble means, "" for one that is not known."""
    try:
        return MEANINGS[Trouble(trouble)]
    except ValueError:
        return ""


def headline(totals: Totals) -> str:
    """Say in a few words how things are: what is worst, and of how many."""
    if not totals.count:
        return "No URLs were checked"
    for health, single, several in (
        (Health.UNHEALTHY, "is unhealthy", "are unhealthy"),
        (Health.UNKNOWN, "could not be judged", "could not be judged"),
        (Health.DEGRADED, "is degraded", "are degraded"),
    ):
        if count := totals.of(health):
            verb = single if count == 1 else several
            return f"{count:,} of {counted(totals.count)} {verb}"
    return "The URL is healthy" if totals.count == 1 else f"All {totals.count:,} URLs are healthy"


PARTIAL = "This report is partial: the run ended before all URLs were checked."
"""What a report of an interrupted run says."""
