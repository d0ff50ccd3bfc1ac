"""A disk that fills up: the error says it, what was committed stays, and a resumed run goes on."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fetcher.storage.output_error import OutputError
from tests.sinks.making import (
    NAMES,
    after,
    content,
    expected_urls,
    fill,
    opened,
    target,
    urls,
)

COUNT = 6000


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk in memory that is too small, which root may on Linux."""
    command = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(tmp_path)]
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk, on Linux")
    if subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("no disk may be mounted here")
    try:
        yield tmp_path
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def resize(disk: Path, size: str) -> None:
    """Give a mounted disk another size."""
    subprocess.run(["mount", "-o", f"remount,size={size}", str(disk)], check=True)


def filled_up(path: Path) -> str:
    """Write until there is no room any more; return why."""
    with pytest.raises(OutputError) as caught:
        fill(path, COUNT, size=50)
    return str(caught.value)


def committed(path: Path) -> int:
    """See how far an output is, and that all rows up to there can be read, and no others."""
    sink, progress = opened(path, resume=True)
    sink.finish(complete=False)
    assert 0 < progress.done < COUNT
    assert urls(path) == expected_urls(progress.done)
    return progress.done


@pytest.mark.parametrize("name", NAMES)
def test_no_file_may_grow_further(tmp_path: Path, name: str) -> None:
    """With a limit on sizes: what was committed can be read, and the rest follows later."""
    fill(tmp_path / f"undisturbed-{name}", COUNT)
    path = tmp_path / name
    with file_size_limit(60_000 if name.endswith(".gz") else 120_000):
        assert filled_up(path).startswith(f"cannot write to {path}: ")
    done = committed(path)
    assert fill(path, COUNT, resume=True) == done
    assert content(path) == content(tmp_path / f"undisturbed-{name}")


@pytest.mark.parametrize("name", NAMES)
def test_a_small_disk(
    small_disk: Path, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    """The disk is said to be full, its rows can be read, and with more room the run goes on."""
    elsewhere = tmp_path_factory.mktemp("elsewhere") / name
    fill(elsewhere, COUNT, size=50)
    path = small_disk / name
    if name.endswith(".gz"):
        resize(small_disk, "64k")
    assert filled_up(path).endswith(": the disk is full")
    readable = urls(path)
    assert readable == expected_urls(COUNT)[: len(readable)]
    resize(small_disk, "16m")
    done = committed(path)
    assert fill(path, COUNT, size=50, resume=True) == done
    assert content(path) == content(elsewhere)


def test_no_room_for_the_parquet_file(tmp_path: Path) -> None:
    """When there is room for the rows, but not for the file made of them, nothing is lost."""
    path = tmp_path / "out.parquet"
    fill(tmp_path / "undisturbed.parquet", COUNT)
    fill(path, COUNT, finish=False)
    sink, _ = opened(path, resume=True)
    with file_size_limit(20_000), pytest.raises(OutputError, match="has become too large"):
        sink.finish(complete=True)
    assert sorted(p.name for p in tmp_path.glob("out*")) == [
        "out.parquet.journal",
        "out.parquet.rows",
    ]
    assert fill(path, COUNT, resume=True) == COUNT
    assert content(path) == content(tmp_path / "undisturbed.parquet")


@pytest.mark.parametrize("name", NAMES)
def test_committing_once_more(tmp_path: Path, name: str) -> None:
    """Rows that did not fit are kept, and are there when a later commit finds room for them."""
    path = tmp_path / name
    sink, progress = opened(path)
    targets = [target(number) for number in range(900)]
    sink.write(targets)
    with (
        file_size_limit(path.stat().st_size if path.exists() else 200),
        pytest.raises(OutputError),
    ):
        sink.commit(after(progress, targets))
    sink.commit(after(progress, targets))
    sink.finish(complete=False)
    assert committed(path) == 900
