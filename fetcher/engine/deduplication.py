"""Who asked for what: each distinct URL is fetched once, and each row gets its answer.

Rows of the input to visits, and answers back to one result for each row.
"""

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
    """One row of the input and its number among all that were read, from 0.

    fragment: that of its URL, "" or with its leading `#`: the one thing in which rows for the same
    request can differ.
    """

    number: int
    target: Target
    fragment: str = ""


class Memory(Protocol):
    """Where answers are kept once they were given."""

    def get(self, key: str) -> Answer | None:
        """The answer for a URL, None when it is not known."""
        ...

    def put(self, key: str, answer: Answer) -> None:
        """Remember an answer."""
        ...

    def close(self) -> None:
        """Forget everything."""
        ...


class Ledger:
    """Keeps the rows that wait for an answer, and the answers that were given.

    Memory is bounded: the rows that wait are bounded by the reading ahead, and old answers move
    to a temporary file.
    """

    def __init__(self, answers: Memory | None = None) -> None:
        self._waiting: dict[str, list[Claim]] = {}
        self._answers: Memory = Answers() if answers is None else answers

    def claim(self, key: str, claim: Claim) -> Answer | bool:
        """Ask for a URL: its answer if it was given before, else whether this row is the first.

        When it is not the first, the row is answered together with the first one.
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
        """Note the answer for a URL; return all rows that waited for it."""
        self._answers.put(key, answer)
        return self._waiting.pop(key)

    def close(self) -> None:
        """Forget everything."""
        self._waiting.clear()
        self._answers.close()


class Forgetful(Ledger):
    """A ledger for an endless input, in which the same URL is asked for again and again.

    Rows for a request that is under way are answered together; once they are, nothing is known of
    it, and the next row for it is the first again.
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
"""A result and its row's number among all that were read, from 0."""


class Intake:
    """Numbers the rows as they come, and sees to it that each gets exactly one result.

    inquire: what to ask of a row's URL. ledger: who remembers which URLs were asked for.
    """

    def __init__(self, inquire: Callable[[Target], Inquiry], ledger: Ledger | None = None) -> None:
        self.read = 0
        """Rows that came so far."""
        self._inquire = inquire
        self._ledger = ledger or Ledger()

    def admit(self, target: Target) -> Visit | Numbered | None:
        """Find out what a row needs: a visit, or nothing because its result is known.

        None when the same request is under way: the row is settled together with that.
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
        known = self._ledger.claim(visit.key, claim)
        if known is True:
            return visit
        return None if known is False else _result(claim, known)

    def settle(self, visit: Visit, answer: Answer) -> list[Numbered]:
        """Note what became of a visit; return the results of all rows that waited for it."""
        return [_result(claim, answer) for claim in self._ledger.settle(visit.key, answer)]

    def close(self) -> None:
        """Forget everything."""
        self._ledger.close()


def _result(claim: Claim, answer: Answer) -> Numbered:
    outcome, page = answer
    return claim.number, Result(claim.target, with_fragment(outcome, claim.fragment), page)


def _failed(number: int, target: Target, kind: FailureKind, detail: str) -> Numbered:
    return number, Result(target, Outcome(failure=Failure.of(kind, detail)))
