"""The settings of the scrape job: what it takes of each page, where it parses, what it writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fetcher.options import duration as duration_of
from fetcher.options import many, option, optional, size, switch

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
        metavar="csv|tsv|jsonl|parquet|sqlite|table",
    )
    raw_cells: bool = switch(
        "In CSV, leave cells as they are that a spreadsheet would run as a formula."
    )
    carry: bool = switch("Write the input rows' own columns too, behind the others.")
    fail: bool = switch("Exit with 1 when a URL failed, or answered with 400 or more.")
