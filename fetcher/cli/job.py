"""What makes one job different from another, for `run_job`."""

from collections.abc import AsyncIterable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from hashlib import sha256
from typing import Generic, TypeAlias, TypeVar

from fetcher.cli.open_inputs import Inputs
from fetcher.cli.open_outputs import Outputs
from fetcher.cli.row_writer import MakeRows
from fetcher.engine.run_stats import Running, RunStats
from fetcher.model import Result, Target
from fetcher.settings import Settings
from fetcher.sinks.columns import Column
from fetcher.sources import Source, chain
from fetcher.urls import without_password

R = TypeVar("R", bound=Result)

Start: TypeAlias = Callable[[AsyncIterable[Target]], AbstractAsyncContextManager[Running[R]]]
"""Starts a run over targets; what the run needs is closed with the context."""


@dataclass(frozen=True, slots=True)
class Prepared(Generic[R]):
    """A job that is ready to start.

    counted: the counters that a result raises. explain: the lines that `--verbose` prints for a
    result. state: in a few words, how the run goes so far. last_words: what follows the summary.
    settled: whether the results that come next are the last word on their URLs.
    """

    start: Start[R]
    counted: Callable[[R], tuple[int, ...]]
    explain: Callable[[R], Sequence[str]]
    state: Callable[[Running[R], RunStats], str]
    last_words: Callable[[], Sequence[str]] = tuple
    settled: Callable[[Running[R]], bool] = lambda run: True


@dataclass(frozen=True, slots=True)
class JobSpec(Generic[R]):
    """What one job asks, writes and counts.

    prepare: opens what the job needs besides inputs and outputs, and exits with 2 or 3 if that
    fails; it gets the opened sources, the settings, and a function that tells the user something.
    rows: makes the function that makes the rows of a result, for the columns of an output. failed:
    how many URLs make the exit code 1, from the counters of all runs. recap: what earlier runs
    counted, in words. select: the targets among those of the sources. partial: whether these are
    not all of them. keeps_journals: whether complete outputs keep their journals, so that more
    outputs can catch up with them later; otherwise only a resumed run leaves any.
    """

    prepare: Callable[[Sequence[Source], Settings, Callable[[str], None]], Prepared[R]]
    rows: Callable[[Sequence[Column]], MakeRows[R]]
    stats: Callable[[], RunStats]
    failed: Callable[[Sequence[int]], int]
    recap: Callable[[Sequence[int]], str]
    select: Callable[[Sequence[Source]], AsyncIterable[Target]] = chain
    partial: bool = False
    keeps_journals: bool = False


@dataclass(frozen=True, slots=True)
class Job(Generic[R]):
    """One call of a command, its arguments read and checked."""

    spec: JobSpec[R]
    inputs: Inputs
    outputs: Outputs
    settings: Settings
    quiet: bool = False
    verbose: bool = False


def count_failed(result: Result) -> tuple[int, ...]:
    """Count results without a usable answer, or with a status of 400 and more."""
    return () if result.outcome.ok else (0,)


def recap_failed(counts: Sequence[int]) -> str:
    """Return how many results `count_failed` counted, in words."""
    return f"{counts[0]:,} failed"


def explain_failure(result: Result) -> tuple[str, ...]:
    """Explain what went wrong, in one line; nothing if nothing did."""
    failure = result.outcome.failure
    return () if failure is None else (f"{without_password(result.target.url)}: {failure}",)


def show_failures(run: Running[Result], stats: RunStats) -> str:
    """Return what went wrong so far, the most frequent first."""
    kinds = [f"{kind} {count}" for kind, count in stats.kinds.most_common(3)]
    return ", ".join([f"{stats.failed:,} failed", *kinds]) if stats.failed else ""


def signature_of(*parts: object) -> bytes:
    """Return a digest of what decides what is in the rows; each part has a `repr` of all of it."""
    return sha256(repr(parts).encode("utf-8", "surrogatepass")).digest()
