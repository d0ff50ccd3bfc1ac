"""How long a certificate must be valid still; why one is not trusted, the transport says."""

from fetcher.judgement.case import Case
from fetcher.judgement.verdict import Health, Reason, Trouble
from fetcher.judgement.words import DAY, date, days


def of_validity(case: Case) -> tuple[Reason, ...]:
    """`certificate_days`: asked of every answer over TLS, none of one without."""
    wanted, tls = case.expected.certificate_days, case.outcome.tls
    if wanted is None or tls is None or not tls.version:
        return ()
    if tls.certificate is None:
        text = f"the certificate could not be read, {_expected(wanted)}"
        return (Reason(Health.UNKNOWN, Trouble.TLS, text),)
    left = (tls.certificate.not_after - case.now) / DAY
    if left >= wanted:
        return ()
    when = date(tls.certificate.not_after)
    found = f"expires in {days(left)}, on {when}" if left > 0 else f"expired on {when}"
    text = f"the certificate {found}, {_expected(wanted)}"
    return (Reason(Health.UNHEALTHY, Trouble.TLS, text, can_pass=False),)


def _expected(wanted: int) -> str:
    return f"expected to be valid for {wanted} {'day' if wanted == 1 else 'days'}"
