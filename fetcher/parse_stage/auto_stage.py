"""Parsing inline as long as that is best, and on processes from then on.

How much of the event loop's time goes into parsing.
"""

import time
from enum import Enum, auto
from types import TracebackType
from typing import Self

from fetcher.model import RawPage
from fetcher.parse_stage.inline_stage import InlineStage
from fetcher.parse_stage.parser import PageParser
from fetcher.parse_stage.process_stage import ProcessStage
from fetcher.parse_stage.stage import Parsed
from fetcher.pool import PoolBroken
from fetcher.pool.backend import usable_cpus

_STRETCH = 0.1
"""Seconds that are judged together: short beside a run, long beside a page."""
_PAGES = 5
"""And so many pages at least: one slow page says nothing about the next."""
_SHARE = 1 / 3
_WORTHWHILE = 0.0005


class ParseShare:
    """Tells when parsing inline is worth moving to processes.

    The rule: over a stretch of 0.1 s and 5 pages or more, parsing took a third of the time and half
    a millisecond a page. Below a third the loop mostly waits for the network, or does other things,
    and processes could save little; below half a millisecond, sending a page away and taking its
    rows back costs the loop a good part of what it saves. Every stretch is judged by itself, so
    heavy pages that come late in a list are noticed too. The first page of all counts for nothing:
    it pays for what is loaded late.
    """

    def __init__(self) -> None:
        self._since: float | None = None
        self._spent = 0.0
        self._pages = 0

    def dominates(self, seconds: float, now: float) -> bool:
        """Count a page that took so many seconds; true when that ends a stretch which says so.

        now: seconds of a monotonic clock.
        """
        if self._since is None:
            self._since = now
            return False
        self._spent += seconds
        self._pages += 1
        elapsed = now - self._since
        if elapsed < _STRETCH or self._pages < _PAGES:
            return False
        verdict = self._spent >= elapsed * _SHARE and self._spent >= self._pages * _WORTHWHILE
        self._since, self._spent, self._pages = now, 0.0, 0
        return verdict


class _Where(Enum):
    WATCHING = auto()  # inline, and each page is measured
    AWAY = auto()  # on processes
    STAYING = auto()  # inline, for there are no processes to be had, or nothing to gain by them


class AutoStage:
    """Parses inline, measures what that costs, and moves to processes when it is too much.

    `ParseShare` has the rule. With a single processor there is nothing to gain and it stays
    inline, and so it does when no process can be started. There is no way back: workers that
    wait cost nothing. While pages are parsed inline nothing protects the run from them
    (`InlineStage`): who has a function that may hang or crash asks for processes from the start.

    workers: how many processes; one for each processor unless given. The limits are those of
    `ProcessStage`.
    """

    def __init__(
        self,
        parser: PageParser,
        workers: int | None = None,
        time_limit: float | None = None,
        memory_limit: int | None = None,
    ) -> None:
        self._inline = InlineStage(parser, self._watch)
        self._processes = ProcessStage(parser, workers or usable_cpus(), time_limit, memory_limit)
        self._where = _Where.WATCHING if usable_cpus() > 1 else _Where.STAYING
        self._opened = False
        self._share = ParseShare()

    @property
    def moved(self) -> bool:
        """Whether pages are parsed on processes by now."""
        return self._where is _Where.AWAY

    async def parse(self, page: RawPage) -> Parsed:
        """Parse a page where that is best."""
        if self._where is not _Where.AWAY:
            await self._inline.turn()
        if self._where is _Where.AWAY:  # it may be so since this page waited for its turn
            try:
                return await self._processes.parse(page)
            except PoolBroken:
                self._where = _Where.STAYING
        return await self._inline.parse_now(page)

    def _watch(self, seconds: float) -> None:
        """Count what a page cost, and move when it is time.

        From then on no page is parsed inline, although the workers take a moment to be ready: a
        loop that is busy with pages would keep them from that for much longer.
        """
        if self._where is not _Where.WATCHING:
            return
        if self._share.dominates(seconds, time.perf_counter()):
            try:
                self._processes.open()
            except OSError:  # no more processes for us
                self._where = _Where.STAYING
            else:
                self._opened = True
                self._where = _Where.AWAY

    async def __aenter__(self) -> Self:
        await self._inline.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._opened:
            self._processes.close()
