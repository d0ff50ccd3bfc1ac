"""All answers of a run by URL, in bounded memory."""

import pickle
from operator import attrgetter
from typing import Any

from fetcher.failures import Failure, FailureKind, Phase
from fetcher.model import Certificate, Hop, Outcome, Page, Response, Timings, TlsFacts
from fetcher.storage.output_error import OutputError
from fetcher.storage.temporary_store import TemporaryStore

Answer = tuple[Outcome, Page]

_RECENT = 8_192
_SPILLED_AT_ONCE = 256
_MOST_BYTES = 16_000_000
"""Answers can be as short as a title, or as long as a book."""
_BITS = 25


class Answers:
    """Answers by URL: the latest in memory, the others in a temporary file.

    An array of bits (a Bloom filter of 4 MB) recognizes most new URLs without a look at the file:
    with a million answers all but one in 1,600, with ten million four in five.
    """

    def __init__(self, recent: int = _RECENT) -> None:
        self._limit = recent
        # As bytes: a third of the memory, and nothing for the garbage collector to traverse.
        self._recent: dict[str, bytes] = {}
        self._size = 0
        self._file: TemporaryStore | None = None
        self._bits = bytearray()

    def get(self, key: str) -> Answer | None:
        """Return the answer for a URL, None if there is none."""
        packed = self._recent.get(key)
        if packed is None and self._file is not None and self._may_know(key):
            query = "SELECT answer FROM answers WHERE hash = ? AND url = ?"
            row = self._file.fetch_one(query, (hash(key), key))
            packed = None if row is None else row[0]
        return None if packed is None else unpack(packed)

    def put(self, key: str, answer: Answer) -> None:
        """Remember an answer; a URL has only one."""
        packed = self._recent[key] = pack(answer)
        self._size += len(packed)
        if len(self._recent) >= self._limit + _SPILLED_AT_ONCE or self._size > _MOST_BYTES:
            self._spill()

    def close(self) -> None:
        """Forget everything, and delete the file."""
        self._recent.clear()
        self._size = 0
        if self._file is not None:
            self._file.close()
            self._file = None

    def _spill(self) -> None:
        if self._file is None:
            self._file = _open_file()
            self._bits = bytearray(1 << (_BITS - 3))
        oldest = [key for key, _ in zip(self._recent, range(_SPILLED_AT_ONCE), strict=False)]
        rows = []
        for key in oldest:
            for bit in _places(key):
                self._bits[bit >> 3] |= 1 << (bit & 7)
            packed = self._recent.pop(key)
            self._size -= len(packed)
            rows.append((hash(key), key, packed))
        try:
            self._file.execute_many("INSERT INTO answers VALUES (?, ?, ?)", rows)
        except OutputError:
            # The disk is full. Fetching a late duplicate again is better than losing rows.
            self._file.close()
            self._file = None

    def _may_know(self, key: str) -> bool:
        bits = self._bits
        return all(bits[bit >> 3] >> (bit & 7) & 1 for bit in _places(key))


_response_fields = attrgetter(*Response.__slots__)
_timings_fields = attrgetter(*Timings.__slots__)
_certificate_fields = attrgetter(*Certificate.__slots__)


def pack(answer: Answer) -> bytes:
    """Write an answer as bytes.

    Only plain values are pickled: the dataclasses themselves would take ten times as long.
    """
    outcome, page = answer
    response, failure, tls = outcome.response, outcome.failure, outcome.tls
    plain = (
        None if response is None else _response_fields(response),
        None if failure is None else (failure.kind.value, failure.phase.value, failure.detail),
        [(hop.url, hop.status) for hop in outcome.hops],
        outcome.attempts,
        outcome.elapsed,
        _timings_fields(outcome.timings),
        outcome.earlier,
        tls and (tls.version, tls.certificate and _certificate_fields(tls.certificate)),
        (page.title, page.encoding, page.encoding_source, dict(page.fields)),
    )
    return pickle.dumps(plain, pickle.HIGHEST_PROTOCOL)


def unpack(data: bytes) -> Answer:
    """Read an answer that `pack` wrote."""
    # Only this process writes the file, and no other can open it.
    plain: Any = pickle.loads(data)
    response, failure, hops, attempts, elapsed, timings, earlier, tls, page = plain
    outcome = Outcome(
        None if response is None else Response(*response),
        None if failure is None else _failure(*failure),
        tuple(Hop(*hop) for hop in hops),
        attempts,
        elapsed,
        Timings(*timings),
        earlier,
        tls and TlsFacts(tls[0], tls[1] and Certificate(*tls[1])),
    )
    return outcome, Page(*page)


def _failure(kind: str, phase: str, detail: str) -> Failure:
    return Failure(FailureKind(kind), Phase(phase), detail)


def _places(key: str) -> tuple[int, int, int]:
    number = hash(key)
    mask = (1 << _BITS) - 1
    return number & mask, number >> 19 & mask, number >> 38 & mask


def _open_file() -> TemporaryStore:
    # Appended in order, with a small index: a third less work than a table sorted by hash.
    return TemporaryStore(
        "the temporary file for answers",
        "CREATE TABLE answers (hash INTEGER, url TEXT, answer BLOB)",
        "CREATE INDEX by_hash ON answers (hash)",
    )
