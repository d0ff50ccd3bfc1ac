"""What each kind of failure means for a URL's health."""

from collections.abc import Callable
from dataclasses import dataclass

from fetcher.failures import Failure, FailureKind, Phase
from fetcher.judgement.case import AnswerStage, JudgementContext
from fetcher.judgement.verdict import Health, Reason, Trouble
from fetcher.units import format_elapsed

Words = Callable[[JudgementContext, Failure], str]


def _meaning(case: JudgementContext, failure: Failure) -> str:
    return failure.clause


def _gave_up(case: JudgementContext, failure: Failure) -> str:
    """When it was given up, too; how far it had come."""
    elapsed, response = case.outcome.elapsed, case.response
    after = "" if elapsed is None else f", given up after {format_elapsed(elapsed)}"
    if failure.phase is Phase.BODY and response is not None:
        return f"the answer (status {response.status}) did not end within --timeout{after}"
    return failure.clause + after


def _broke_off(case: JudgementContext, failure: Failure) -> str:
    """Return True if it failed in the middle of a body."""
    if failure.phase is not Phase.BODY:
        return failure.clause
    how = "reset" if failure.kind is FailureKind.CONNECTION_RESET else "closed"
    return f"the connection was {how} by the other side in the middle of the body"


@dataclass(frozen=True, slots=True)
class FailureMeaning:
    """What a kind of failure means. can_pass: as in `Reason`."""

    health: Health
    trouble: Trouble
    words: Words = _meaning
    can_pass: bool = True


_BAD, _UNKNOWN = Health.UNHEALTHY, Health.UNKNOWN
_K, _T = FailureKind, Trouble

FAILURES: dict[FailureKind, FailureMeaning] = {
    _K.INVALID_URL: FailureMeaning(_BAD, _T.INPUT, can_pass=False),
    _K.INVALID_ROW: FailureMeaning(_BAD, _T.INPUT, can_pass=False),
    _K.ROBOTS_DENIED: FailureMeaning(_UNKNOWN, _T.DENIED, can_pass=False),
    _K.ROBOTS_UNREACHABLE: FailureMeaning(_UNKNOWN, _T.DENIED, can_pass=False),
    _K.DNS_NOT_FOUND: FailureMeaning(_BAD, _T.DNS),
    _K.DNS_NO_ADDRESS: FailureMeaning(_BAD, _T.DNS),
    _K.DNS_TIMEOUT: FailureMeaning(_BAD, _T.DNS),
    _K.DNS_FAILED: FailureMeaning(_BAD, _T.DNS),
    _K.RESOLVER_UNREACHABLE: FailureMeaning(_UNKNOWN, _T.LOCAL),
    _K.ADDRESS_DENIED: FailureMeaning(_UNKNOWN, _T.DENIED, can_pass=False),
    _K.CONNECT_REFUSED: FailureMeaning(_BAD, _T.CONNECT),
    _K.CONNECT_TIMEOUT: FailureMeaning(_BAD, _T.TIMEOUT, _gave_up),
    _K.CONNECT_FAILED: FailureMeaning(_BAD, _T.CONNECT),
    _K.NETWORK_UNREACHABLE: FailureMeaning(_UNKNOWN, _T.LOCAL),
    _K.TOO_MANY_OPEN_FILES: FailureMeaning(_UNKNOWN, _T.LOCAL),
    _K.PROXY_FAILED: FailureMeaning(_UNKNOWN, _T.LOCAL),
    _K.TLS_EXPIRED: FailureMeaning(_BAD, _T.TLS, can_pass=False),
    _K.TLS_NOT_YET_VALID: FailureMeaning(_BAD, _T.TLS, can_pass=False),
    _K.TLS_HOSTNAME_MISMATCH: FailureMeaning(_BAD, _T.TLS, can_pass=False),
    _K.TLS_SELF_SIGNED: FailureMeaning(_BAD, _T.TLS, can_pass=False),
    _K.TLS_UNKNOWN_ISSUER: FailureMeaning(_BAD, _T.TLS, can_pass=False),
    _K.TLS_INVALID_CERTIFICATE: FailureMeaning(_BAD, _T.TLS, can_pass=False),
    _K.TLS_FAILED: FailureMeaning(_BAD, _T.TLS),
    _K.READ_TIMEOUT: FailureMeaning(_BAD, _T.TIMEOUT, _gave_up),
    _K.CONNECTION_CLOSED: FailureMeaning(_BAD, _T.CONNECT, _broke_off),
    _K.CONNECTION_RESET: FailureMeaning(_BAD, _T.CONNECT, _broke_off),
    _K.INVALID_RESPONSE: FailureMeaning(_BAD, _T.PROTOCOL),
    _K.BODY_TRUNCATED: FailureMeaning(_BAD, _T.CONTENT),
    _K.BODY_TOO_LARGE: FailureMeaning(_BAD, _T.CONTENT),
    _K.BODY_UNDECODABLE: FailureMeaning(_BAD, _T.CONTENT),
    _K.TOO_MANY_REDIRECTS: FailureMeaning(_BAD, _T.REDIRECT),
    _K.REDIRECT_LOOP: FailureMeaning(_BAD, _T.REDIRECT),
    _K.INVALID_REDIRECT: FailureMeaning(_BAD, _T.REDIRECT),
    _K.REDIRECT_TO_PRIVATE: FailureMeaning(_BAD, _T.REDIRECT),
    _K.PARSER_CRASHED: FailureMeaning(_UNKNOWN, _T.LOCAL, can_pass=False),
    _K.PARSE_TIMEOUT: FailureMeaning(_UNKNOWN, _T.LOCAL, can_pass=False),
    _K.EXTRACT_FAILED: FailureMeaning(_UNKNOWN, _T.LOCAL, can_pass=False),
    _K.INTERNAL_ERROR: FailureMeaning(_UNKNOWN, _T.LOCAL, can_pass=False),
}


def of_failure(case: JudgementContext) -> tuple[Reason, ...]:
    """What went wrong before there was an answer."""
    failure = case.failure
    if failure is None or case.stage is AnswerStage.HELD_OFF:
        return ()
    kind, prefix = failure.kind, ""
    if kind is _K.ROBOTS_UNREACHABLE and failure.detail in FAILURES:
        # The detail is why robots.txt could not be read: a host that is down is down.
        kind, prefix = FailureKind(failure.detail), "asking for robots.txt: "
        failure = Failure.of(kind)
    means = FAILURES[kind]
    text = prefix + means.words(case, failure)
    return (Reason(means.health, means.trouble, text, means.can_pass),)
