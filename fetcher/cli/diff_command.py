"""`fetcher diff`: what has changed between two results."""

from collections.abc import Callable
from typing import Annotated

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.units import parse_duration

FORMATS = ("text", "markdown", "jsonl")


def diff(
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="The earlier result.", show_default=False)
    ],
    new: Annotated[
        str, typer.Argument(metavar="NEW", help="The later result.", show_default=False)
    ],
    format: Annotated[
        str, typer.Option("--format", metavar="text|markdown|jsonl", help="Format of the output.")
    ] = "text",
    slower: Annotated[
        str,
        typer.Option(
            "--slower", metavar="FACTOR", help="How many times as long as before is slower."
        ),
    ] = "2x",
    slower_by: Annotated[
        str,
        typer.Option(
            "--slower-by",
            metavar="DURATION",
            help="How much longer it must be, too: times of a few milliseconds vary by factors.",
        ),
    ] = "500ms",
    degraded: Annotated[
        str,
        typer.Option(
            "--degraded",
            metavar="pass|fail",
            help="Whether a degraded URL counts as broken (fail) or not (pass).",
        ),
    ] = "pass",
    limit: Annotated[
        int,
        typer.Option(
            "--limit",
            min=0,
            metavar="N",
            help="How many URLs to show of each kind, but for JSON lines; 0: all.",
        ),
    ] = 100,
) -> None:
    """Compare two results of `fetcher check`: what is newly broken, fixed, slower, or else changed.

    Reads what check and titles write: CSV, TSV, JSON lines (each also as .gz), JUnit XML and the
    HTML report. URLs compare in their normalised form; what a file does not say is not compared.
    Exits with 1 when something is newly broken.

    fetcher diff yesterday.jsonl today.jsonl

    fetcher diff --format markdown main.csv branch.csv >> "$GITHUB_STEP_SUMMARY"
    """
    _check_word("--format", format, FORMATS)
    _check_word("--degraded", degraded, ("pass", "fail"))
    factor = _parsed("--slower", slower, parse_factor)
    seconds = _parsed("--slower-by", slower_by, parse_duration)

    from fetcher.baseline import BROKEN, Limits
    from fetcher.cli.diff_job import DiffJob, run_diff
    from fetcher.judgement.verdict import Health

    broken = BROKEN | {Health.DEGRADED} if degraded == "fail" else BROKEN
    limits = Limits(broken, factor, seconds)
    raise typer.Exit(run_diff(DiffJob(old, new, limits, format, limit or None)))


def parse_factor(text: str) -> float:
    """Read a factor such as `2x` or `1.5`, at least 1; raises ValueError."""
    digits = text.strip().lower().removesuffix("x")
    try:
        factor = float(digits)
    except ValueError:
        factor = 0.0
    if not 1 <= factor < float("inf"):
        raise ValueError(f"{text!r} is not a factor; write for example 2x or 1.5x")
    return factor


def _parsed(option: str, text: str, parse: Callable[[str], float]) -> float:
    try:
        return parse(text)
    except ValueError as error:
        give_up(ExitCode.USAGE, f"{option}: {error}")


def _check_word(option: str, word: str, known: tuple[str, ...]) -> None:
    if word not in known:
        give_up(ExitCode.USAGE, f"{option}: {word!r} is not one of {', '.join(known)}")
