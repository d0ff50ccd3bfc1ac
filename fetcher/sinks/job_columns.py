"""Which columns a job writes in which format, when nobody chooses and when somebody does.

The columns of a check: those of every job, and what its verdicts say.

The columns of a scrape: its fields, and what is known of each answer.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import GenericAlias
from typing import Any

from fetcher.extraction.fields import Field, FieldType, FieldValue
from fetcher.failures import Phase
from fetcher.model import Result
from fetcher.parse_stage import FieldRow
from fetcher.sinks import values
from fetcher.sinks.base import Value
from fetcher.sinks.columns import (
    COLUMNS,
    DEFAULT_COLUMNS,
    Column,
    available,
    choose,
    count,
    text,
    word,
)
from fetcher.sinks.reports.report_stats import REPORT_COLUMNS
from fetcher.text import clean

_FIRST = ("index", "source", "url")


def check_columns(now: Callable[[], float] = time.time) -> dict[str, Column]:
    """Make every column that a check can write, by name, in the order in which they are listed.

    now: the wall clock, seconds since the epoch; a certificate's days left count from it.
    """
    certificate = values.certificate
    verdict = (
        word("health", "healthy, degraded, unhealthy or unknown", values.health, 11),
        word("trouble", "kind of the gravest trouble, such as gone, dns, tls", values.trouble, 12),
        text("reason", "what is wrong: expected, and found; empty when nothing", values.reason),
        word("flaky", "what it came to at first, where it passed later", values.flaky, 21),
    )
    facts = (
        word("tls_version", "TLS version of the last connection", values.tls_version, 0),
        text("cert_subject", "whom the certificate names", certificate(lambda c: c.subject), 24),
        text("cert_issuer", "who issued it", certificate(lambda c: c.issuer), 24),
        text("cert_names", "hosts it is for", certificate(lambda c: ", ".join(c.names)), 24),
        count(
            "cert_days_left",
            "how long it is valid still; negative when it has expired",
            certificate(values.days_left(now)),
            "days",
        ),
        word("cert_expires", "when it ends, ISO 8601 UTC", certificate(values.expires), 20),
        word("cert_fingerprint", "SHA-256 of it", certificate(lambda c: c.fingerprint), 64),
        word("hash", "of what must be unchanged", values.body_hash, 16),
    )
    status = count("status", "HTTP status, of an answer that was cut too", values.status_seen)
    common = {**COLUMNS, "status": status}
    listed = [*(common.pop(name) for name in _FIRST), *verdict, *common.values(), *facts]
    return {column.name: column for column in listed}


CHECK_COLUMNS: Mapping[str, Column] = check_columns()
"""Every column that a check can write, by the clock of this machine."""


@dataclass(frozen=True, slots=True)
class JobColumns:
    """What a job can write.

    columns: all there are, by name. usual: the names of those written when nobody chooses.
    special: the same for the formats where it is something else. fixed: for formats that need just
    these, whatever is chosen.
    """

    columns: Mapping[str, Column]
    usual: tuple[str, ...]
    special: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fixed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


TITLES = JobColumns(COLUMNS, DEFAULT_COLUMNS)

CHECK = JobColumns(
    CHECK_COLUMNS,
    (
        "url",
        "health",
        "trouble",
        "reason",
        "status",
        "final_url",
        "elapsed_ms",
        "title",
        "cert_days_left",
    ),
    special={
        # All of it: a later run is compared with this one.
        "jsonl": tuple(CHECK_COLUMNS),
        # What fits a narrow terminal; the reason, after its trouble, runs over the rest.
        "table": ("health", "url", "status", "elapsed_ms", "trouble", "reason"),
    },
    fixed=dict.fromkeys(("junit", "markdown", "html"), REPORT_COLUMNS),
)


def columns_for(
    job: JobColumns,
    format: str,
    names: Sequence[str] = (),
    header: Sequence[str] = (),
    *,
    carry: bool = False,
) -> tuple[Column, ...]:
    """Find the columns to write in a format.

    format: one of `opening.FORMATS`, or `table`. names: those that were chosen, () for none.
    header: of the input; with carry its columns stand behind the others, unless some were chosen.
    A report has the same columns always. Raises ColumnError as `choose` does, also for a choice
    that a report leaves aside.
    """
    usual = job.fixed.get(format) or job.special.get(format, job.usual)
    if names:
        chosen = choose(names, header, job.columns)
        return chosen if format not in job.fixed else choose(usual, (), job.columns)
    carry = carry and format not in job.fixed
    carried = list(available(header, job.columns))[len(job.columns) :] if carry else ()
    return choose((*usual, *carried), header, job.columns)


EXTRA = "extra"
"""The column for what a user's function returns besides the columns that it was said to have."""

