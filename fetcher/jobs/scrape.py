"""The scrape job as a library: URLs and fields in, rows out.

The settings of the scrape job: what it takes of each page, where it parses, what it writes.
"""

from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from fetcher.engine.run import MakeTransport, Run
from fetcher.extraction.fields import FieldSet, fields_of_table
from fetcher.failures import Failure, Unrecoverable
from fetcher.jobs.library_calls import Urls, as_targets, run_blocking
from fetcher.jobs.remote_lists import open_whole_body
from fetcher.model import Outcome, Page, RawPage, Result, Target
from fetcher.options import duration as duration_of
from fetcher.options import many, option, optional, size, switch
from fetcher.parse_stage import AutoStage, FieldRow, InlineStage, PageParser, ProcessStage, Stage
from fetcher.parse_stage import UserFunction as UserFunction
from fetcher.pool import PoolBroken
from fetcher.settings import Settings
from fetcher.transport.base import Exchange, Inquiry
from fetcher.transport.client import AiohttpTransport
from fetcher.urls import Url, without_password


@dataclass(frozen=True, slots=True)
class Workers:
    """Where pages are parsed.

    count: worker processes; 0 for the event loop, None to find out what is best. time_limit:
    seconds for one page, memory_limit: bytes for one worker beyond what it starts with; neither
    holds on the event loop. None for no limit.
    """

    count: int | None = None
    time_limit: float | None = 30.0
    memory_limit: int | None = None


AUTOMATIC = Workers()


def make_stage(parser: PageParser, workers: Workers = AUTOMATIC) -> Stage:
    """Choose where pages are parsed.

    A function that is not ours may hang or crash: it goes to processes, unless told otherwise.
    """
    if workers.count == 0:
        return InlineStage(parser)
    if workers.count is None and parser.function is None:
        return AutoStage(parser, None, workers.time_limit, workers.memory_limit)
    count = workers.count or _processors()
    return ProcessStage(parser, count, workers.time_limit, workers.memory_limit)


def scrape_run(
    targets: Iterable[Target] | AsyncIterable[Target],
    stage: Stage,
    settings: Settings,
    make_transport: MakeTransport = AiohttpTransport,
) -> Run:
    """Make the engine's run whose pages go through a stage, which must be entered meanwhile."""

    async def parse(url: Url, exchange: Exchange) -> tuple[Failure | None, Page]:
        try:
            parsed = await stage.parse(_raw(url, exchange))
        except PoolBroken as error:
            raise Unrecoverable(f"pages can no longer be parsed: {error}") from error
        fields = {"rows": parsed.rows, "traceback": parsed.traceback}
        return parsed.failure, Page(fields=fields)

    inquiry = Inquiry(open_whole_body, parse=parse)
    return Run(targets, lambda target: inquiry, settings, make_transport=make_transport)


@dataclass(frozen=True, slots=True)
class Scraped:
    """What was taken from one URL.

    rows: a dict of values by field for each row; one for fields, as many as it returned for a
    function of your own; what was found in spite of a failure, if any. traceback: of the exception
    that your function raised, "" when there was none.
    """

    target: Target
    outcome: Outcome
    rows: tuple[FieldRow, ...] = ()
    traceback: str = ""


async def scrape(
    urls: Urls,
    fields: Mapping[str, object] | FieldSet,
    settings: Settings | None = None,
    *,
    function: str | None = None,
    workers: Workers = AUTOMATIC,
) -> AsyncGenerator[Scraped, None]:
    """Take fields from the page of each URL; yields one Scraped for each, in input order.

    urls: as in `titles`. fields: what to take by name, as `[scrape.fields]` in TOML has it, such as
    {"price": ".price::text", "title": "title"}. function: `package.module:function` of your own,
    which gets a `PageView` and returns a dict or several.

    Nothing that a network, a server or a page does raises: it is in `scraped.outcome`, as is what
    your function raises. Raises ValueError for fields that cannot be meant so, and FunctionError
    when there is no such function.
    """
    taken = fields if isinstance(fields, FieldSet) else fields_of_table(fields)
    parser = PageParser(taken, UserFunction(function) if function else None)
    parser.load()
    async with make_stage(parser, workers) as stage:
        run = scrape_run(as_targets(urls), stage, settings or Settings())
        async with aclosing(aiter(run)) as results:
            async for result in results:
                rows, traceback = rows_of(result)
                yield Scraped(result.target, result.outcome, rows, traceback)


