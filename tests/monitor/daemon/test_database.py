"""The database cannot be written for a while: the disk is full, or someone else writes to it."""

import asyncio
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from fetcher.monitor.history import HistoryReader
from tests.monitor.daemon.hasty import command
from tests.monitor.daemon.pages import Pages, serving
from tests.monitor.daemon.running import (
    BASE,
    COMMAND,
    Running,
    channel,
    configure,
    running,
    started,
    target,
)
from tests.notify.receiving import Receiver, receiver
from tests.support.small_disk import SmallDisk, small_disk

ROOT = str(Path(__file__).parents[3])
IMPATIENT = command(["fetcher.monitor.history.history_file:PATIENCE=0.3"], COMMAND[3:])
"""The monitor waits for other writers for ten seconds."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    with small_disk(folder, "2m") as disk:
        yield disk


async def healthy(it: Running, status: int) -> str:
    """Wait until /healthz has a status; give what it says."""
    while True:
        assert it.process.poll() is None, "\n".join(it.said)
        found, text = await it.ask("/healthz")
        if found == status:
            return str(text)
        await asyncio.sleep(0.1)


async def through_trouble(
    it: Running,
    pages: Pages,
    hook: Receiver,
    hinder: Callable[[], object],
    relieve: Callable[[], object],
) -> str:
    """Let a page break while nothing can be written; gives what was said of that meanwhile."""
    async with asyncio.timeout(60):
        await healthy(it, 200)
        hinder()
        said = await healthy(it, 503)
        assert (await it.ask("/readyz"))[0] == 503
        pages.broken.add("/sick")
        hits = pages.hits["/sick"]
        await it.until(lambda: pages.hits["/sick"] > hits + 5)
        # Nobody is notified of what is not on disk.
        assert hook.received == []
        relieve()
        await healthy(it, 200)
        await it.until(lambda: len(hook.received) > 0)
    await it.logged("database can be written again")
    await it.stop()
    return said


def all_is_there(database: Path, pages: Pages, hook: Receiver) -> None:
    """Each answer that was given is in the history, and so is the incident, which was sent once."""
    reader = HistoryReader(str(database))
    try:
        for key in ("ok", "sick"):
            assert len(reader.checks(key, 0, 2e10, 10_000)) == pages.hits[f"/{key}"]
        (incident,) = reader.incidents()
        assert [member.key for member in incident.members] == ["sick"]
        assert len(hook.received) == 1
    finally:
        reader.close()


def parts(pages: Pages, hook: Receiver) -> list[str]:
    """A page that is healthy, one that will not be, and who is notified."""
    both = [target(f"{pages.url}/{key}", key) for key in ("ok", "sick")]
    return [*both, channel(hook.url)]


async def test_someone_else_writes(tmp_path: Path) -> None:
    """Nothing is lost of what happened while another program had the file."""
    async with serving() as pages, receiver() as hook:
        said = parts(pages, hook)
        async with running(tmp_path, *said, command=IMPATIENT, PYTHONPATH=ROOT) as it:
            await it.until_all("up", ["ok", "sick"])
            other = sqlite3.connect(tmp_path / "monitor.db", isolation_level=None)
            told = await through_trouble(
                it, pages, hook, lambda: other.execute("BEGIN IMMEDIATE"), lambda: other.close()
            )
            assert "lock" in told
        all_is_there(tmp_path / "monitor.db", pages, hook)


async def test_a_full_disk(tmp_path: Path, disk: SmallDisk) -> None:
    """Nothing is lost of what happened while there was no room."""

    def start(command: Sequence[str], **options: Any) -> "subprocess.Popen[bytes]":
        assert disk._holder is not None
        as_root = ["--user", "--preserve-credentials"] if os.geteuid() else []
        enter = ["nsenter", "--mount", *as_root, f"--target={disk._holder.pid}"]
        return subprocess.Popen(
            [*enter, "sh", "-c", 'cd "$0" && exec "$@"', str(tmp_path), *command], **options
        )

    base = BASE.replace("[monitor]\n", '[monitor]\ndatabase = "disk/monitor.db"\n')
    async with serving() as pages, receiver() as hook:
        port = configure(tmp_path, *parts(pages, hook), base=base)
        it = started(tmp_path, port, start=start)
        try:
            await it.ready()
            told = await through_trouble(
                it,
                pages,
                hook,
                lambda: disk.run("sh", "-c", "cat /dev/zero > ballast"),
                lambda: disk.run("rm", "ballast"),
            )
            assert "the disk is full" in told
        finally:
            it.close()
        disk.copy(tmp_path / "copy")
        all_is_there(tmp_path / "copy" / "monitor.db", pages, hook)
