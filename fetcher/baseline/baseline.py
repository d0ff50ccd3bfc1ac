"""What a previous run found broken: to fail only for what is new, and to check it again."""

from collections.abc import Container, Iterator
from pathlib import Path
from typing import Self

from fetcher.baseline.comparison import BROKEN, ResultChange, change_of
from fetcher.baseline.previous_result import PreviousResult, digest_of
from fetcher.baseline.read_results import read_previous
from fetcher.judgement.verdict import Checked, Health
from fetcher.model import Target

_HEALTHS = tuple(Health)
_CODES = {health: code for code, health in enumerate(_HEALTHS)}


class Baseline:
    """The health of each URL in a previous result, and its hash where it has one.

    Of a URL that is there several times the last row counts; URLs are the same as in `key_of`.
    Takes about 120 bytes a URL, however long that is, and those of its hash. broken: the verdicts
    that count as broken, then and now.
    """

    def __init__(self, broken: Container[Health] = BROKEN) -> None:
        self._broken = broken
        # By digest, as small numbers: an object for each URL would take several times the memory.
        self._healths: dict[bytes, int] = {}
        self._hashes: dict[bytes, str] = {}

    @classmethod
    def read(cls, path: str | Path, broken: Container[Health] = BROKEN) -> Self:
        """Read a previous result of any format; raises PreviousResultError."""
        baseline = cls(broken)
        for previous in read_previous(path):
            baseline._add(previous.url, previous.judged, previous.hash or "")
        return baseline

    def __len__(self) -> int:
        return len(self._healths)

    def change(self, checked: Checked) -> ResultChange:
        """Return how a URL has changed since."""
        code = self._healths.get(digest_of(checked.target.url))
        before = None if code is None else _HEALTHS[code]
        return change_of(before, checked.verdict.health, self._broken)

    def newly_broken(self, checked: Checked) -> bool:
        """Return True if a URL is broken now and was not, or was not there: what should fail."""
        return self.change(checked) is ResultChange.NEWLY_BROKEN

    def fixed(self, checked: Checked) -> bool:
        """Return True if a URL is better than it was."""
        return self.change(checked) is ResultChange.FIXED

    def last_hash(self, url: str) -> str:
        """Return the hash of a URL's body or selected text, "" if it is not known."""
        return self._hashes.get(digest_of(url), "")

    def _add(self, url: str, health: Health, hash: str) -> None:
        digest = digest_of(url)
        self._healths[digest] = _CODES[health]
        if hash:
            self._hashes[digest] = hash
        else:
            self._hashes.pop(digest, None)


FINE = frozenset({Health.HEALTHY})
"""What is not checked again where nothing else is said."""


def failed_urls(path: str | Path, fine: Container[Health] = FINE) -> Iterator[Target]:
    """Yield the URLs of a previous result that were not fine, in its order, each once.

    fine: the verdicts that are left out. Of a URL that is there several times one bad row is
    enough. A target's `source` is its place in that file, its index counts from 0. Opens the file
    at once and reads it lazily; raises PreviousResultError then and in between.
    """
    return _failed(read_previous(path), fine)


def _failed(rows: Iterator[PreviousResult], fine: Container[Health]) -> Iterator[Target]:
    seen: set[bytes] = set()
    for previous in rows:
        if previous.judged in fine:
            continue
        digest = digest_of(previous.url)
        if digest not in seen:
            yield Target(len(seen), previous.url, previous.source)
            seen.add(digest)
