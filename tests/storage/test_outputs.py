"""Bytes reach files and streams whole, and failures are told in plain words."""

import gzip
import io
import os
import resource
import signal
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fetcher.storage.output_error import OutputError
from fetcher.storage.outputs import FileOutput, GzipOutput, StreamOutput

ROW = b"http://a.example/,200,A title\r\n"


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class Stingy(io.RawIOBase):
    """Takes a few bytes at a time, and counts how often it is asked."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.taken: list[bytes] = []

    def write(self, data: object) -> int:
        """Take the first bytes."""
        part = bytes(memoryview(data)[: self.most])  # type: ignore[arg-type]
        self.taken.append(part)
        return len(part)


def test_a_batch_is_one_call_of_the_system() -> None:
    """Whole rows go out with a single write, however many there are."""
    stream = Stingy(most=1_000_000)
    StreamOutput(stream).write(ROW * 5000)  # type: ignore[arg-type]
    assert stream.taken == [ROW * 5000]


def test_what_the_system_leaves_over_is_written_too() -> None:
    """A short write is continued where it stopped."""
    stream = Stingy(most=7)
    StreamOutput(stream).write(ROW)  # type: ignore[arg-type]
    assert b"".join(stream.taken) == ROW
    assert max(map(len, stream.taken)) == 7


def test_a_file_is_written_through(tmp_path: Path) -> None:
    """A row is in the file as soon as `write` returns, without a flush."""
    output = FileOutput(tmp_path / "out.csv")
    output.write(ROW)
    assert (tmp_path / "out.csv").read_bytes() == ROW
    output.close()


def test_closing_twice_is_harmless(tmp_path: Path) -> None:
    """The second close does nothing."""
    for output in (FileOutput(tmp_path / "a"), GzipOutput(FileOutput(tmp_path / "b.gz"))):
        output.close()
        output.close()


def test_an_empty_gzip_file_is_one(tmp_path: Path) -> None:
    """Without rows there is still a member, which is written once."""
    path = tmp_path / "out.gz"
    output = GzipOutput(FileOutput(path))
    output.close()
    data = path.read_bytes()
    assert data.startswith(b"\x1f\x8b")
    assert gzip.decompress(data) == b""


def test_a_full_disk_leaves_whole_rows(tmp_path: Path) -> None:
    """When a batch does not fit, the file is cut back to the batches before it."""
    path = tmp_path / "out.csv"
    output = FileOutput(path)
    output.write(ROW * 10)
    with file_size_limit(len(ROW) * 12 + 5), pytest.raises(OutputError) as caught:
        output.write(ROW * 10)
    output.close()
    assert path.read_bytes() == ROW * 10
    assert str(caught.value) == f"cannot write to {path}: the file has become too large"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_no_space_is_told() -> None:
    """ENOSPC says that the disk is full, on a file and on a stream."""
    file = FileOutput(Path("/dev/full"))
    with pytest.raises(OutputError, match=r"^cannot write to /dev/full: the disk is full$"):
        file.write(ROW)
    file.close()
    with open("/dev/full", "wb") as full:
        stream = StreamOutput(full)
        with pytest.raises(
            OutputError, match=r"^cannot write to standard output: the disk is full$"
        ):
            stream.write(ROW)
        # Nothing is left in a buffer to fail again at the end of the program.
        stream.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_closing_after_a_failure_is_quiet() -> None:
    """A gzip file that could not be written does not fail a second time when it is closed."""
    output = GzipOutput(FileOutput(Path("/dev/full")))
    output.write(ROW)
    with pytest.raises(OutputError):
        output.flush()
    output.close()


def test_a_closed_pipe_passes_through() -> None:
    """A reader that went away is a BrokenPipeError, not a OutputError."""
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as stream:
        output = StreamOutput(stream)
        with pytest.raises(BrokenPipeError):
            output.write(ROW)
        output.close()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_closed_named_pipe_passes_through(tmp_path: Path) -> None:
    """The same holds for a pipe that is opened by its name."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    output = FileOutput(path)
    os.close(reading)
    with pytest.raises(BrokenPipeError):
        output.write(ROW)
    output.close()


