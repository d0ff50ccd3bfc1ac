"""Parsing inline until it takes too much of the event loop's time, and on processes after that."""

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
"""Seconds that are judged together: short compared with a run, long compared with a page."""
_MIN_PAGES = 5
"""The fewest pages in a stretch: one slow page says nothing about the next."""
_SHARE = 1 / 3
"""The share of the loop's time, at which parsing moves to processes."""
_MIN_PAGE_TIME = 0.0005
"""The mean seconds per page, below which moving would not pay."""


class ParseShare:
    """Tells when parsing should move to processes.

    The rule: over a stretch of at least 0.1 s and 5 pages, parsing took a third of the time and
    half a millisecond per page. Below a third the loop mostly waits for the network or does other
    things, and processes could save little; below half a millisecond, sending a page and receiving
    its rows costs the loop much of what it saves. Every stretch is judged by itself, so heavy pages
    late in a list are noticed too. The very first page does not count: it includes late imports.
    """

    def __init__(self) -> None:
        self._since: float | None = None
        self._spent = 0.0
        self._pages = 0

    def dominates(self, seconds: float, now: float) -> bool:
        """Count a page; return True if it ends a stretch in which parsing took too much time.

        Args:
            seconds: the loop's time that the page took.
            now: seconds on a monotonic clock.
        """
        if self._since is None:
            self._since = now
            return False
        self._spent += seconds
        self._pages += 1
        elapsed = now - self._since
        if elapsed < _STRETCH or self._pages < _MIN_PAGES:
            return False
        verdict = self._spent >= elapsed * _SHARE and self._spent >= self._pages * _MIN_PAGE_TIME
        self._since, self._spent, self._pages = now, 0.0, 0
        return verdict


class _Mode(Enum):
    MEASURING = auto()  # inline, and each page is measured
    PROCESSES = auto()
    INLINE = auto()  # for good: processes cannot be started, or would not help


class AutoStage:
    """Parses inline, measures the cost, and moves to processes when it is too high.

    `ParseShare` has the rule. With a single processor, or if no process can be started, it stays
    inline. It never moves back: idle workers cost nothing. While pages are parsed inline, nothing
    protects the run from them (see `InlineStage`): use processes from the start for a function
    that may hang or crash.

    Args:
        parser: what is done with each page.
        workers: the number of processes; None for one per processor.
        time_limit: as in `ProcessStage`.
        memory_limit: as in `ProcessStage`.
    """

    def __init__(
        self,
        parser: PageParser,
        workers: int | None = None,
        time_limit: float | None = None,
        memory_limit: int | None = None,
    ) -> None:
        self._inline = InlineStage(parser, self._measure)
        self._processes = ProcessStage(parser, workers or usable_cpus(), time_limit, memory_limit)
        self._mode = _Mode.MEASURING if usable_cpus() > 1 else _Mode.INLINE
        self._opened = False
        self._share = ParseShare()

    @property
    def moved(self) -> bool:
        """True if pages are now parsed on processes."""
        return self._mode is _Mode.PROCESSES

    async def parse(self, page: RawPage) -> Parsed:
        """Parse a page, inline or on a process."""
        if self._mode is not _Mode.PROCESSES:
            await self._inline.turn()
        if self._mode is _Mode.PROCESSES:  # it may have moved while this page waited for its turn
            try:
                return await self._processes.parse(page)
            except PoolBroken:
                self._mode = _Mode.INLINE
        return await self._inline.parse_now(page)

    def _measure(self, seconds: float) -> None:
        """Count what a page cost, and move to processes if it is time.

        From then on no page is parsed inline, although the workers take a moment to start: a loop
        that is busy with pages would delay them much longer.
        """
        if self._mode is not _Mode.MEASURING:
            return
        if self._share.dominates(seconds, time.perf_counter()):
            try:
                self._processes.open()
            except OSError:  # the system refuses more processes
                self._mode = _Mode.INLINE
            else:
                self._opened = True
                self._mode = _Mode.PROCESSES

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
