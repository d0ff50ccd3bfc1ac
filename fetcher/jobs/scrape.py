"""The scrape job as a library: URLs and fields in, rows out."""

from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass

from fetcher.engine.run import MakeTransport, Run
from fetcher.extraction.fields import FieldSet, fields_of_table
from fetcher.failures import Failure, Unrecoverable
from fetcher.jobs.library_calls import Urls, as_targets, run_blocking
from fetcher.jobs.remote_lists import open_whole_body
from fetcher.model import Outcome, Page, RawPage, Result, Target
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
