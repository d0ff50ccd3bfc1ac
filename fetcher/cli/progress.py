"""How a run goes, on standard error: while it runs, and in a few lines at its end."""

import asyncio
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Protocol, TextIO

from fetcher.engine.run_stats import CheckStats, Running, RunStats
from fetcher.judgement.verdict import Health
from fetcher.model import Result
from fetcher.text import clean
from fetcher.units import format_elapsed, format_size

_NOW_AND_THEN = 10.0


class Display(Protocol):
    """Shows the progress of a run."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def say(self, text: str) -> None:
        """Print a line on standard error without disturbing the display."""
        ...

    def print(self, text: str) -> None:
        """Print finished lines on standard output without disturbing the display."""
        ...


def make_display(
    run: Running[Result],
    state: Callable[[], str],
    count: Callable[[], int | None],
    *,
    quiet: bool,
) -> Display:
    """Choose the display: a bar on a terminal, a line now and then elsewhere, nothing if quiet.

    state: says in a few words what went wrong so far, "" for nothing. count: how many rows there
    will be, as far as that can be told; called on a thread.
    """
    if quiet:
        return Plain(run, state, every=None)
    if sys.stderr.isatty():
        return Bar(run, state, count)
    return Plain(run, state, every=_NOW_AND_THEN)


class Terminal:
    """Prints above the progress display, and keeps what is said before there is one."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._display: Display | None = None
        self._early: list[str] = []

    def show(self, display: Display) -> None:
        """Print on this display from now on, first what was kept."""
        self._display = display
        for text in self._early:
            self.say(text)

    def say(self, text: str) -> None:
        """Say something that is good to know, unless the user wants quiet."""
        if self._display is None:
            self._early.append(text)
        elif not self._quiet:
            self._display.say(f"fetcher: {text}")

    def print(self, text: str) -> None:
        """Print finished lines on standard output."""
        if self._display is not None:
            self._display.print(text)


class Plain:
    """Lines: one about the progress every `every` seconds, None for none."""

    def __init__(self, run: Running[Result], state: Callable[[], str], every: float | None) -> None:
        self._run = run
        self._state = state
        self._every = every
        self._timer: asyncio.TimerHandle | None = None
        self._began = time.monotonic()

    def start(self) -> None:
        """Begin to print now and then."""
        if self._every is not None:
            self._timer = asyncio.get_running_loop().call_later(self._every, self._tick)

    def stop(self) -> None:
        """Print no more."""
        if self._timer is not None:
            self._timer.cancel()

    def say(self, text: str) -> None:
        """Print a line on standard error."""
        print(text, file=sys.stderr, flush=True)

    def print(self, text: str) -> None:
        """Print on standard output."""
        _write(sys.stdout, text)

    def _tick(self) -> None:
        seconds = time.monotonic() - self._began
        done = self._run.given
        self.say(f"{done:,} done, {done / seconds:.0f}/s, {_now(self._run, self._state)}")
        self.start()


class Bar:
    """A progress bar that redraws itself at the terminal's foot."""

    def __init__(
        self, run: Running[Result], state: Callable[[], str], count: Callable[[], int | None]
    ) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._run = run
        self._state = state
        self._count = count
        self._began = time.monotonic()
        self._console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
        self._progress = Progress(
            TextColumn("{task.fields[done]}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[state]}"),
            console=self._console,
            transient=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._progress.add_task("", total=None, done="0", rate="", state="")
        self._ticking: asyncio.Task[None] | None = None
        self._counting: asyncio.Future[Any] | None = None

    def start(self) -> None:
        """Show the bar."""
        loop = asyncio.get_running_loop()
        self._counting = loop.run_in_executor(None, self._count)
        self._progress.start()
        self._ticking = loop.create_task(self._tick())

    def stop(self) -> None:
        """Take the bar away."""
        if self._ticking is not None:
            self._ticking.cancel()
        self._progress.stop()

    def say(self, text: str) -> None:
        """Print a line above the bar."""
        self._console.print(text)

    def print(self, text: str) -> None:
        """Print on standard output, above the bar if that is the same terminal."""
        if sys.stdout.isatty():
            self._progress.stop()
            _write(sys.stdout, text)
            self._progress.start()
        else:
            _write(sys.stdout, text)

    async def _tick(self) -> None:
        while True:
            self._update()
            self._progress.refresh()
            await asyncio.sleep(0.2)

    def _update(self) -> None:
        total = None
        if self._run.all_read:
            total = self._run.read
        elif self._counting is not None and self._counting.done():
            total = None if self._counting.exception() else self._counting.result()
        done = self._run.given
        rate = done / max(time.monotonic() - self._began, 0.001)
        self._progress.update(
            self._task,
            total=total,
            completed=done,
            done=f"{done:,}" + (f"/{total:,}" if total is not None else ""),
            rate=f"{rate:.0f}/s",
            state=_now(self._run, self._state),
        )


def _now(run: Running[Result], state: Callable[[], str]) -> str:
    return ", ".join(filter(None, [f"{run.in_flight} in flight", state()]))


def _write(stream: TextIO, text: str) -> None:
    stream.write(text)
    stream.flush()


def summary_lines(stats: RunStats, seconds: float, left: int | None = None) -> list[str]:
    """Return what a run has done, in lines.

    stats: with the verdicts, if it is of a check. left: rows read that got no result,
    because the run was interrupted.
    """
    rate = stats.done / seconds if seconds else 0.0
    lines = [f"{_urls(stats.done)} in {format_elapsed(seconds)} ({rate:.0f}/s)"]
    if isinstance(stats, CheckStats):
        lines.extend(_verdicts(stats))
    if stats.statuses:
        parts = [f"{status} {_phrase(status)} {n}" for status, n in sorted(stats.statuses.items())]
        lines.append("  status:   " + ", ".join(parts))
    if stats.kinds:
        parts = [f"{kind} {n}" for kind, n in stats.kinds.most_common()]
        lines.append("  failures: " + ", ".join(parts))
    slowest = [f"{clean(host)} {format_elapsed(seconds)}" for host, seconds in stats.slowest()]
    if slowest:
        lines.append("  slowest:  " + ", ".join(slowest))
    lines.append(f"  read:     {format_size(stats.bytes_read)}")
    if stats.bytes_saved:
        lines[-1] += f", {format_size(stats.bytes_saved)} saved by stopping early"
    if stats.cached:
        parts = [f"{how} {n:,}" for how, n in sorted(stats.cached.items())]
        lines.append("  cache:    " + ", ".join(parts))
    if left is not None:
        lines.append(f"  interrupted: {_undone(stats, left)}")
    return lines


def _undone(stats: RunStats, left: int) -> str:
    """What an interrupted run did not come to."""
    if left == 0 and isinstance(stats, CheckStats):
        return "every URL was checked, but not every failure was checked again"
    return f"{_urls(left)} not fetched"


def _verdicts(stats: CheckStats) -> list[str]:
    """How many are how healthy, and what the trouble is with those that are not."""
    lines = []
    if stats.healths:
        # From best to worst, each always named: that nothing is unhealthy is what people look for.
        lines.append(
            "  health:   " + ", ".join([f"{health} {stats.healths[health]:,}" for health in Health])
        )
    if stats.troubles:
        parts = [f"{trouble} {n:,}" for trouble, n in stats.troubles.most_common()]
        lines.append("  trouble:  " + ", ".join(parts))
    return lines


def _urls(count: int) -> str:
    return f"{count:,} URL" if count == 1 else f"{count:,} URLs"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "(unknown)"
