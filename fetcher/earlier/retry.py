"""What of an earlier result is to be checked again."""

from collections.abc import Container, Iterator
from pathlib import Path

from fetcher.earlier.base import Earlier
from fetcher.earlier.keys import digest_of
from fetcher.earlier.reading import read_earlier
from fetcher.judgement.verdict import Health
from fetcher.model import Target

FINE = frozenset({Health.HEALTHY})
"""What is not checked again where nothing else is said."""


def failed_urls(path: str | Path, fine: Container[Health] = FINE) -> Iterator[Target]:
    """Give the URLs of an earlier result that were not fine, in its order, each once.

    fine: the verdicts that are left out. Of a URL that is there several times one bad row is
    enough. A target's `source` is its place in that file, its index counts from 0. Opens the file
    at once and reads it lazily; raises EarlierError then and in between.
    """
    return _failed(read_earlier(path), fine)


def _failed(rows: Iterator[Earlier], fine: Container[Health]) -> Iterator[Target]:
    seen: set[bytes] = set()
    for earlier in rows:
        if earlier.judged in fine:
            continue
        digest = digest_of(earlier.url)
        if digest not in seen:
            yield Target(len(seen), earlier.url, earlier.source)
            seen.add(digest)
