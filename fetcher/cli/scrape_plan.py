"""What one call of `fetcher scrape` asks for, its arguments read and checked."""

import sys
from contextlib import redirect_stdout
from dataclasses import dataclass

from fetcher.cli.exits import ExitCode, give_up
from fetcher.extraction.fields import FieldSet
from fetcher.jobs.job_settings import ScrapeSettings
from fetcher.parse_stage import FunctionError, PageParser, UserFunction
from fetcher.sinks.columns import Column
from fetcher.sinks.job_columns import JobColumns, scrape_job
from fetcher.sinks.scrape_columns import Declared, parse_declared, scrape_columns, usual_columns


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken of each page, and the columns that come of it."""

    parser: PageParser
    columns: dict[str, Column]

    @property
    def signature(self) -> tuple[object, ...]:
        """What decides what is in the rows, besides the columns."""
        return (self.parser,)

    @property
    def outputs(self) -> JobColumns:
        """What can be written."""
        return scrape_job(self.columns, usual_columns(self.columns))


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


def _declared(what: ScrapeSettings) -> list[Declared]:
    texts = [text for part in what.extract_columns for text in part.split(",") if text.strip()]
    if texts and what.extract is None:
        raise ValueError("--extract-columns are those of a function; name it with --extract")
    try:
        return [parse_declared(text) for text in texts]
    except ValueError as error:
        raise ValueError(f"--extract-columns: {error}") from None
