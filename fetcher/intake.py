"""Rows of the input to visits, and answers back to one result for each row."""

from collections.abc import Callable

from fetcher.answers import Answer
from fetcher.failures import Failure, FailureKind
from fetcher.ledger import Claim, Ledger
from fetcher.model import Outcome, Result, Target
from fetcher.transport.base import Inquiry
from fetcher.urls import UrlError
from fetcher.visit import Visit, plan, with_fragment

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
