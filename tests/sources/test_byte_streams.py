"""Pipes: rows as they arrive, no thread that holds up the loop or the exit."""

import asyncio
import errno
import itertools
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from fetcher.model import Target
from fetcher.sources import ListOptions, SourceError
from fetcher.sources.byte_streams import pipe_blocks
from fetcher.sources.list_formats import Origin
from fetcher.sources.list_source import ListSource
from tests.sources.readers import collected, opened

ROOT = Path(__file__).parents[2]

READER = textwrap.dedent(
    """
    import asyncio, itertools, sys
    from fetcher.sources import ListOptions, SourceError, open_list

    async def main():
        source = open_list("-", ListOptions(carry=True), counter=itertools.count())
        try:
            async for row in source:
                print(row.source, row.url, *row.carried, row.problem, flush=True)
        except SourceError as error:
            print("error:", error)

    asyncio.run(main())
    """
)


def run(data: bytes) -> list[str]:
    """Read this standard input in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", READER],
        input=data,
        capture_output=True,
        cwd=ROOT,
        timeout=60,
        check=True,
    )
    assert done.stderr == b""
    return done.stdout.decode().splitlines()


def started() -> "subprocess.Popen[bytes]":
    """Start a process that reads standard input and prints rows."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", READER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"http://a/\n# c\nb.com", ["stdin:1 http://a/ ", "stdin:3 b.com "]),
        (b"name,url\nx,http://a/\n", ["stdin:2 http://a/ x "]),
        (b'{"url":"http://a/","n":1}\n', ["stdin:1 http://a/ 1 "]),
        (b"<urlset><url><loc>http://a/</loc></url></urlset>", ["stdin#1 http://a/ "]),
        (b"", []),
        (
            b"<html></html>",
            ["error: stdin is an HTML page; expected a list of URLs, a sitemap or a feed"],
        ),
    ],
)
def test_standard_input_is_told_by_its_content(data: bytes, rows: list[str]) -> None:
    """Text, CSV, JSON lines and sitemaps come through a real pipe."""
    assert run(data) == rows


def test_rows_come_as_lines_arrive() -> None:
    """`tail -f list | fetcher`: a row is given while the pipe stays open."""
    with started() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in (1, 2, 3):
            rest = "http" if number == 3 else ""
            process.stdin.write(f"http://{number}/\n{rest}".encode())
            process.stdin.flush()
            assert process.stdout.readline() == f"stdin:{number} http://{number}/ \n".encode()
        process.stdin.close()
        assert process.stdout.read() == b"stdin:4 http \n"
        assert process.wait(60) == 0


def test_an_open_pipe_does_not_keep_the_program_from_ending() -> None:
    """Interrupted while it waits for input that never comes, the interpreter exits cleanly."""
    with started() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"http://a/\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"stdin:1 http://a/ \n"
        process.send_signal(signal.SIGINT)
        process.wait(60)
        assert process.stderr is not None
        assert b"KeyboardInterrupt" in process.stderr.read()
        assert process.returncode in (1, 130, -signal.SIGINT)


def test_a_closed_standard_input_is_an_error() -> None:
    """`<&-` is said, not taken for an empty list."""
    done = subprocess.run(
        ["sh", "-c", '"$0" -c "$1" <&-', sys.executable, READER],
        capture_output=True,
        cwd=ROOT,
        timeout=60,
        check=True,
    )
    assert done.stdout == b"error: cannot read standard input: it is closed\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
async def test_a_fifo_is_read_without_holding_up_the_loop(tmp_path: Path) -> None:
    """Opening waits for the writer, reading for each line; other tasks run meanwhile."""
    path = tmp_path / "fifo"
    os.mkfifo(path)
    source = opened(path)
    assert source.count() is None
    targets = aiter(source)
    first = asyncio.ensure_future(anext(targets))
    turns = 0
    while turns < 5:  # The loop turns although nobody has opened the other end.
        await asyncio.sleep(0.001)
        turns += 1
    assert not first.done()
    writer = await asyncio.to_thread(open, path, "wb", 0)
    with writer:
        writer.write(b"http://a/\nhttp://b")
        assert (await first).url == "http://a/"
        second = asyncio.ensure_future(anext(targets))
        await asyncio.sleep(0.001)
        assert not second.done()
        writer.write(b"/\n")
        assert (await second).url == "http://b/"
    assert await collected(targets) == []


async def test_the_writer_is_slowed_to_the_readers_pace() -> None:
    """One block is read for each that is asked for."""
    reads = 0

    def read() -> bytes:
        nonlocal reads
        reads += 1
        return b"x" * 10

    blocks = pipe_blocks(lambda: nullcontext(read))
    for expected in (1, 2, 3):
        assert await anext(blocks) == b"x" * 10
        assert reads == expected
    await blocks.aclose()


async def test_the_thread_ends_with_its_reader() -> None:
    """Closing leaves no thread behind once the read at hand has returned."""
    before = set(threading.enumerate())
    blocks = pipe_blocks(lambda: nullcontext(lambda: b"x"))
    await anext(blocks)
    (thread,) = set(threading.enumerate()) - before
    await blocks.aclose()
    await asyncio.to_thread(thread.join, 30)
    assert not thread.is_alive()


async def test_a_read_error_is_a_problem_row() -> None:
    """What was read before it stays, the rest is reported as one row."""
    answers: Iterator[bytes | OSError] = iter(
        [b"http://a/\nhttp://", OSError(errno.EIO, "Input/output error")]
    )

    def read() -> bytes:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    origin = Origin("stdin")

    async def start() -> tuple[Origin, AsyncGenerator[bytes, None]]:
        return origin, pipe_blocks(lambda: nullcontext(read))

    source = ListSource(origin, ListOptions(), itertools.count(), start)
    assert await collected(source) == [
        Target(0, "http://a/", "stdin:1"),
        Target(1, "", "stdin:2", problem="reading failed: Input/output error"),
    ]


async def test_what_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    """An error of the thread's opening comes out of the iteration."""
    path = tmp_path / "fifo"
    os.mkfifo(path)
    source = opened(path)
    path.unlink()
    with pytest.raises(SourceError, match="fifo: No such file"):
        await collected(source)