def test_a_stream_stays_open() -> None:
    """What somebody else opened is flushed, not closed."""
    stream = io.BytesIO()
    output = StreamOutput(stream)
    output.write(ROW)
    output.close()
    assert stream.getvalue() == ROW


def test_what_the_stream_held_before_comes_first(tmp_path: Path) -> None:
    """Bytes that wait in the stream's own buffer are not overtaken."""
    with open(tmp_path / "out", "wb") as stream:
        stream.write(b"before\n")
        StreamOutput(stream).write(ROW)
    assert (tmp_path / "out").read_bytes() == b"before\n" + ROW


def test_a_pipe_that_does_not_block_gets_everything() -> None:
    """A full non-blocking pipe is waited for."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    received: list[bytes] = []

    def read() -> None:
        with open(reading, "rb") as stream:
            received.append(stream.read())

    reader = threading.Thread(target=read)
    data = ROW * 20_000  # more than any pipe holds
    with open(writing, "wb") as stream:
        reader.start()
        StreamOutput(stream).write(data)
    reader.join()
    assert received == [data]


def test_gzip_is_complete_after_each_flush(tmp_path: Path) -> None:
    """After a flush the file unpacks to the end, although it is still open."""
    path = tmp_path / "out.csv.gz"
    output = GzipOutput(FileOutput(path))
    for count in (1, 2, 3):
        output.write(ROW)
        output.flush()
        output.flush()
        assert gzip.decompress(path.read_bytes()) == ROW * count
    output.close()
    assert gzip.decompress(path.read_bytes()) == ROW * 3


def test_gzip_holds_little_back(tmp_path: Path) -> None:
    """Without a flush, rows are written as soon as a member is full; memory stays bounded."""
    path = tmp_path / "out.gz"
    output = GzipOutput(FileOutput(path))
    for _ in range(100):
        output.write(ROW * 1000)
    written = gzip.decompress(path.read_bytes())
    assert len(ROW) * 100_000 - len(written) < 256 * 1024 + len(ROW) * 1000
    output.close()
    assert gzip.decompress(path.read_bytes()) == ROW * 100_000


def test_gzip_packs_and_repeats(tmp_path: Path) -> None:
    """The same rows give the same, smaller file."""
    for name in ("a.gz", "b.gz"):
        output = GzipOutput(FileOutput(tmp_path / name))
        output.write(ROW * 1000)
        output.close()
    first, second = ((tmp_path / name).read_bytes() for name in ("a.gz", "b.gz"))
    assert first == second
    assert first[4:8] == bytes(4)  # MTIME (RFC 1952, 2.3.1): no time stamp
    assert len(first) < len(ROW) * 100


WRITER = """
import sys
from pathlib import Path
from fetcher.storage.outputs import FileOutput, GzipOutput

path = Path(sys.argv[1])
output = GzipOutput(FileOutput(path)) if path.suffix == ".gz" else FileOutput(path)
for number in range(1_000_000):
    output.write(b"".join(b"%d,%d\\r\\n" % (number, i) for i in range(20)))
    output.flush()
    print(number, flush=True)
"""


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz"])
def test_reported_rows_survive_a_kill(tmp_path: Path, name: str) -> None:
    """After SIGKILL every batch that was reported is in the file, in order, in whole rows."""
    path = tmp_path / name
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, cwd=Path.cwd()
    )
    assert writer.stdout is not None
    with writer.stdout:
        for _ in range(200):
            reported = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    data = path.read_bytes()
    rows = _unpacked(data) if name.endswith(".gz") else data
    expected = [b"%d,%d" % (n, i) for n in range(reported + 100_000) for i in range(20)]
    whole = rows.split(b"\r\n")[:-1]
    assert whole == expected[: len(whole)]
    assert len(whole) >= (reported + 1) * 20


def _unpacked(data: bytes) -> bytes:
    """Unpack every member; the last one may be cut, those before it may not."""
    rows = b""
    while data:
        member = zlib.decompressobj(wbits=31)
        rows += member.decompress(data)
        data = member.unused_data
    return rows
