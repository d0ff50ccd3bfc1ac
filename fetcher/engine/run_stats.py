"""What is seen of a run: how far it is, and what it has done, counted in constant memory."""

from collections import Counter, deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from fetcher import urls
from fetcher.judgement.verdict import Checked, Health, Trouble
from fetcher.model import Result

_SLOWEST = 5

R = TypeVar("R", bound=Result, covariant=True)


class Running(Protocol[R]):
    """A run in progress; `fetcher.engine.run.Run` says what each of these means."""

    @property
    def read(self) -> int: ...

    @property
    def given(self) -> int: ...

    @property
    def all_read(self) -> bool: ...

    @property
    def in_flight(self) -> int: ...

    @property
    def defects(self) -> deque[str]: ...

    def stop(self) -> None: ...

    def abort(self) -> None: ...

    def __aiter__(self) -> AsyncGenerator[R, None]: ...


@dataclass(slots=True)
class RunStats:
    """Counts over results; add each one once.

    done: results. failed: those without a usable answer, or with a status of 400 or more.
    statuses, kinds: how often each occurred. bytes_read, bytes_saved: see `model.Response`.
    cached: how often the cache took part in an answer, by `model.Cached`.
    """

    done: int = 0
    failed: int = 0
    bytes_read: int = 0
    bytes_saved: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    cached: Counter[str] = field(default_factory=Counter)
    _slowest: dict[str, float] = field(default_factory=dict)
    _bar: float = 0.0

    def add(self, result: Result) -> None:
        """Count one result."""
        outcome = result.outcome
        response, failure = outcome.response, outcome.failure
        self.done += 1
        if failure is not None:
            self.failed += 1
            self.kinds[failure.kind.value] += 1
        elif response is not None:
            self.statuses[response.status] += 1
            if response.status >= 400:
                self.failed += 1
        if response is not None:
            self.bytes_read += response.bytes_read
            self.bytes_saved += response.bytes_saved
            if response.cached:
                self.cached[response.cached] += 1
            if outcome.elapsed is not None and outcome.elapsed > self._bar:
                self._note_slow(response.url, outcome.elapsed)

    def slowest(self) -> list[tuple[str, float]]:
        """Return the slowest hosts with the seconds of their longest answer, slowest first."""
        ranked = sorted(self._slowest.items(), key=lambda item: -item[1])
        return ranked[:_SLOWEST]

    def _note_slow(self, url: str, elapsed: float) -> None:
        host = urls.host_of(url)
        self._slowest[host] = max(elapsed, self._slowest.get(host, 0.0))
        if len(self._slowest) > _SLOWEST:
            del self._slowest[min(self._slowest, key=self._slowest.__getitem__)]
        if len(self._slowest) == _SLOWEST:
            self._bar = min(self._slowest.values())


@dataclass(slots=True)
class CheckStats(RunStats):
    """Counts over the results of a check, verdicts included.

    healths: how often each occurred. troubles: how often each was the gravest of a URL.
    """

    healths: Counter[Health] = field(default_factory=Counter)
    troubles: Counter[Trouble] = field(default_factory=Counter)

    def add(self, result: Result) -> None:
        """Count one result, with its verdict if it has one."""
        # slots=True makes a new class, and super() would look for the old one.
        RunStats.add(self, result)
        if isinstance(result, Checked):
            self.healths[result.verdict.health] += 1
            if result.verdict.trouble is not None:
                self.troubles[result.verdict.trouble] += 1