def scrape_all(
    urls: Iterable[str | Target],
    fields: Mapping[str, object] | FieldSet,
    settings: Settings | None = None,
    *,
    function: str | None = None,
    workers: Workers = AUTOMATIC,
) -> list[Scraped]:
    """Take fields from the page of each URL and return them as a list, in input order.

    For scripts and notebooks: works inside a running event loop too. Parameters and errors are
    those of `scrape`.
    """

    async def collect() -> list[Scraped]:
        found = scrape(urls, fields, settings, function=function, workers=workers)
        return [scraped async for scraped in found]

    return run_blocking(collect())


def rows_of(result: Result) -> tuple[tuple[FieldRow, ...], str]:
    """The rows that a result brought, and the traceback of a function that failed."""
    rows, traceback = result.page.fields.get("rows"), result.page.fields.get("traceback")
    return rows if isinstance(rows, tuple) else (), traceback if isinstance(traceback, str) else ""


def _raw(url: Url, exchange: Exchange) -> RawPage:
    body = exchange.page.fields.get("body")
    headers = {name.lower(): value for name, value in (exchange.headers or {}).items()}
    return RawPage(
        without_password(url.href),  # links are resolved against it, and end up in rows
        exchange.status,
        exchange.content_type,
        body if isinstance(body, bytes) else b"",
        headers,
    )


def _processors() -> int:
    from fetcher.pool.backend import usable_cpus

    return usable_cpus()


# What a field is, selectolax has to be loaded for: too long for --help.


def _field(text: str) -> Any:
    from fetcher.extraction.fields import parse_select

    return parse_select(text)


def _fields(table: Mapping[str, object]) -> tuple[Any, ...]:
    from fetcher.extraction.fields import fields_of_table

    return fields_of_table(table).fields


def _workers(text: str) -> int | None:
    text = text.strip().lower()
    if text == "auto":
        return None
    if not (text.isascii() and text.isdecimal() and int(text[:4]) <= 256):
        raise ValueError(f"{text!r} is not a number of processes up to 256, or auto")
    return int(text)


@dataclass(frozen=True, slots=True)
class ScrapeSettings:
    """What `fetcher scrape` does."""

    fields: tuple[Any, ...] = many(
        "A field to take: its name and a CSS selector with what to take, such as "
        "price=.price::text, links=a@href* (all of them), main=main::html, n:int=.count::text; or "
        "a ready-made one: title, description, canonical, lang, h1, og.NAME, json_ld, feeds, "
        "links, text, word_count, hash. Repeatable.",
        _field,
        show=lambda field: field.name,
        table=_fields,
        metavar="NAME=SELECTOR",
        flags=("-s", "--select"),
    )
    extract: str | None = optional(
        "A function of your own: it gets each page, and returns a dict, a list of dicts, or None.",
        lambda name: name.strip() or None,
        none="none",
        metavar="MODULE:FUNCTION",
    )
    extract_columns: tuple[str, ...] = many(
        "The columns that it fills, NAME or NAME:TYPE (text, int, float, bool, json), separated by "
        "commas; whatever else it returns goes as JSON into the column extra.",
        str.strip,
        metavar="NAME,...",
    )
    parse_workers: int | None = option(
        None,
        "Processes that parse; 0: none; auto: as many as there are processors, once parsing takes "
        "longer than fetching, and at once for a function of your own.",
        _workers,
        show=lambda count: "auto" if count is None else str(count),
        types=(str, int),
        expected='a number or "auto"',
        metavar="N|auto",
    )
    parse_timeout: float = duration_of(30.0, "Longest time for parsing one page, on processes.")
    parse_memory: int = size(2_000_000_000, "Most memory that one such process may take.")
    columns: tuple[str, ...] = many(
        "The output's columns in order, separated by commas; `help` lists them.",
        str.strip,
        none="url, status, the fields, error",
        metavar="NAME,...",
    )
    format: str | None = optional(
        "Format of the output.",
        lambda name: name or None,
        none="by the file's suffix, else csv",
        metavar="csv|tsv|jsonl|sqlite|parquet|markdown|html|table",
    )
    raw_cells: bool = switch(
        "In CSV, leave cells as they are that a spreadsheet would run as a formula."
    )
    carry: bool = switch("Write the input rows' own columns too, behind the others.")
    fail: bool = switch("Exit with 1 when a URL failed, or answered with 400 or more.")
