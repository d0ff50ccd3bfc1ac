"""From the engine's result and the verdict on it to what the monitor remembers."""

from dataclasses import replace

from fetcher.judgement.verdict import Checked, Health, Trouble
from fetcher.monitor.observation import Observation


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
    return replace(observation, health=Health.UNKNOWN, trouble=Trouble.HERE, text=text)
