"""Runs `fetcher diff`: reads both results, compares, and prints what differs."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from fetcher.cli.diff_groups import Groups
from fetcher.cli.diff_output import json_line, markdown_lines, text_lines
from fetcher.cli.exits import ExitCode, give_up
from fetcher.earlier import EarlierError, Kind, Limits, Shelf, compare, read_whole
from fetcher.sinks.clean import clean
from fetcher.sinks.table_sink import wants_colour


@dataclass(frozen=True, slots=True)
class DiffJob:
    """One call of `fetcher diff`, its arguments checked.

    limit: how many differences of each kind are shown; None for all.
    """

    old: str
    new: str
    limits: Limits
    format: str = "text"
    limit: int | None = None


def run_diff(job: DiffJob) -> int:
    """Do a job; return its exit code."""
    groups = Groups(job.limit)
    try:
        with Shelf(read_whole(job.old)) as old, Shelf(read_whole(job.new)) as new:
            groups.before, groups.now = len(old), len(new)
            for line in _lines(job, old, new, groups):
                # As bytes: what is in a file is UTF-8 wherever it is printed.
                sys.stdout.buffer.write(f"{line}\n".encode())
            sys.stdout.buffer.flush()
    except EarlierError as error:
        give_up(ExitCode.INPUT_OUTPUT, clean(str(error)))
    except BrokenPipeError:
        _silence_stdout()
    except OSError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    return ExitCode.FAILED_URLS if groups.counts[Kind.NEWLY_BROKEN] else ExitCode.DONE


def _lines(job: DiffJob, old: Shelf, new: Shelf, groups: Groups) -> Iterator[str]:
    """Give the output line by line; all differences are counted before the last one."""
    as_json = job.format == "jsonl"
    for difference in compare(old, new, job.limits):
        groups.add(difference, keep=not as_json)
        if as_json:
            yield json_line(difference)
    if job.format == "markdown":
        yield from markdown_lines(groups)
    elif not as_json:
        yield from text_lines(groups, colour=wants_colour(sys.stdout, os.environ))


def _silence_stdout() -> None:
    """Keep the interpreter from complaining, as it ends, that nobody reads its output."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
