"""What a report says of a run: one entry a URL, what all of them come to, and the words for it."""

import heapq
import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from http import HTTPStatus

from fetcher.failures import FACTS, FailureKind
from fetcher.judgement.verdict import Health, Trouble
from fetcher.units import format_elapsed

PHASES = ("DNS", "connect", "TLS", "first byte", "body")
"""The phases of a request, in their order, as people read them."""

BOUNDS = tuple(digit * 10.0**power for power in range(5) for digit in (1, 2, 5))
"""Upper ends of the classes, in milliseconds: 1, 2, 5, 10 and so on; one more is above all."""

# Two neighbouring steps differ by one percent: nobody acts on less.
_STEP = math.log(1.01)
_LEAST = 0.05
_SLOWEST = 5
_EXAMPLES = 200


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """One URL of a report; each field is the column of its name. Times are in milliseconds."""

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
    def phases(self) -> tuple[float, ...]:
        """What each of PHASES took in the last request; 0 where it did not happen."""
        times = (self.dns_ms, self.connect_ms, self.tls_ms, self.first_byte_ms, self.body_ms)
        return tuple([ms or 0.0 for ms in times])


REPORT_COLUMNS = tuple(field.name for field in fields(ReportEntry))
"""The columns that the rows of a report have, in this order."""


@dataclass(frozen=True, slots=True)
class ReportState:
    """One of the states that a report counts URLs in.

    name: as the column `health` has it. mark: one cell wide. css: the class of its colour. one,
    many: what a headline says of it, such as `is unhealthy` and `are unhealthy`.
    """

    name: str
    mark: str
    css: str
    one: str
    many: str


@dataclass(frozen=True, slots=True)
class ReportKind:
    """What a report is about, and its words.

    command: whose report it is. verb: what was done with each URL. states: in the order in which
    they are counted, the good one first. gravest: the others, the gravest first. meaning: one plain
    sentence for a kind of trouble, "" for one that is not known.
    """

    command: str
    verb: str
    states: tuple[ReportState, ...]
    gravest: tuple[str, ...]
    meaning: Callable[[str], str]

    @property
    def good(self) -> ReportState:
        """The state of a URL that nothing is wrong with."""
        return self.states[0]

    @property
    def partial(self) -> str:
        """What the report of an interrupted run says."""
        return f"This report is partial: the run ended before all URLs were {self.verb}."

    def state(self, name: str) -> ReportState:
        """Return a state by its name; the good one for a name that is not known."""
        return next((state for state in self.states if state.name == name), self.good)


_MEANINGS = {
    Trouble.GONE: "The server says that there is nothing at this URL.",
    Trouble.CLIENT_ERROR: "The server refuses the request.",
    Trouble.SERVER_ERROR: "The server could not answer the request.",
    Trouble.DNS: "The host name does not resolve to an address.",
    Trouble.CONNECT: "No connection, or one that broke.",
    Trouble.TLS: "The server could not be trusted, or its certificate soon cannot be.",
    Trouble.TIMEOUT: "No answer in time, or a slow one.",
    Trouble.PROTOCOL: "Not HTTP, or HTTP or TLS older than expected.",
    Trouble.BLOCKED: "Bot protection answered; a browser may well get through.",
    Trouble.RATE_LIMITED: "Too many requests; this says nothing about the page.",
    Trouble.REDIRECT: "Redirects that do not end, or end elsewhere.",
    Trouble.CONTENT: "The body is not what was expected, or is incomplete.",
    Trouble.SOFT_404: "A success by its status, but the page says that there is nothing.",
    Trouble.FLAKY: "It failed, and succeeded when it was tried again.",
    Trouble.INPUT: "The input is wrong; correct it.",
    Trouble.DENIED: "Not fetched, because a rule forbids it.",
    Trouble.LOCAL: "The cause is on this machine or in its network, not at the URL.",
}
STATUS_TROUBLE = "status "
"""Begins the trouble of a URL that answered with a status of 400 or more."""


def _meaning_of_trouble(trouble: str) -> str:
    try:
        return _MEANINGS[Trouble(trouble)]
    except ValueError:
        return ""


def _meaning_of_failure(kind: str) -> str:
    try:
        if kind.startswith(STATUS_TROUBLE):
            return HTTPStatus(int(kind.removeprefix(STATUS_TROUBLE))).description
        return FACTS[FailureKind(kind)].meaning
    except ValueError:
        return ""