_PYTHON: dict[FieldType, Any] = {
    FieldType.TEXT: str,
    FieldType.INT: int,
    FieldType.FLOAT: float,
    FieldType.BOOL: bool,
    FieldType.JSON: object,
}
_BEFORE, _AFTER = ("url", "status"), ("error",)
_NOT_READ = frozenset({"title", "encoding", "encoding_source"})
"""Columns of other jobs, which a scrape has only as fields."""
_OF_THE_ANSWER = frozenset({"status", "final_url"})
"""Columns that say of the answer what is so however its page was parsed."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A column that a user's function fills: its name and type."""

    name: str
    type: FieldType = FieldType.TEXT


def parse_declared(text: str) -> Declared:
    """Read `NAME` or `NAME:TYPE`; raises ValueError."""
    name, colon, type = (part.strip() for part in text.partition(":"))
    if not name:
        raise ValueError(f"{text!r} is not a column; write NAME or NAME:TYPE")
    try:
        return Declared(name, FieldType(type) if colon else FieldType.TEXT)
    except ValueError:
        known = ", ".join(FieldType)
        raise ValueError(f"{text!r}: {type!r} is not a type; there are {known}") from None


def scrape_columns(
    fields: Sequence[Field], declared: Sequence[Declared] = (), *, open_ended: bool = False
) -> dict[str, Column]:
    """List every column that a scrape can write, by name.

    open_ended: whether rows may have more than fields and declared columns; that is `extra` then. A
    field with the name of another column takes its place. Raises ValueError where the place of
    `extra` is taken.
    """
    own = [_column(field.name, field.type, many=field.many) for field in fields]
    own += [_column(column.name, column.type, many=False) for column in declared]
    if open_ended:
        if any(column.name == EXTRA for column in own):
            raise ValueError(
                f"{EXTRA!r} is the column for what a function returns beside its columns; "
                "choose another name"
            )
        own.append(_column(EXTRA, FieldType.JSON, many=False))
    taken = {column.name for column in own} | _NOT_READ
    common = {name: column for name, column in COLUMNS.items() if name not in taken}
    for name in _OF_THE_ANSWER & common.keys():
        common[name] = _of_the_answer(common[name])
    return {**{column.name: column for column in own}, **common}


def usual_columns(columns: Mapping[str, Column]) -> tuple[str, ...]:
    """The names of the columns that are written when nobody chooses."""
    own = [name for name in columns if name not in COLUMNS or columns[name].value is _nothing]
    rest = {*own}
    return (
        *(name for name in _BEFORE if name not in rest),
        *own,
        *(name for name in _AFTER if name not in rest),
    )


def chosen(
    columns: Mapping[str, Column], names: Sequence[str], header: Sequence[str], *, carry: bool
) -> tuple[Column, ...]:
    """Find the columns to write; raises ColumnError."""
    carried = list(available(header, columns))[len(columns) :] if carry else []
    return choose(names or (*usual_columns(columns), *carried), header, columns)


def cells_maker(
    columns: Sequence[Column], known: Mapping[str, Column]
) -> Callable[[Result, Sequence[FieldRow]], tuple[tuple[FieldValue, ...], ...]]:
    """Make the function that turns a result and its rows into rows of these columns.

    known: all columns of the scrape; what has one of them is not for `extra`, chosen or not. A
    result that failed has a row even if nothing was taken from it.
    """
    own = {name for name, column in known.items() if column.value is _nothing} - {EXTRA}

    def cells(result: Result, rows: Sequence[FieldRow]) -> tuple[tuple[FieldValue, ...], ...]:
        if not rows and result.outcome.failure is not None:
            rows = ({},)
        return tuple(
            [tuple([_cell(column, result, row, own) for column in columns]) for row in rows]
        )

    return cells


def _cell(column: Column, result: Result, row: FieldRow, own: set[str]) -> FieldValue:
    if column.value is not _nothing:
        return column.value(result)
    if column.name == EXTRA:
        rest = {name: value for name, value in row.items() if name not in own}
        return _cleaned(rest) if rest else None
    return _cleaned(row.get(column.name))


def _cleaned(value: FieldValue) -> FieldValue:
    """A stranger's text, and what holds it, without what could act on a terminal."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {clean(name): _cleaned(item) for name, item in value.items()}
    return value


def _of_the_answer(column: Column) -> Column:
    """Let a column say what it says of a complete answer, also where its page was not parsed."""
    read = column.value

    def value(result: Result) -> Value:
        outcome = result.outcome
        if outcome.failure is not None and outcome.failure.phase is Phase.PARSE:
            result = replace(result, outcome=replace(outcome, failure=None))
        return read(result)

    return replace(column, value=value)


def _nothing(result: Result) -> None:
    """Stand in for the reader of a column whose value is not in the result itself."""
    return


def _column(name: str, type: FieldType, *, many: bool) -> Column:
    kind: Any = _PYTHON[type]
    help = f"{'list of ' if many else ''}{type}, taken from the page"
    if many:
        kind = GenericAlias(list, kind)
    return Column(name, help, "", kind, True, _nothing)
