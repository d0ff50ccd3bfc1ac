"""Deduplication: each distinct URL is fetched once, and each row of the input gets its result."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from fetcher.engine.answer_store import Answer, Answers
from fetcher.engine.visit import Visit, plan, with_fragment
from fetcher.failures import Failure, FailureKind
from fetcher.model import Outcome, Result, Target
from fetcher.transport.base import Inquiry
from fetcher.urls import UrlError


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of the input and its number, from 0.

    fragment: that of its URL, "" or with its leading `#`. Rows for the same request differ in
    nothing else.
    """

    number: int
    target: Target
    fragment: str = ""


class AnswerMemory(Protocol):
    """Where answers are kept."""

    def get(self, key: str) -> Answer | None:
        """Return the answer for a URL, None if it is not known."""
        ...

    def put(self, key: str, answer: Answer) -> None:
        """Remember an answer."""
        ...

    def close(self) -> None:
        """Forget everything."""
        ...


class Deduplicator:
    """Keeps the rows that wait for an answer, and all answers so far.

    Memory is bounded: the rows that wait are limited by how far the input is read ahead, and old
    answers move to a temporary file.
    """

    def __init__(self, answers: AnswerMemory | None = None) -> None:
        self._waiting: dict[str, list[Claim]] = {}
        self._answers: AnswerMemory = Answers() if answers is None else answers

    def claim(self, key: str, claim: Claim) -> Answer | bool:
        """Return the answer for a URL if it is known, or else True if this row is the first for it.

        Any other row is answered together with the first one.
        """
        waiting = self._waiting.get(key)
        if waiting is not None:
            waiting.append(claim)
            return False
        answer = self._answers.get(key)
        if answer is not None:
            return answer
        self._waiting[key] = [claim]
        return True

    def settle(self, key: str, answer: Answer) -> list[Claim]:
        """Record the answer for a URL; return all rows that waited for it."""
        self._answers.put(key, answer)
        return self._waiting.pop(key)

    def close(self) -> None:
        """Forget everything."""
        self._waiting.clear()
        self._answers.close()


class InFlightDeduplicator(Deduplicator):
    """A deduplicator for an endless input, in which URLs come again and again.

    Rows for a request in flight are answered together. Then it is forgotten, and the next row for
    it is the first again.
    """

    def __init__(self) -> None:
        super().__init__(_NoMemory())


class _NoMemory:
    """Remembers nothing."""

    def get(self, key: str) -> Answer | None:
        return None

    def put(self, key: str, answer: Answer) -> None:
        pass

    def close(self) -> None:
        pass


Numbered = tuple[int, Result]
"""A result and the number of its row, from 0."""


class Intake:
    """Numbers the rows as they come, and makes sure that each gets exactly one result.

    Args:
        inquire: Says what to ask of a row's URL.
        deduplicator: Remembers which URLs were asked for.
    """

    def __init__(
        self, inquire: Callable[[Target], Inquiry], deduplicator: Deduplicator | None = None
    ) -> None:
        self.read = 0
        """Rows so far."""
        self._inquire = inquire
        self._deduplicator = deduplicator or Deduplicator()

    def admit(self, target: Target) -> Visit | Numbered | None:
        """Return the visit that a row needs, or its result if that is known.

        None if the same request is in flight: the row is settled together with that.
        """
        number = self.read
        self.read += 1
        if target.problem:
            return _failed(number, target, FailureKind.INVALID_ROW, target.problem)
        try:
            visit = plan(target.url, self._inquire(target))
        except UrlError as error:
            return _failed(number, target, FailureKind.INVALID_URL, str(error))
        claim = Claim(number, target, visit.fragment)
        known = self._deduplicator.claim(visit.key, claim)
        if known is True:
            return visit
        return None if known is False else _result(claim, known)

    def settle(self, visit: Visit, answer: Answer) -> list[Numbered]:
        """Record the answer of a visit; return the results of all rows that waited for it."""
        return [_result(claim, answer) for claim in self._deduplicator.settle(visit.key, answer)]

    def close(self) -> None:
        """Forget everything."""
        self._deduplicator.close()


def _result(claim: Claim, answer: Answer) -> Numbered:
    outcome, page = answer
    return claim.number, Result(claim.target, with_fragment(outcome, claim.fragment), page)


def _failed(number: int, target: Target, kind: FailureKind, detail: str) -> Numbered:
    return number, Result(target, Outcome(failure=Failure.of(kind, detail)))
