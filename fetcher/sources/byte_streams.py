"""Blocks of bytes: of local files, and of pipes, terminals and devices, which may never arrive."""

import asyncio
import contextlib
import io
import os
import queue
import select
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Iterator

from fetcher.sources.base import BLOCK_SIZE, BrokenInput, SourceError


def shown(path: str) -> str:
    """Return a path as text that can be printed and encoded (a file name can be any bytes)."""
    return os.fsencode(path).decode("utf-8", "replace")


def unreadable(name: str, error: OSError) -> SourceError:
    """Return the error of a file that cannot be read."""
    return SourceError(f"cannot read {name}: {error.strerror or error}")


def file_blocks(path: str) -> Iterator[bytes]:
    """Yield the blocks of a regular file.

    Raises SourceError if it cannot be opened, BrokenInput if reading fails later.
    """
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
    """Yield the blocks of bytes that are already in memory."""
    for start in range(0, len(body), BLOCK_SIZE):
        yield body[start : start + BLOCK_SIZE]


async def stream(blocks: Iterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Yield blocks that can be read at once as an asynchronous stream.

    Reading a block of a regular file takes about ten microseconds, less than a thread would cost.
    """
    for block in blocks:
        yield block


Read = Callable[[], bytes]
"""Waits for bytes and returns them; b"" at the end."""

OpenPipe = Callable[[], contextlib.AbstractContextManager[Read]]
"""Opens a pipe (waiting for its writer) for as long as it is read; raises SourceError."""

_Request = asyncio.Future[bytes]


async def pipe_blocks(open_pipe: OpenPipe) -> AsyncGenerator[bytes, None]:
    """Yield blocks as they arrive, without blocking the event loop.

    `open_pipe` and the reads run in a daemon thread: unlike an executor's thread it does not
    keep the interpreter from exiting while it waits for bytes that never arrive. It reads only
    when a block is requested, so the writer is slowed to the reader's pace.
    """
    requests: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
    loop = asyncio.get_running_loop()
    threading.Thread(
        target=_serve, args=(open_pipe, requests, loop), name="fetcher-input", daemon=True
    ).start()
    try:
        while True:
            request: _Request = loop.create_future()
            requests.put(request)
            block = await request
            if not block:
                return
            yield block
    finally:
        requests.put(None)


def _serve(
    open_pipe: OpenPipe,
    requests: "queue.SimpleQueue[_Request | None]",
    loop: asyncio.AbstractEventLoop,
) -> None:
    with contextlib.ExitStack() as pipe:
        read: Read | None = None
        while (request := requests.get()) is not None:
            try:
                if read is None:
                    read = pipe.enter_context(open_pipe())
                answer: bytes | Exception = read()
            except OSError as error:
                answer = BrokenInput(f"reading failed: {error.strerror or error}")
            except Exception as error:
                answer = error
            # The loop is closed if the program ended during the read: nobody waits for it.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_deliver, request, answer)


def _deliver(request: _Request, answer: bytes | Exception) -> None:
    if request.done():
        return
    if isinstance(answer, Exception):
        request.set_exception(answer)
    else:
        request.set_result(answer)


@contextlib.contextmanager
def open_stdin() -> Iterator[Read]:
    """Open standard input; raises SourceError if it is closed."""
    if sys.stdin is None or sys.stdin.closed:
        raise SourceError("cannot read standard input: it is closed")
    try:
        descriptor = sys.stdin.fileno()
    except (io.UnsupportedOperation, AttributeError):
        # A file-like object, put there by an embedding program.
        yield lambda: sys.stdin.buffer.read(BLOCK_SIZE)
        return
    # Not through sys.stdin: a thread that waits while holding that object's lock makes the
    # interpreter fail at exit.
    yield lambda: _read(descriptor)


def open_path(path: str) -> OpenPipe:
    """Return the opener of a FIFO or device."""

    @contextlib.contextmanager
    def opened() -> Iterator[Read]:
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except OSError as error:
            raise unreadable(shown(path), error) from None
        try:
            yield lambda: _read(descriptor)
        finally:
            os.close(descriptor)

    return opened


def _read(descriptor: int) -> bytes:
    while True:
        try:
            return os.read(descriptor, BLOCK_SIZE)
        except BlockingIOError:
            # Somebody who shares this end of the pipe made it non-blocking.
            select.select([descriptor], [], [])
