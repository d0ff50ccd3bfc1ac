"""Asking again, at the end of a run, what failed in it."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, replace

from fetcher import urls
from fetcher.failures import Phase
from fetcher.judgement.verdict import Checked
from fetcher.model import Outcome, Target
from fetcher.settings import Order, Settings

_NOT_REACHED = frozenset({Phase.DNS, Phase.CONNECT, Phase.TLS})
_ENOUGH = 3
_MOST_HELD = 10_000


@dataclass(frozen=True, slots=True)
class Recheck:
    """How to ask again: gently, because whatever failed may be overloaded.

    after: seconds to wait first. concurrency: requests at once. host_interval: least seconds
    between two requests to one host. longest: seconds that keeping this distance may add to a run.
    """

    after: float = 2.0
    concurrency: int = 16
    host_interval: float = 0.25
    longest: float = 60.0

    def settings(self, first: Settings, again: int) -> Settings:
        """The engine's settings for it, from those of the run; again: how many are asked."""
        # Where thousands of pages of one site are gone, the distance alone would take hours. One
        # request at a time is gentle still.
        interval = min(self.host_interval, self.longest / max(again, 1))
        return replace(
            first,
            concurrency=min(first.concurrency, self.concurrency),
            host_concurrency=1,
            host_interval=max(first.host_interval, interval),
            retries=0,
            order=Order.COMPLETED,
            read_ahead=min(first.read_ahead, 1_000),
        )


class RecheckPlan:
    """Which targets to ask again: all that failed, but not all those of a host that is down.

    Of a host that could not be reached, three URLs are asked first; each of them may take as long
    as a time limit. Only when one of them reached it are the others asked too.

    failed: what failed, with numbers; read lazily.
    """

    def __init__(self, failed: Iterator[tuple[int, Checked]]) -> None:
        self._failed = failed
        self._under_way: Counter[str] = Counter()
        self._held: dict[str, deque[Target]] = {}
        self._room = _MOST_HELD
        self._released: deque[Target] = deque()
        self._changed = asyncio.Event()

    async def targets(self) -> AsyncGenerator[Target, None]:
        """The targets to ask, each with its number as its index."""
        for number, first in self._failed:
            target = replace(first.target, index=number)
            if _reached(first.outcome) or self._may_go(target):
                yield target
            while self._released:
                yield self._released.popleft()
        while self._held or self._released:
            self._changed.clear()
            while self._released:
                yield self._released.popleft()
            if self._held:
                await self._changed.wait()

    def note(self, target: Target, outcome: Outcome) -> None:
        """Take account of an answer, or of the lack of one."""
        host = _host(target)
        if host not in self._under_way:
            return
        if _reached(outcome):
            # From now on this host is one like others.
            self._released += self._let_go(host)
            del self._under_way[host]
        else:
            self._under_way[host] -= 1
            if not self._under_way[host]:
                del self._under_way[host]
                self._let_go(host)
        self._changed.set()

    def _may_go(self, target: Target) -> bool:
        """Let the first few go, and hold the others back."""
        host = _host(target)
        if self._under_way[host] < _ENOUGH and host not in self._held:
            self._under_way[host] += 1
            return True
        # Beyond a bound, the first verdict has to do.
        if self._room:
            self._room -= 1
            self._held.setdefault(host, deque()).append(target)
        return False

    def _let_go(self, host: str) -> deque[Target]:
        held = self._held.pop(host, deque())
        self._room += len(held)
        return held


def _reached(outcome: Outcome) -> bool:
    return outcome.failure is None or outcome.failure.phase not in _NOT_REACHED


def _host(target: Target) -> str:
    text = target.url.strip()
    try:
        return urls.parse(text if urls.has_scheme(text) else f"https://{text}").host
    except urls.UrlError:
        return ""
