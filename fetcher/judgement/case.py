"""One result on its way to a verdict, and how far its answer can be judged."""

from dataclasses import dataclass
from enum import IntEnum

from fetcher.failures import Failure, Phase
from fetcher.judgement.bot_protection import sign_in_headers
from fetcher.judgement.expectations import Expectations, accepts
from fetcher.judgement.verdict import BodyFindings, Sign, findings_of
from fetcher.model import Outcome, Response, Result

TOO_MANY_REQUESTS = 429


class AnswerStage(IntEnum):
    """How far an answer came; a rule applies from its stage on.

    FAILED: there is none that could be used. HELD_OFF: one came from bot protection or a rate
    limit, so that it says nothing of the page. REFUSED: its status is not accepted, so that its
    body is not the page. ACCEPTED: it is the page.
    """

    FAILED = 0
    HELD_OFF = 1
    REFUSED = 2
    ACCEPTED = 3


@dataclass(frozen=True, slots=True)
class JudgementContext:
    """All that the rules look at.

    now: seconds since the epoch. last_hash: what the body's hash was last time, "" when unknown.
    findings: of the body's reader. protection: the sign of bot protection, if there is one.
    """

    result: Result
    expected: Expectations
    now: float
    last_hash: str
    stage: AnswerStage
    findings: BodyFindings
    protection: Sign | None

    @property
    def outcome(self) -> Outcome:
        """What happened."""
        return self.result.outcome

    @property
    def failure(self) -> Failure | None:
        """Why there is no usable answer."""
        return self.result.outcome.failure

    @property
    def response(self) -> Response | None:
        """What was answered."""
        return self.result.outcome.response

    @property
    def asked(self) -> str:
        """The URL that was asked first, with its scheme if that is known."""
        hops = self.outcome.hops
        if hops:
            return hops[0].url
        return self.response.url if self.response is not None else self.result.target.url


def case_of(result: Result, expected: Expectations, now: float, last_hash: str) -> JudgementContext:
    """Prepare a result for the rules."""
    findings = findings_of(result.page.fields)
    protection = None
    stage = AnswerStage.FAILED
    response, failure = result.outcome.response, result.outcome.failure
    # Where only the body broke off, what stands before it can be judged.
    if response is not None and (failure is None or failure.phase is Phase.BODY):
        accepted = accepts(expected.status, response.status)
        if not accepted or response.status < 400:
            protection = sign_in_headers(response.status, response.headers) or findings.protection
        stage = _stage(response.status, accepted, protection)
        if failure is not None and stage is not AnswerStage.HELD_OFF:
            stage = AnswerStage.FAILED
    return JudgementContext(result, expected, now, last_hash, stage, findings, protection)


def _stage(status: int, accepted: bool, protection: Sign | None) -> AnswerStage:
    if protection is not None:
        return AnswerStage.HELD_OFF
    if accepted:
        return AnswerStage.ACCEPTED
    return AnswerStage.HELD_OFF if status == TOO_MANY_REQUESTS else AnswerStage.REFUSED
