"""The columns that a row can have, what their values are, and how some of them are chosen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import get_args, get_origin

from fetcher.model import Result
from fetcher.sinks import values
from fetcher.sinks.base import Row, Value
from fetcher.sinks.values import Reader


class ColumnError(ValueError):
    """A column was asked for that does not exist, or twice, or none at all."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the output.

    unit: `ms`, `bytes`, `days` or "". kind: the type of its values, see `Kind`. from_web: whether
    its text may come from a stranger. value: reads it from a result. width: how many cells it needs
    on a terminal, 0 for text of any length.
    """

    name: str
    help: str
    unit: str
    kind: type
    from_web: bool
    value: Callable[[Result], Value]
    width: int = 0


def text(name: str, help: str, value: Reader, width: int = 0) -> Column:
    """Text that may be a stranger's: a URL can come from a sitemap, an error quotes a server."""
    return Column(name, help, "", str, True, value, width)


def word(name: str, help: str, value: Reader, width: int) -> Column:
    """A word of this program's own."""
    return Column(name, help, "", str, False, value, max(width, len(name)))


def count(name: str, help: str, value: Reader, unit: str = "") -> Column:
    """A whole number."""
    return Column(name, help, unit, int, False, value, max(6, len(name)))


def time(name: str, help: str, value: Reader) -> Column:
    """A duration in milliseconds."""
    return Column(name, help, "ms", float, False, value, max(8, len(name)))


@dataclass(frozen=True, slots=True)
class Kind:
    """What a column's values are: of one type each, or lists of it. None is always possible.

    type: str, int, float or bool, and object for any JSON.
    """

    type: type
    many: bool = False

    @property
    def nested(self) -> bool:
        """True if a flat output has the values as JSON text."""
        return self.many or self.type is object

    def __str__(self) -> str:
        word = _WORDS[self.type]
        return f"list of {word}" if self.many else word


_WORDS: dict[type, str] = {str: "text", int: "int", float: "float", bool: "bool", object: "json"}


def kind_of(column: Column) -> Kind:
    """Return what a column's values are; for a type that none of these is: any JSON."""
    if get_origin(column.kind) is list:
        (element,) = get_args(column.kind)
        return Kind(element if element in _WORDS else object, many=True)
    return Kind(column.kind if column.kind in _WORDS else object)


def kinds_of(columns: Sequence[Column]) -> tuple[Kind, ...]:
    """Return the kinds of columns, in their order."""
    return tuple(kind_of(column) for column in columns)


_seen = values.seen
_ms = values.phase_ms

_ALL = (
    count("index", "position in the input, from 0", values.index),
    text("source", "place of the input row, such as urls.txt:12", values.source, 20),
    text("url", "the URL as it was written", values.url),
    count("status", "HTTP status; empty unless the response is complete", values.status),
    text("title", "page title, as document.title returns it", values.title),
    text("final_url", "the URL that answered, after redirects", values.final_url),
    time("elapsed_ms", "duration of the last attempt, without queueing", values.elapsed_ms),
    text("error", "what went wrong and what to do; empty if nothing", values.error),
    word("failure", "kind of the failure", values.failure, 21),
    word("phase", "phase in which it failed", values.phase, 8),
    count("attempts", "number of attempts; 0 if nothing was sent", values.attempts),
    count("redirects", "number of redirects followed", values.redirects),
    text("redirect_chain", "as `301 http://a -> 302 http://b`", values.redirect_chain),
    count("bytes_read", "body read, after decompression", _seen(lambda r: r.bytes_read), "bytes"),
    count("bytes_saved", "announced body never read", _seen(lambda r: r.bytes_saved), "bytes"),
    word("encoding", "character encoding of the page", values.encoding, 12),
    word("encoding_source", "where the encoding was found", values.encoding_source, 0),
    text("content_type", "Content-Type header as received", _seen(lambda r: r.content_type), 24),
    word("http_version", "HTTP version of the response", _seen(lambda r: r.http_version), 0),
    word("ip", "IP address that answered", _seen(lambda r: r.ip), 15),
    time("dns_ms", "resolving the host name", _ms(lambda t: t.dns)),
    time("connect_ms", "connecting", _ms(lambda t: t.connect)),
    time("tls_ms", "TLS handshake", _ms(lambda t: t.tls)),
    time("first_byte_ms", "from the request to the first byte", _ms(lambda t: t.first_byte)),
    time("body_ms", "reading the body, as far as it was read", _ms(lambda t: t.body)),
)

COLUMNS: dict[str, Column] = {column.name: column for column in _ALL}
"""Every column that any job has, by name, in the order in which they are listed."""

DEFAULT_COLUMNS: tuple[str, ...] = ("url", "status", "title", "final_url", "elapsed_ms", "error")

INPUT_PREFIX = "input."
"""Stands before an input column's name where that is also one of ours, and may stand always."""


def describe(columns: Mapping[str, Column] = COLUMNS) -> list[tuple[str, str, str]]:
    """List name, unit and help of every column, for `--columns help`."""
    return [(column.name, column.unit, column.help) for column in columns.values()]


def one_row(columns: Sequence[Column]) -> Callable[[Result], tuple[Row, ...]]:
    """Make the function that turns a result into its one row of these columns."""
    readers = [column.value for column in columns]

    def make(result: Result) -> tuple[Row, ...]:
        # A list is made faster than a generator is run; this is on the path of every URL.
        return (tuple([read(result) for read in readers]),)

    return make


def available(
    carried: Sequence[str] = (), columns: Mapping[str, Column] = COLUMNS
) -> dict[str, Column]:
    """List every column that can be chosen: the job's, then the input's own.

    carried: the header of the input, in the order of Target.carried. An input column named as one
    of ours gets the prefix `input.`; one without a name is `column N`, counted from 1; one whose
    name was there before gets `.2`, `.3` and so on, so that no two columns share a name.
    """
    known = dict(columns)
    for position, header in enumerate(carried):
        base = header or f"column {position + 1}"
        name = base = INPUT_PREFIX + base if base in columns else base
        repeat = 1
        while name in known:
            repeat += 1
            name = f"{base}.{repeat}"
        help = f"column {position + 1} of the input"
        known[name] = Column(name, help, "", str, False, values.carried(position))
    return known


def choose(
    names: Sequence[str],
    carried: Sequence[str] = (),
    columns: Mapping[str, Column] = COLUMNS,
) -> tuple[Column, ...]:
    """Find columns by name, in the order asked for.

    names: of `available(carried, columns)`; an input column may always be written with `input.`
    before it. Raises ColumnError for a name that is unknown, or given twice, or if there is none.
    """
    if not names:
        raise ColumnError("no column was chosen; name at least one, such as url,status,title")
    known = available(carried, columns)
    chosen: dict[str, Column] = {}
    for name in names:
        column = known.get(name) or _prefixed(name, known, columns)
        if column is None:
            raise ColumnError(_unknown(name, known))
        if column.name in chosen:
            raise ColumnError(f"column {name!r} was chosen twice")
        chosen[column.name] = column
    return tuple(chosen.values())


def _prefixed(
    name: str, known: Mapping[str, Column], columns: Mapping[str, Column]
) -> Column | None:
    bare = name.removeprefix(INPUT_PREFIX)
    return known.get(bare) if bare != name and bare not in columns else None


def _unknown(name: str, known: Mapping[str, Column]) -> str:
    close = get_close_matches(name.lower(), known, n=1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    return f"unknown column {name!r}{hint}; there are: {', '.join(known)}"
