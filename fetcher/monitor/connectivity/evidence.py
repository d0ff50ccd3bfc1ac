"""What a check shows of the way between us and the target, whatever it says of the target.

From the engine's result and the verdict on it to what the monitor remembers.
"""

from dataclasses import replace
from enum import StrEnum

from fetcher.failures import FailureKind
from fetcher.judgement.verdict import Checked, Health, Trouble, Verdict
from fetcher.model import Outcome
from fetcher.monitor.target_state import Observation


class Shows(StrEnum):
    """What a check shows of our own sight.

    sight: an HTTP answer came, so we can see. doubt: it failed in a way that a network between here
    and there, or one that puts itself there, can bring about as well as the target. fault: the way
    out of here is blocked. nothing: nothing was sent, or the fault has nothing to do with the way.
    """

    ONLINE = "online"
    DOUBT = "doubt"
    FAULT = "fault"
    NOTHING = "nothing"


_K, _S = FailureKind, Shows

FAILURES: dict[FailureKind, Shows] = {
    _K.INVALID_URL: _S.NOTHING,
    _K.INVALID_ROW: _S.NOTHING,
    _K.ROBOTS_DENIED: _S.NOTHING,
    _K.ROBOTS_UNREACHABLE: _S.NOTHING,
    _K.DNS_NOT_FOUND: _S.DOUBT,
    _K.DNS_NO_ADDRESS: _S.DOUBT,
    _K.DNS_TIMEOUT: _S.DOUBT,
    _K.DNS_FAILED: _S.DOUBT,
    _K.RESOLVER_UNREACHABLE: _S.FAULT,
    _K.ADDRESS_DENIED: _S.NOTHING,
    _K.CONNECT_REFUSED: _S.DOUBT,
    _K.CONNECT_TIMEOUT: _S.DOUBT,
    _K.CONNECT_FAILED: _S.DOUBT,
    _K.NETWORK_UNREACHABLE: _S.FAULT,
    _K.TOO_MANY_OPEN_FILES: _S.FAULT,
    _K.PROXY_FAILED: _S.FAULT,
    # Portals that ask guests to sign in take the place of every server, with their certificate.
    _K.TLS_EXPIRED: _S.DOUBT,
    _K.TLS_NOT_YET_VALID: _S.DOUBT,
    _K.TLS_HOSTNAME_MISMATCH: _S.DOUBT,
    _K.TLS_SELF_SIGNED: _S.DOUBT,
    _K.TLS_UNKNOWN_ISSUER: _S.DOUBT,
    _K.TLS_INVALID_CERTIFICATE: _S.DOUBT,
    _K.TLS_FAILED: _S.DOUBT,
    _K.READ_TIMEOUT: _S.DOUBT,
    _K.CONNECTION_CLOSED: _S.DOUBT,
    _K.CONNECTION_RESET: _S.DOUBT,
    _K.INVALID_RESPONSE: _S.DOUBT,
    # The network may have gone in the middle of the body.
    _K.BODY_TRUNCATED: _S.DOUBT,
    _K.BODY_TOO_LARGE: _S.ONLINE,
    _K.BODY_UNDECODABLE: _S.ONLINE,
    _K.TOO_MANY_REDIRECTS: _S.ONLINE,
    _K.REDIRECT_LOOP: _S.ONLINE,
    _K.INVALID_REDIRECT: _S.ONLINE,
    _K.REDIRECT_TO_PRIVATE: _S.ONLINE,
    _K.PARSER_CRASHED: _S.NOTHING,
    _K.PARSE_TIMEOUT: _S.NOTHING,
    _K.EXTRACT_FAILED: _S.NOTHING,
    _K.INTERNAL_ERROR: _S.NOTHING,
}


def shows(outcome: Outcome, verdict: Verdict) -> Shows:
    """Say what a check shows of our own sight.

    verdict: on the same outcome. An answer shows that we can see, whatever its status is. A
    failure for which the target is excused already casts doubt on nothing.
    """
    failure = outcome.failure
    if failure is None:
        return Shows.ONLINE if outcome.response is not None else Shows.NOTHING
    kind = failure.kind
    if kind is FailureKind.ROBOTS_UNREACHABLE and failure.detail in FAILURES:
        kind = FailureKind(failure.detail)  # why robots.txt could not be read
    shown = FAILURES[kind]
    if shown is Shows.DOUBT and verdict.health is Health.UNKNOWN:
        return Shows.NOTHING
    return shown


def observe(checked: Checked, due: float, ended: float) -> Observation:
    """Make the observation of a check.

    due: when it should have begun; ended: when its result came; seconds since the epoch. It is
    taken to have begun when its last attempt did.
    """
    outcome, verdict = checked.outcome, checked.verdict
    response, tls = outcome.response, outcome.tls
    certificate = tls.certificate if tls is not None else None
    return Observation(
        at=ended - (outcome.elapsed or 0.0),
        health=verdict.health,
        trouble=verdict.trouble,
        text=verdict.text,
        status=response.status if response is not None else None,
        elapsed=outcome.elapsed,
        due=due,
        ip=response.ip if response is not None else "",
        fingerprint=certificate.fingerprint if certificate is not None else "",
        expires=certificate.not_after if certificate is not None else None,
        http_version=response.http_version if response is not None else "",
        tls_version=tls.version if tls is not None else "",
        redirects=len(outcome.hops),
        bytes_read=response.bytes_read if response is not None else 0,
        timings=outcome.timings,
        failure=None if outcome.failure is None else outcome.failure.kind,
    )


def blinded(observation: Observation, why: str) -> Observation:
    """What is left of an observation when nothing could be seen.

    why: in plain words. What it looked like is told, and counts for nothing.
    """
    text = f"could not see: {why}; it looked like: {observation.text}"
    return replace(observation, health=Health.UNKNOWN, trouble=Trouble.LOCAL, text=text)
