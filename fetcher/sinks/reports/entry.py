"""One URL as a report knows it."""

from dataclasses import dataclass, fields

from fetcher.judgement.verdict import Health


@dataclass(frozen=True, slots=True)
class Entry:
    """One URL of a report; each field is the column of its name.

    Texts are clean: on one line, without control characters. Times are in milliseconds.
    """

    url: str
    health: str
    trouble: str | None
    reason: str
    flaky: str | None
    status: int | None
    final_url: str | None
    redirect_chain: str
    title: str | None
    elapsed_ms: float | None
    dns_ms: float | None
    connect_ms: float | None
    tls_ms: float | None
    first_byte_ms: float | None
    body_ms: float | None
    ip: str | None
    cert_days_left: int | None
    attempts: int
    source: str

    @property
    def healthy(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.health == Health.HEALTHY.value

    @property
    def phases(self) -> tuple[float, ...]:
        """What each of PHASES took in the last request; 0 where it did not happen."""
        times = (self.dns_ms, self.connect_ms, self.tls_ms, self.first_byte_ms, self.body_ms)
        return tuple([ms or 0.0 for ms in times])


PHASES = ("DNS", "connect", "TLS", "first byte", "body")
"""The phases of a request, in their order, as people read them."""

REPORT_COLUMNS = tuple(field.name for field in fields(Entry))
"""The columns that the rows of a report have, in this order."""


def milliseconds(ms: float) -> str:
    """Write a duration with its unit, in about three digits."""
    if ms >= 9_995:
        return f"{ms / 1000:,.1f} s"
    if ms >= 999.5:
        return f"{ms / 1000:.2f} s"
    return f"{ms:.0f} ms" if ms >= 9.95 else f"{ms:.1f} ms"


def counted(count: int) -> str:
    """Say how many URLs."""
    return f"{count:,} URL" if count == 1 else f"{count:,} URLs"
