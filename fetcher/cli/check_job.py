"""Runs the check job for the command line: opens everything, then checks, then says what counts."""

import time
from collections import Counter
from collections.abc import AsyncIterable, Iterable
from dataclasses import dataclass, field, replace

from fetcher.baseline import Baseline, PreviousResultError, ResultChange
from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.open_inputs import Inputs, header_of, open_sources, targets_of, total
from fetcher.cli.open_outputs import Outputs, open_outputs
from fetcher.cli.progress import Display, make_display, summary_lines
from fetcher.cli.row_writer import RowSinks, RowWriter
from fetcher.cli.run_loop import Interrupts, calm_collector, interruptible, write_all
from fetcher.engine.fd_limit import make_room
from fetcher.engine.run_stats import CheckTally
from fetcher.jobs.check import CheckSettings, Degraded
from fetcher.jobs.check_run import CheckRun, no_hash
from fetcher.jobs.recheck import Recheck
from fetcher.judgement.expectations import Expectations
from fetcher.judgement.verdict import Checked, Health
from fetcher.model import Target
from fetcher.settings import Settings
from fetcher.sources import Source, SourceError, check_lists
from fetcher.text import clean

_SHOWN = 20
"""How many URLs of a kind are named when there are many."""


@dataclass(frozen=True, slots=True)
class CheckJob:
    """One call of `fetcher check`, its arguments read and checked."""

    inputs: Inputs
    outputs: Outputs
    what: CheckSettings
    settings: Settings
    expected: Expectations
    retry_failed: tuple[str, ...] = ()
    baseline: str | None = None
    quiet: bool = False
    verbose: bool = False


@dataclass(slots=True)
class Changes:
    """What has changed since the earlier result: how many of each, and the first URLs."""

    counts: Counter[ResultChange] = field(default_factory=Counter)
    urls: dict[ResultChange, list[str]] = field(default_factory=dict)

    def add(self, change: ResultChange, url: str) -> None:
        """Take account of one URL."""
        self.counts[change] += 1
        urls = self.urls.setdefault(change, [])
        if len(urls) < _SHOWN:
            urls.append(url)


async def run_job(job: CheckJob) -> int:
    """Do a job; return its exit code. Whatever cannot be opened is said before any request."""
    calm_collector()
    room = make_room(job.settings.concurrency)
    settings = replace(job.settings, concurrency=room.concurrency)
    baseline = _read_baseline(job)
    try:
        sources = open_sources(job.inputs, settings)
        _refuse_mistakes(sources)
        header = await header_of(sources)
    except SourceError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    run = _make_run(job, targets_of(sources, job.retry_failed), settings, baseline)
    tally = CheckTally()
    display = make_display(
        run, lambda: _state(run, tally), lambda: _total(job, sources), quiet=job.quiet
    )
    sinks = open_outputs(job.outputs, header, display)
    if room.notice and not job.quiet:
        display.say(f"fetcher: {room.notice}")
    changes = Changes()

    def note(checked: Checked) -> None:
        tally.add(checked)
        if baseline is not None:
            changes.add(baseline.change(checked), checked.target.url)
        if job.verbose and checked.verdict.reasons:
            verdict = checked.verdict
            display.say(clean(f"{checked.target.url}: {verdict.health}: {verdict.text}"))

    began = time.monotonic()
    with interruptible(run, display.say) as interrupts:
        code = await write_all(run, RowWriter(RowSinks[Checked](sinks)), display, note)
    if code is None:
        return ExitCode.DONE  # the reader of our output has seen enough
    if not job.quiet:
        left = run.read - run.given if interrupts.count else None
        display.say("\n".join(summary_lines(tally, time.monotonic() - began, left)))
        if baseline is not None:
            _say_changes(changes, display)
    for defect in run.defects if job.verbose else ():
        display.say(defect)
    return _exit_code(code, interrupts, job, tally, changes)


def _make_run(
    job: CheckJob, targets: AsyncIterable[Target], settings: Settings, baseline: Baseline | None
) -> CheckRun:
    return CheckRun(
        targets,
        job.expected,
        settings,
        method=job.what.method,
        recheck=Recheck(after=job.what.recheck_after) if job.what.recheck else None,
        last_hash=no_hash if baseline is None else baseline.last_hash,
    )


def _read_baseline(job: CheckJob) -> Baseline | None:
    if job.baseline is None:
        return None
    broken = {Health.UNHEALTHY}
    if job.what.degraded is Degraded.FAIL:
        broken.add(Health.DEGRADED)
    try:
        return Baseline.read(job.baseline, broken)
    except PreviousResultError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)


def _refuse_mistakes(sources: Iterable[Source]) -> None:
    """Exit with 2 when a list expects what cannot be meant; each mistake has its place."""
    mistakes = check_lists(sources)
    if mistakes:
        give_up(ExitCode.USAGE, "\nfetcher: ".join(map(str, mistakes)))


def _total(job: CheckJob, sources: list[Source]) -> int | None:
    return None if job.retry_failed else total(sources)


def _state(run: CheckRun, tally: CheckTally) -> str:
    """What is wrong so far, the most frequent first."""
    done, all_of_them = run.asked_again, run.asking_again
    again = [f"{done:,} of {all_of_them:,} asked again"] if all_of_them else []
    troubles = [f"{trouble} {n}" for trouble, n in tally.troubles.most_common(3)]
    return ", ".join([*again, *troubles])


def _say_changes(changes: Changes, display: Display) -> None:
    """Name what is newly broken and what was fixed, since the earlier result."""
    for change, words in _TOLD.items():
        number = changes.counts[change]
        if not number:
            continue
        display.say(f"{words}: {number:,}")
        urls = changes.urls[change]
        for url in urls:
            display.say(f"  {clean(url)}")
        if number > len(urls):
            display.say(f"  … and {number - len(urls):,} more")


_TOLD = {
    ResultChange.NEWLY_BROKEN: "newly broken",
    ResultChange.UNKNOWN: "could not be judged this time",
    ResultChange.FIXED: "fixed",
    ResultChange.STILL_BROKEN: "still broken",
}


def _exit_code(
    code: ExitCode, interrupts: Interrupts, job: CheckJob, tally: CheckTally, changes: Changes
) -> int:
    if code is not ExitCode.DONE:
        return code
    if interrupts.count:
        return interrupts.code
    return ExitCode.FAILED_URLS if _failed(job, tally, changes) else ExitCode.DONE


def _failed(job: CheckJob, tally: CheckTally, changes: Changes) -> int:
    """How many URLs make this run a failure."""
    if job.baseline is not None:
        return changes.counts[ResultChange.NEWLY_BROKEN] + changes.counts[ResultChange.UNKNOWN]
    failed = tally.healths[Health.UNHEALTHY] + tally.healths[Health.UNKNOWN]
    return failed + (tally.healths[Health.DEGRADED] if job.what.degraded is Degraded.FAIL else 0)
