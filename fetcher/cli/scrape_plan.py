"""What one call of `fetcher scrape` asks for, its arguments read and checked."""

import hashlib
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.open_inputs import Inputs
from fetcher.extraction.fields import FieldSet
from fetcher.jobs.scrape import ScrapeSettings
from fetcher.parse_stage import FunctionError, PageParser, UserFunction
from fetcher.settings import Settings
from fetcher.sinks.columns import Column
from fetcher.sinks.job_columns import Declared, parse_declared, scrape_columns


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken of each page, and the columns that come of it."""

    parser: PageParser
    columns: dict[str, Column]

    @property
    def signature(self) -> bytes:
        """What an output must have been begun with to be gone on with."""
        return hashlib.sha256(repr(self.parser).encode()).digest()


@dataclass(frozen=True, slots=True)
class ScrapeJob:
    """One call of `fetcher scrape`."""

    inputs: Inputs
    targets: tuple[str, ...]
    columns: tuple[str, ...]
    taken: Taken
    what: ScrapeSettings
    settings: Settings
    files: tuple[Path, ...] = ()
    resume: bool = False
    cache: str | None = None
    save_bodies: str | None = None
    quiet: bool = False
    verbose: bool = False


def what_to_take(what: ScrapeSettings) -> Taken:
    """Find out what to take of each page; exits with 2 when that cannot be meant so."""
    if not what.fields and what.extract is None:
        give_up(
            ExitCode.USAGE,
            "say what to take: -s NAME=SELECTOR, -s title, or --extract MODULE:FUNCTION; "
            "see fetcher scrape --help",
        )
    function = None if what.extract is None else UserFunction(what.extract)
    try:
        parser = PageParser(FieldSet(what.fields), function)
        # What a module prints while it is imported is no row.
        with redirect_stdout(sys.stderr):
            parser.load()
        columns = scrape_columns(what.fields, _declared(what), open_ended=function is not None)
    except FunctionError as error:
        give_up(ExitCode.USAGE, f"--extract: {error}")
    except ValueError as error:
        give_up(ExitCode.USAGE, error)
    return Taken(parser, columns)


def describe_columns(taken: Taken) -> None:
    """List the columns that rows can have."""
    for column in taken.columns.values():
        unit = f"[{column.unit}]" if column.unit else ""
        print(f"{column.name:<16} {unit:<8} {column.help}")


def _declared(what: ScrapeSettings) -> list[Declared]:
    texts = [text for part in what.extract_columns for text in part.split(",") if text.strip()]
    if texts and what.extract is None:
        raise ValueError("--extract-columns are those of a function; name it with --extract")
    try:
        return [parse_declared(text) for text in texts]
    except ValueError as error:
        raise ValueError(f"--extract-columns: {error}") from None
