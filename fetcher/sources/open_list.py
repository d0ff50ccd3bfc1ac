"""Opening a list by its name: a path, `-` for standard input, or an http(s) URL."""

import contextlib
import os
import stat
from collections.abc import Iterator

from fetcher.sources.base import (
    BLOCK_SIZE,
    BrokenInput,
    FetchList,
    ListOptions,
    Source,
    SourceError,
)
from fetcher.sources.byte_streams import (
    OpenPipe,
    byte_blocks,
    file_blocks,
    open_path,
    open_stdin,
    pipe_blocks,
    shown,
    stream,
    unreadable,
)
from fetcher.sources.decompression import unpacked
from fetcher.sources.list_formats import ListLayout, Origin, find_list_layout
from fetcher.sources.list_source import STDIN, ListSource, Opened
from fetcher.text import encodable
from fetcher.urls import without_password


def open_list(
    name: str,
    options: ListOptions,
    *,
    counter: Iterator[int],
    fetch: FetchList | None = None,
) -> Source:
    """Open a list of targets.

    A regular file is examined at once: its format and header are known on return. Pipes and URLs
    are first read when iterated (or `prepare`d).

    Args:
        name: a path, `-` for standard input, or the http(s) URL of a list or sitemap.
        options: how to read it.
        counter: the targets' indexes; the sources of a run share one.
        fetch: fetches lists and child sitemaps by URL; None if that is not possible.

    Raises:
        SourceError: no such file, not readable, a directory, no such column, an HTML page;
            iterating can raise it too, for what is only read then.
    """
    if name == "-":
        origin = Origin(STDIN)
        return ListSource(origin, options, counter, lambda: _piped(origin, open_stdin), fetch)
    if name.lower().startswith(("http://", "https://")):
        origin = Origin(without_password(name))
        if fetch is None:
            raise SourceError(f"cannot read {origin.name}: lists cannot be fetched from URLs here")
        return ListSource(origin, options, counter, lambda: _fetched(name, fetch), fetch)
    return _open_path(name, options, counter, fetch)


def _open_path(
    path: str, options: ListOptions, counter: Iterator[int], fetch: FetchList | None
) -> Source:
    origin = Origin(shown(path))
    try:
        status = os.stat(path)
    except OSError as error:
        raise unreadable(origin.name, error) from None
    except ValueError:
        raise SourceError(
            f"cannot read {encodable(path, nul=True)}: not a valid file name"
        ) from None
    if stat.S_ISDIR(status.st_mode):
        raise SourceError(f"cannot read {origin.name}: it is a directory, not a file")
    if not os.access(path, os.R_OK):
        raise SourceError(f"cannot read {origin.name}: permission denied")
    if not stat.S_ISREG(status.st_mode):
        opener = open_path(path)
        return ListSource(origin, options, counter, lambda: _piped(origin, opener), fetch)
    layout = _layout_of_file(path, origin, options)
    return ListSource(
        origin, options, counter, lambda: _from_file(path, origin), fetch, layout=layout, path=path
    )


def _layout_of_file(path: str, origin: Origin, options: ListOptions) -> ListLayout:
    sample, more = b"", True
    with contextlib.closing(unpacked(file_blocks(path))) as blocks:
        while True:
            # Usually enough rows to tell the columns apart by their cells.
            wanted = len(sample) + 4 * BLOCK_SIZE
            while more and len(sample) < wanted:
                block = _next(blocks)
                sample += block
                more = bool(block)
            layout = find_list_layout(origin, sample, options, more=more)
            if layout is not None:
                return layout


def _next(blocks: Iterator[bytes]) -> bytes:
    """Return the next block; b"" at the end and where the input breaks off.

    Reading the list reports the latter, after the rows before.
    """
    try:
        return next(blocks, b"")
    except BrokenInput:
        return b""


async def _from_file(path: str, origin: Origin) -> Opened:
    return origin, stream(file_blocks(path))


async def _piped(origin: Origin, opener: OpenPipe) -> Opened:
    return origin, pipe_blocks(opener)


async def _fetched(url: str, fetch: FetchList) -> Opened:
    fetched = await fetch(url)
    origin = Origin(without_password(url), fetched.url, fetched.content_type)
    return origin, stream(byte_blocks(fetched.body))