CHECK_REPORT = ReportKind(
    "fetcher check",
    "checked",
    (
        ReportState(Health.HEALTHY, "✓", "healthy", "is healthy", "are healthy"),
        ReportState(Health.DEGRADED, "!", "degraded", "is degraded", "are degraded"),
        ReportState(Health.UNHEALTHY, "✗", "unhealthy", "is unhealthy", "are unhealthy"),
        ReportState(Health.UNKNOWN, "?", "unknown", "could not be judged", "could not be judged"),
    ),
    (Health.UNHEALTHY, Health.UNKNOWN, Health.DEGRADED),
    _meaning_of_trouble,
)

FETCHED, FAILED = "ok", "failed"


def run_report(command: str) -> ReportKind:
    """Return the kind of report of a run without verdicts: what was fetched, and what failed."""
    states = (
        ReportState(FETCHED, "✓", "healthy", "was fetched", "were fetched"),
        ReportState(FAILED, "✗", "unhealthy", "failed", "failed"),
    )
    return ReportKind(command, "fetched", states, (FAILED,), _meaning_of_failure)


@dataclass(slots=True)
class Latencies:
    """A distribution of durations, in a size that does not depend on how many there are.

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
        """Return, to within one percent, what this share of them (0 to 1) does not exceed.

        By nearest rank; 0 if there are none.
        """
        rank = max(1, math.ceil(share * self.count))
        for step in sorted(self._steps):
            rank -= self._steps[step]
            if rank <= 0:
                return min(math.exp((step + 1) * _STEP), self.longest)
        return 0.0


@dataclass(slots=True)
class Group:
    """The URLs in one state with the same kind of trouble: how many, and the first ones."""

    health: str
    trouble: str
    count: int = 0
    first: list[ReportEntry] = field(default_factory=list)


@dataclass(slots=True)
class Totals:
    """Counts over entries: add each one once.

    seconds: of all last attempts together. latencies: of the responses. phases: of the last
    requests.
    """

    kind: ReportKind = CHECK_REPORT
    count: int = 0
    seconds: float = 0.0
    latencies: Latencies = field(default_factory=Latencies)
    phases: Latencies = field(default_factory=Latencies)
    _states: Counter[str] = field(default_factory=Counter)
    _groups: dict[tuple[str, str], Group] = field(default_factory=dict)
    _slowest: list[tuple[float, int, ReportEntry]] = field(default_factory=list)

    def add(self, entry: ReportEntry) -> None:
        """Count one entry."""
        self.count += 1
        self._states[entry.health] += 1
        if entry.health != self.kind.good.name:
            self._add_to_group(entry)
        if entry.elapsed_ms is not None:
            self.seconds += entry.elapsed_ms / 1000
            if entry.status is not None:
                self._add_answer(entry, entry.elapsed_ms)
        if (spent := sum(entry.phases)) > 0:
            self.phases.add(spent)

    def of(self, *states: str) -> int:
        """Return how many are in one of these states."""
        return sum(self._states[state] for state in states)

    def worst(self) -> ReportState:
        """Return the gravest state that there is."""
        found = (name for name in self.kind.gravest if self._states[name])
        return self.kind.state(next(found, self.kind.good.name))

    def groups(self) -> list[Group]:
        """Return what is not good by its trouble, the gravest first, then the largest."""
        gravity = {name: place for place, name in enumerate(self.kind.gravest)}
        found = [group for group in self._groups.values() if group.health in gravity]
        return sorted(found, key=lambda g: (gravity[g.health], -g.count, g.trouble))

    def slowest(self) -> list[ReportEntry]:
        """Return those whose answers took longest, slowest first."""
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


def headline(totals: Totals) -> str:
    """Return in a few words how things are: what is worst, and of how many."""
    kind, count = totals.kind, totals.count
    if not count:
        return f"No URLs were {kind.verb}"
    worst = totals.worst()
    if worst is kind.good:
        return f"The URL {worst.one}" if count == 1 else f"All {count:,} URLs {worst.many}"
    of_them = totals.of(worst.name)
    return f"{of_them:,} of {counted(count)} {worst.one if of_them == 1 else worst.many}"


def milliseconds(ms: float) -> str:
    """Return a number of milliseconds in words."""
    return format_elapsed(ms / 1000)


def counted(count: int) -> str:
    """Write how many URLs."""
    return f"{count:,} URL" if count == 1 else f"{count:,} URLs"
