"""What one check of a target found."""

from dataclasses import dataclass

from fetcher.failures import FailureKind
from fetcher.judgement.verdict import Health, Trouble
from fetcher.model import NO_TIMINGS, Timings


@dataclass(frozen=True, slots=True)
class Observation:
    """What one check found; times in seconds since the epoch, durations in seconds.

    at: when the check began. due: when it should have begun. text: the reasons in plain words, one
    line. status: the HTTP status, None without an answer. elapsed: of the last attempt. ip: that
    answered, "" when unknown. fingerprint, expires: of the TLS certificate, "" and None where there
    is none. Of a failed check that the monitor has taken in, ip and fingerprint are those of the
    last answer. redirects: how many were followed. failure: why there was no usable
    answer; it is not kept over a restart.
    """

    at: float
    health: Health
    trouble: Trouble | None = None
    text: str = ""
    status: int | None = None
    elapsed: float | None = None
    due: float = 0.0
    ip: str = ""
    fingerprint: str = ""
    expires: float | None = None
    http_version: str = ""
    tls_version: str = ""
    redirects: int = 0
    bytes_read: int = 0
    timings: Timings = NO_TIMINGS
    failure: FailureKind | None = None
