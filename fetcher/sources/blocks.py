"""The bytes of a local file, block by block."""

import os
from collections.abc import AsyncGenerator, Iterator

from fetcher.sources.base import BLOCK_SIZE, BrokenInput, SourceError


def shown(path: str) -> str:
    """Give a path as text that can be printed and encoded (file names may be any bytes)."""
    return os.fsencode(path).decode("utf-8", "replace")


def unreadable(name: str, error: OSError) -> SourceError:
    """Say that a file cannot be read, and why."""
    return SourceError(f"cannot read {name}: {error.strerror or error}")


def file_blocks(path: str) -> Iterator[bytes]:
    """Read a regular file; raises SourceError when it cannot be opened, BrokenInput later on."""
    try:
        file = open(path, "rb", buffering=0)  # noqa: SIM115 (closed by the `with` below)
    except OSError as error:
        raise unreadable(shown(path), error) from None
    with file:
        while True:
            try:
                block = file.read(BLOCK_SIZE)
            except OSError as error:
                raise BrokenInput(f"reading failed: {error.strerror or error}") from None
            if not block:
                return
            yield block


def byte_blocks(body: bytes) -> Iterator[bytes]:
    """Give bytes that are in memory already in blocks."""
    for start in range(0, len(body), BLOCK_SIZE):
        yield body[start : start + BLOCK_SIZE]


async def stream(blocks: Iterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Give blocks that can be read at once as blocks that arrive over time.

    Reading a block of a regular file takes some ten microseconds: less than a thread would cost.
    """
    for block in blocks:
        yield block
