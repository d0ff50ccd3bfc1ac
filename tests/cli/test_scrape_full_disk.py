"""A disk that fills up during a scrape: what was committed stays, and the rest follows."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.killing import Victim
from tests.cli.program import environment
from tests.sinks.making import content, urls
from tests.support.shop import shop_outside
from tests.support.small_disk import SmallDisk, small_disk

PAGES = 1500
SIZES = {"o.csv": "128k", "o.csv.gz": "48k", "o.jsonl": "128k", "o.db": "400k", "o.parquet": "128k"}
"""Outputs, and disks that have room for some of their rows."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a list, and with all that comes of it where there is room."""
    folder = tmp_path_factory.mktemp("whole")
    with shop_outside(0.0) as base:
        (folder / "urls.txt").write_text("".join(f"{base}/item/{n}\n" for n in range(PAGES)))
        Victim(arguments(folder, *SIZES), folder).finish()
        yield folder


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk, of any size."""
    with small_disk(tmp_path, "1m") as disk:
        yield disk


def arguments(folder: Path, *names: str) -> list[str]:
    """Write the command that fills these outputs."""
    fields = ("-s", "title", "-s", "links", "-s", "hash")
    outputs = [argument for name in names for argument in ("-o", name)]
    return ["scrape", "-l", str(folder / "urls.txt"), *fields, *outputs, "--retries", "0"]


@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_a_disk_that_fills_up(
    name: str, size: str, whole: Path, disk: SmallDisk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Exit 3 that says so, rows that can be read, and a resumed run that does only the others."""
    command = [sys.executable, "-m", "fetcher", *arguments(whole, name)]
    disk.resize(size)
    for more in ((), ("--resume",)):
        full = disk.run(*command, *more, env=environment())
        assert full.returncode == 3, full.stderr
        assert f"fetcher: cannot write to {name}" in full.stderr
        assert "the disk is full" in full.stderr
        assert "Traceback" not in full.stderr
        # Where not a page is left, the second run has to give up before it begins.
        assert more or "run the same command with --resume to continue" in full.stderr

    copies = tmp_path_factory.mktemp("copies")
    disk.copy(copies / "full")
    readable = urls(copies / "full" / name)
    assert 0 < len(readable) < PAGES
    assert readable == (whole / "urls.txt").read_text().split()[: len(readable)]

    disk.resize("16m")
    resumed = disk.run(*command, "--resume", env=environment())
    assert resumed.returncode == 0, resumed.stderr
    assert f"{PAGES - len(readable):,} URLs in" in resumed.stderr
    disk.copy(copies / "done")
    assert content(copies / "done" / name) == content(whole / name)
