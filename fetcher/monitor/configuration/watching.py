"""Noticing that a configuration, or a list that it names, was changed."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from fetcher.monitor.configuration.patterns import fitting, is_pattern

Signature = tuple[tuple[str, int, int, int], ...]
"""Of each file its name, when it was written, its size, and its number on the disk."""


class Changed:
    """Tells when some files are others than before; call it every second or so.

    files: paths, and patterns that stand for all the files that fit them at any time. It costs a
    system call a file, and reads none of them.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self._files = tuple(files)
        self._known = self._latest = signature(self._files)

    def __call__(self) -> bool:
        """Whether there was a change that has come to rest; each is told once.

        What differs from one call to the next is still being written, and told later.
        """
        latest = signature(self._files)
        settled, self._latest = latest == self._latest, latest
        if not settled or latest == self._known:
            return False
        self._known = latest
        return True


def signature(files: Iterable[Path]) -> Signature:
    """Take down what tells whether files have changed; those that are not there are left out."""
    return tuple(_facts(files))


def _facts(files: Iterable[Path]) -> Iterator[tuple[str, int, int, int]]:
    for name in sorted(set(_expanded(files))):
        try:
            found = os.stat(name)
        except OSError:
            continue
        yield name, found.st_mtime_ns, found.st_size, found.st_ino


def _expanded(files: Iterable[Path]) -> Iterator[str]:
    for path in files:
        if is_pattern(path):
            yield from map(str, fitting(path))
        else:
            yield str(path)
