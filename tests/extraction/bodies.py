"""How the tests read bodies: all at once, in pieces, and the shared cases."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fetcher.extraction import TitleReader
from fetcher.model import Page

SHARED = Path(__file__).parents[3] / "shared" / "cases"

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the collected cases (../shared/cases) are not here"
)


def read(body: bytes, content_type: str = "text/html", sizes: Iterable[int] = ()) -> Page:
    """Read a body in pieces of these sizes, repeated; all at once without any."""
    return read_some(body, content_type, sizes)[0]


def read_some(
    body: bytes, content_type: str = "text/html", sizes: Iterable[int] = ()
) -> tuple[Page, int]:
    """Read a body as `read` does; return the page and how many bytes were fed."""
    reader = TitleReader(content_type)
    fed = 0
    for piece in pieces(body, list(sizes) or [len(body) or 1]):
        fed += len(piece)
        if reader.feed(piece):
            break
    return reader.finish(), fed


def pieces(body: bytes, sizes: list[int]) -> Iterator[bytes]:
    """Cut a body into pieces of these sizes, repeated."""
    start = turn = 0
    while start < len(body):
        size = sizes[turn % len(sizes)]
        yield body[start : start + size]
        start, turn = start + size, turn + 1


def shared_rows(name: str) -> list[dict[str, Any]]:
    """Return the rows of a file of shared cases."""
    lines = (SHARED / name).read_text(encoding="utf-8").rstrip("\n").split("\n")
    return [json.loads(line) for line in lines]
