"""The check job, for the runner: what it asks, what it compares, and what decides its exit code."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial

from fetcher.baseline import Baseline, PreviousResultError, ResultChange
from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.job import JobSpec, Prepared
from fetcher.cli.open_inputs import targets_of
from fetcher.engine.run_stats import CheckStats, Running, RunStats
from fetcher.jobs.check import CheckRun, no_hash
from fetcher.jobs.job_settings import CheckSettings, Degraded
from fetcher.jobs.recheck import Recheck
from fetcher.judgement.expectations import Expectations
from fetcher.judgement.verdict import Checked, Health
from fetcher.settings import Settings
from fetcher.sinks.columns import one_row
from fetcher.sources import Source, check_lists
from fetcher.text import clean
from fetcher.urls import without_password

_SHOWN = 20
"""How many URLs of a kind are named if there are many."""

_HEALTHS = {health: place for place, health in enumerate(Health)}
_CHANGES = {ResultChange.NEWLY_BROKEN: 4, ResultChange.UNKNOWN: 5}
"""Which counter of a commit counts what."""


@dataclass(frozen=True, slots=True)
class CheckCall:
    """What one call of `fetcher check` asks for.

    retry_failed: earlier results; only what was not healthy there is checked. baseline: an earlier
    result that this one is compared with.
    """

    what: CheckSettings
    expected: Expectations
    retry_failed: tuple[str, ...] = ()
    baseline: str | None = None

    @property
    def signature(self) -> tuple[object, ...]:
        """What decides what is in the rows, besides the columns."""
        return self.expected, self.what.method, self.what.recheck, self.baseline, self.retry_failed


@dataclass(slots=True)
class Changes:
    """What has changed since the earlier result: how many of each, and the first URLs."""

    counts: Counter[ResultChange] = field(default_factory=Counter)
    urls: dict[ResultChange, list[str]] = field(default_factory=dict)

    def add(self, change: ResultChange, url: str) -> None:
        """Count one URL."""
        self.counts[change] += 1
        urls = self.urls.setdefault(change, [])
        if len(urls) < _SHOWN:
            urls.append(url)

    def lines(self) -> list[str]:
        """Name what is newly broken and what was fixed."""
        lines = []
        for change, words in _WORDS.items():
            number, urls = self.counts[change], self.urls.get(change, [])
            if number:
                lines += [f"{words}: {number:,}", *(f"  {clean(url)}" for url in urls)]
            if number > len(urls):
                lines.append(f"  … and {number - len(urls):,} more")
        return lines


_WORDS = {
    ResultChange.NEWLY_BROKEN: "newly broken",
    ResultChange.UNKNOWN: "could not be judged this time",
    ResultChange.FIXED: "fixed",
    ResultChange.STILL_BROKEN: "still broken",
}


def check_spec(call: CheckCall) -> JobSpec[Checked]:
    """Describe the job."""
    return JobSpec(
        prepare=partial(_prepare, call),
        rows=one_row,
        stats=CheckStats,
        failed=partial(_failed, call),
        recap=_recap,
        select=lambda sources: targets_of(sources, call.retry_failed),
        partial=bool(call.retry_failed),
    )


def _prepare(
    call: CheckCall,
    sources: Sequence[Source],
    settings: Settings,
    say: Callable[[str], None],
) -> Prepared[Checked]:
    baseline, changes = _read_baseline(call), Changes()
    _refuse_mistakes(sources)

    def counted(checked: Checked) -> tuple[int, ...]:
        health = _HEALTHS[checked.verdict.health]
        if baseline is None:
            return (health,)
        change = baseline.change(checked)
        changes.add(change, without_password(checked.target.url))
        return (health, _CHANGES[change]) if change in _CHANGES else (health,)

    return Prepared(
        start=lambda targets: nullcontext(
            CheckRun(
                targets,
                call.expected,
                settings,
                method=call.what.method,
                recheck=Recheck(after=call.what.recheck_after) if call.what.recheck else None,
                last_hash=no_hash if baseline is None else baseline.last_hash,
            )
        ),
        counted=counted,
        explain=_explain,
        state=_state,
        last_words=changes.lines,
        settled=lambda run: not isinstance(run, CheckRun) or run.settled,
    )


def _read_baseline(call: CheckCall) -> Baseline | None:
    if call.baseline is None:
        return None
    broken = {Health.UNHEALTHY}
    if call.what.degraded is Degraded.FAIL:
        broken.add(Health.DEGRADED)
    try:
        return Baseline.read(call.baseline, broken)
    except PreviousResultError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)


def _refuse_mistakes(sources: Iterable[Source]) -> None:
    """Exit with 2 if a list expects what cannot be meant; each mistake has its place."""
    mistakes = check_lists(sources)
    if mistakes:
        give_up(ExitCode.USAGE, "\nfetcher: ".join(map(str, mistakes)))


def _explain(checked: Checked) -> tuple[str, ...]:
    verdict = checked.verdict
    if not verdict.reasons:
        return ()
    return (f"{without_password(checked.target.url)}: {verdict.health}: {verdict.text}",)


def _state(run: Running[Checked], stats: RunStats) -> str:
    """Return what is wrong so far, the most frequent first."""
    parts = []
    if isinstance(run, CheckRun) and run.asking_again:
        parts.append(f"{run.asked_again:,} of {run.asking_again:,} asked again")
    if isinstance(stats, CheckStats):
        parts += [f"{trouble} {count}" for trouble, count in stats.troubles.most_common(3)]
    return ", ".join(parts)


def _recap(counts: Sequence[int]) -> str:
    return ", ".join([f"{health} {counts[place]:,}" for health, place in _HEALTHS.items()])


def _failed(call: CheckCall, counts: Sequence[int]) -> int:
    """Return how many URLs make this run a failure."""
    if call.baseline is not None:
        return sum(counts[place] for place in _CHANGES.values())
    failing = [Health.UNHEALTHY, Health.UNKNOWN]
    if call.what.degraded is Degraded.FAIL:
        failing.append(Health.DEGRADED)
    return sum(counts[_HEALTHS[health]] for health in failing)
