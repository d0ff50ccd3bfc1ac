"""Rows as JSON lines."""

import json
import re
from collections.abc import Sequence

from fetcher.sinks.base import Row
from fetcher.sinks.clean import without_surrogates
from fetcher.sinks.column import Column
from fetcher.sinks.outputs import Output

# JSON itself escapes only C0. These would end a line for some readers, or act on a terminal.
_RAW = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f]")


class JsonLinesSink:
    """Writes one JSON object a line (RFC 8259), in UTF-8, its keys in the order of the columns.

    Types are kept: a number is a number, and None is null. Text is written as it is, except that
    control and bidirectional characters (which only cells carried over from the input can have)
    are escaped, and that a lone surrogate becomes U+FFFD, because many parsers refuse it.
    """

    def __init__(self, output: Output, columns: Sequence[Column]) -> None:
        self._output = output
        self._keys = tuple(column.name for column in columns)
        self._encoder = json.JSONEncoder(
            ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False
        )

    def write(self, rows: Sequence[Row]) -> None:
        """Write whole rows with one write of the output."""
        if rows:
            self._output.write("".join([self._line(row) for row in rows]).encode())

    def flush(self) -> None:
        """Hand everything to the operating system."""
        self._output.flush()

    def complete(self) -> None:
        """Do nothing: rows stand for themselves."""

    def close(self) -> None:
        """Flush, and close the output."""
        self._output.close()

    def _line(self, row: Row) -> str:
        return escaped(self._encoder.encode(dict(zip(self._keys, row, strict=True)))) + "\n"


def escaped(line: str) -> str:
    """Give JSON text with what could break a line, a terminal or a parser written as escapes."""
    return line if line.isprintable() else _RAW.sub(_escape, without_surrogates(line))


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
