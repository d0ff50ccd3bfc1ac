"""`fetcher diff`: what changed between the results of two runs."""

from collections.abc import Callable
from typing import Annotated

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.units import parse_duration

FORMATS = ("text", "markdown", "jsonl")


def diff(
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="File with the earlier result.", show_default=False)
    ],
    new: Annotated[
        str, typer.Argument(metavar="NEW", help="File with the later result.", show_default=False)
    ],
    format: Annotated[
        str, typer.Option("--format", metavar="text|markdown|jsonl", help="Format of the output.")
    ] = "text",
    slower: Annotated[
        str,
        typer.Option(
            "--slower", metavar="FACTOR", help="Factor from which a response counts as slower."
        ),
    ] = "2x",
    slower_by: Annotated[
        str,
        typer.Option(
            "--slower-by",
            metavar="DURATION",
            help="Minimum difference as well, because times of a few milliseconds vary by factors.",
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
            help="Maximum URLs to show per kind of change; 0 shows all, as JSON lines always do.",
        ),
    ] = 100,
) -> None:
    """Compare the results of two runs.

    Shows what is newly broken, fixed, slower or otherwise changed. Reads what check and titles
    write: CSV, TSV and JSON lines (each also as .gz), SQLite and Parquet. URLs are compared in
    normalized form; a value that one of the files lacks is not compared.

    Examples:
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
    """Parse a factor such as `2x` or `1.5`, at least 1; raises ValueError."""
    digits = text.strip().lower().removesuffix("x")
    try:
        factor = float(digits)
    except ValueError:
        factor = 0.0
    if not 1 <= factor < float("inf"):
        raise ValueError(f"{text!r} is not a factor; use for example 2x or 1.5x")
    return factor


def _parsed(option: str, text: str, parse: Callable[[str], float]) -> float:
    try:
        return parse(text)
    except ValueError as error:
        give_up(ExitCode.USAGE, f"{option}: {error}")


def _check_word(option: str, word: str, known: tuple[str, ...]) -> None:
    if word not in known:
        give_up(ExitCode.USAGE, f"{option}: {word!r} is not one of {', '.join(known)}")
