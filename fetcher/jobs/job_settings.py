"""The settings of the three jobs: what each writes, and what it treats as a failure.

They are apart from the jobs so that `--help` can describe them without loading the engine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fetcher.options import choice, duration, many, option, optional, size, switch
from fetcher.settings import Method


def _columns(none: str) -> Any:
    return many(
        "Columns to write, in order, separated by commas; `help` lists all of them.",
        str.strip,
        none=none,
        metavar="NAME,...",
        section="Output",
    )


def _format(*names: str) -> Any:
    return optional(
        "Format of the output.",
        lambda name: name or None,
        none="by the suffix of the file, otherwise csv",
        metavar="|".join(names),
        section="Output",
    )


def _raw_cells() -> Any:
    return switch(
        "Do not escape CSV cells that a spreadsheet would run as formulas.", section="Output"
    )


def _carry() -> Any:
    return switch("Append the input's own columns to each row.", section="Output")


def _fail() -> Any:
    return switch(
        "Exit with code 1 if a URL fails or returns status 400 or higher.", section="Output"
    )


@dataclass(frozen=True, slots=True)
class TitlesSettings:
    """The settings of `fetcher titles`."""

    columns: tuple[str, ...] = _columns("url, status, title, final_url, elapsed_ms, error")
    format: str | None = _format(
        "csv", "tsv", "jsonl", "sqlite", "parquet", "markdown", "html", "table"
    )
    raw_cells: bool = _raw_cells()
    carry: bool = _carry()
    fail: bool = _fail()


class Degraded(StrEnum):
    """What a degraded URL makes of the exit code."""

    PASS = "pass"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """The settings of `fetcher check`."""

    method: Method = choice(
        Method.GET,
        "HTTP method. head: no body, but many servers answer it wrongly; head-then-get: GET again "
        "if HEAD does not succeed. Expectations about the body always use GET.",
        section="Requests",
    )
    recheck: bool = switch(
        "Check failed URLs again at the end of the run. A URL that then passes is degraded.",
        default=True,
        section="Retries",
    )
    recheck_after: float = duration(2.0, "Delay before the recheck.", zero=True, section="Retries")
    degraded: Degraded = choice(
        Degraded.PASS,
        "Whether a degraded URL makes the exit code 1 (fail) or not (pass).",
        section="Expectations",
    )
    columns: tuple[str, ...] = _columns(
        "url, health, trouble, reason, status, final_url, elapsed_ms, title, cert_days_left; all "
        "in JSON lines"
    )
    format: str | None = _format(
        "csv", "tsv", "jsonl", "sqlite", "parquet", "junit", "markdown", "html", "table"
    )
    raw_cells: bool = _raw_cells()
    carry: bool = _carry()


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
    """The settings of `fetcher scrape`."""

    fields: tuple[Any, ...] = many(
        "Field to extract; repeatable. Either a name and a CSS selector, such as "
        "price=.price::text, links=a@href* (all of them), main=main::html or n:int=.count::text; "
        "or a ready-made field: title, description, canonical, lang, h1, og.NAME, json_ld, feeds, "
        "links, text, word_count, hash.",
        _field,
        show=lambda field: field.name,
        table=_fields,
        metavar="NAME=SELECTOR",
        flags=("-s", "--select"),
        section="Fields",
    )
    extract: str | None = optional(
        "Call your own function with each page. It returns a dict, a list of dicts, or None.",
        lambda name: name.strip() or None,
        none="none",
        metavar="MODULE:FUNCTION",
        section="Fields",
    )
    extract_columns: tuple[str, ...] = many(
        "Columns that the function fills, NAME or NAME:TYPE (text, int, float, bool, json), "
        "separated by commas. Anything else it returns goes to the column extra, as JSON.",
        str.strip,
        metavar="NAME,...",
        section="Fields",
    )
    parse_workers: int | None = option(
        None,
        "Processes that parse pages. 0: none; auto: one per processor as soon as parsing is slower "
        "than fetching, and from the start with --extract.",
        _workers,
        show=lambda count: "auto" if count is None else str(count),
        types=(str, int),
        expected='a number or "auto"',
        metavar="N|auto",
        section="Parsing",
    )
    parse_timeout: float = duration(
        30.0, "Timeout for parsing one page in a process.", section="Parsing"
    )
    parse_memory: int = size(2_000_000_000, "Memory limit of one such process.", section="Parsing")
    columns: tuple[str, ...] = _columns("url, status, the fields, error")
    format: str | None = _format(
        "csv", "tsv", "jsonl", "sqlite", "parquet", "markdown", "html", "table"
    )
    raw_cells: bool = _raw_cells()
    carry: bool = _carry()
    fail: bool = _fail()
