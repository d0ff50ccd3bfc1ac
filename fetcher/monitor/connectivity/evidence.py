"""What a check proves about the monitor's own connectivity, and the observation made of it."""

from dataclasses import replace
from enum import StrEnum

from fetcher.failures import FailureKind
from fetcher.judgement.verdict import Checked, Health, Trouble, Verdict
from fetcher.model import Outcome
from fetcher.monitor.target_state import Observation


class Evidence(StrEnum):
    """What a check proves about our own connectivity, whatever it says about the target.

    online: there was an HTTP response. doubt: it failed in a way that a network in between, or one
    that takes the target's place, can cause as well as the target. fault: the way out of here is
    blocked. nothing: nothing was sent, or the failure has nothing to do with the network.
    """

    ONLINE = "online"
    DOUBT = "doubt"
    FAULT = "fault"
    NOTHING = "nothing"


_K, _E = FailureKind, Evidence

FAILURES: dict[FailureKind, Evidence] = {
    _K.INVALID_URL: _E.NOTHING,
    _K.INVALID_ROW: _E.NOTHING,
    _K.ROBOTS_DENIED: _E.NOTHING,
    _K.ROBOTS_UNREACHABLE: _E.NOTHING,
    _K.DNS_NOT_FOUND: _E.DOUBT,
    _K.DNS_NO_ADDRESS: _E.DOUBT,
    _K.DNS_TIMEOUT: _E.DOUBT,
    _K.DNS_FAILED: _E.DOUBT,
    _K.RESOLVER_UNREACHABLE: _E.FAULT,
    _K.ADDRESS_DENIED: _E.NOTHING,
    _K.CONNECT_REFUSED: _E.DOUBT,
    _K.CONNECT_TIMEOUT: _E.DOUBT,
    _K.CONNECT_FAILED: _E.DOUBT,
    _K.NETWORK_UNREACHABLE: _E.FAULT,
    _K.TOO_MANY_OPEN_FILES: _E.FAULT,
    _K.PROXY_FAILED: _E.FAULT,
    # Captive portals take the place of every server, with their own certificate.
    _K.TLS_EXPIRED: _E.DOUBT,
    _K.TLS_NOT_YET_VALID: _E.DOUBT,
    _K.TLS_HOSTNAME_MISMATCH: _E.DOUBT,
    _K.TLS_SELF_SIGNED: _E.DOUBT,
    _K.TLS_UNKNOWN_ISSUER: _E.DOUBT,
    _K.TLS_INVALID_CERTIFICATE: _E.DOUBT,
    _K.TLS_FAILED: _E.DOUBT,
    _K.READ_TIMEOUT: _E.DOUBT,
    _K.CONNECTION_CLOSED: _E.DOUBT,
    _K.CONNECTION_RESET: _E.DOUBT,
    _K.INVALID_RESPONSE: _E.DOUBT,
    # The network may have failed in the middle of the body.
    _K.BODY_TRUNCATED: _E.DOUBT,
    _K.BODY_TOO_LARGE: _E.ONLINE,
    _K.BODY_UNDECODABLE: _E.ONLINE,
    _K.TOO_MANY_REDIRECTS: _E.ONLINE,
    _K.REDIRECT_LOOP: _E.ONLINE,
    _K.INVALID_REDIRECT: _E.ONLINE,
    _K.REDIRECT_TO_PRIVATE: _E.ONLINE,
    _K.PARSER_CRASHED: _E.NOTHING,
    _K.PARSE_TIMEOUT: _E.NOTHING,
    _K.EXTRACT_FAILED: _E.NOTHING,
    _K.INTERNAL_ERROR: _E.NOTHING,
}


def evidence_of(outcome: Outcome, verdict: Verdict) -> Evidence:
    """Return what a check proves about our own connectivity.

    A response proves that we are online, whatever its status. A failure that the verdict has
    already excused casts no doubt.

    Args:
        outcome: Of the check.
        verdict: On that outcome.
    """
    failure = outcome.failure
    if failure is None:
        return Evidence.ONLINE if outcome.response is not None else Evidence.NOTHING
    kind = failure.kind
    if kind is FailureKind.ROBOTS_UNREACHABLE and failure.detail in FAILURES:
        kind = FailureKind(failure.detail)  # why robots.txt could not be read
    evidence = FAILURES[kind]
    if evidence is Evidence.DOUBT and verdict.health is Health.UNKNOWN:
        return Evidence.NOTHING
    return evidence


def observe(checked: Checked, due: float, ended: float) -> Observation:
    """Return the observation of a check, which counts as begun when its last attempt began.

    Args:
        checked: The check's outcome and verdict.
        due: When it should have begun, in seconds since the epoch.
        ended: When its result came in, likewise.
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


def undecided(observation: Observation, why: str) -> Observation:
    """Return an observation made while offline: what it looked like is noted, and does not count.

    why: the monitor is offline, in plain words.
    """
    text = f"the monitor is offline: {why}; the check found: {observation.text}"
    return replace(observation, health=Health.UNKNOWN, trouble=Trouble.LOCAL, text=text)
