"""A disk in memory that fills up, in a mount namespace of its own."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from subprocess import CompletedProcess
from types import TracebackType
from typing import Self

import pytest

SKIP_REASON = "no small disk may be mounted here"


class SmallDisk:
    """A tmpfs over a folder that only commands in its namespace see (mount_namespaces(7)).

    The system takes it back when the namespace's last process ends, however that ends. On Linux
    only, and where root, or anybody in a user namespace, may mount. Entering raises OSError
    elsewhere.
    """

    def __init__(self, folder: Path, size: str) -> None:
        self._folder = folder
        self._size = size
        self._holder: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        """Mount it."""
        mount = f'mount -t tmpfs -o size={self._size} tmpfs "$0" && echo mounted && exec cat'
        as_root = ["--map-root-user"] if os.geteuid() else []
        self._holder = subprocess.Popen(
            ["unshare", "--mount", *as_root, "sh", "-c", mount, str(self._folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != "mounted\n":
            self._end()
            raise OSError(SKIP_REASON)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let it go, with all that is on it."""
        self._end()

    def run(self, *command: str, env: Mapping[str, str] | None = None) -> CompletedProcess[str]:
        """Run a command in the folder, where the disk is."""
        assert self._holder is not None
        as_root = ["--user", "--preserve-credentials"] if os.geteuid() else []
        enter = ["nsenter", "--mount", *as_root, f"--target={self._holder.pid}"]
        there = ["sh", "-c", 'cd "$0" && exec "$@"', str(self._folder)]
        return subprocess.run(
            [*enter, *there, *command], env=env, capture_output=True, text=True, timeout=120
        )

    def resize(self, size: str) -> None:
        """Give it another size."""
        # Nothing but the size: in a user namespace its own user is unknown to a mounted tmpfs.
        options = ["--options-mode=ignore", "-t", "tmpfs", "-o", f"remount,size={size}"]
        done = self.run("mount", *options, "tmpfs", str(self._folder))
        assert done.returncode == 0, done.stderr

    def copy(self, to: Path) -> None:
        """Copy all that is on it to a new folder, where everybody sees it."""
        assert self._holder is not None
        shutil.copytree(f"/proc/{self._holder.pid}/root{self._folder}", to)

    def _end(self) -> None:
        assert self._holder is not None
        self._holder.communicate(timeout=30)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[SmallDisk]:
    """Mount a disk for a test; skips it where none can be."""
    disk = SmallDisk(folder, size)
    try:
        disk.__enter__()
    except OSError:
        pytest.skip(SKIP_REASON)
    try:
        yield disk
    finally:
        disk.__exit__(None, None, None)
