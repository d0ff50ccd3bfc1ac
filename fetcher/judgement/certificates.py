"""What is wrong with a TLS certificate, by what stands in it."""

import re

from fetcher.failures import Failure
from fetcher.judgement.case import Case
from fetcher.judgement.excerpts import excerpt
from fetcher.judgement.verdict import Health, Reason, Trouble
from fetcher.judgement.words import DAY, date, days, listed, meaning, quoted
from fetcher.model import Certificate

_QUOTED_NAME = re.compile(r"'([^']+)'")


def expired(case: Case, failure: Failure) -> str:
    """Since when."""
    certificate = _certificate(case)
    # An issuer's certificate can have expired too; then this one's dates say nothing.
    if certificate is None or not certificate.not_after < case.now:
        return meaning(failure)
    ago = days((case.now - certificate.not_after) / DAY)
    return f"the certificate expired {ago} ago, on {date(certificate.not_after)}; renew it"


def not_yet_valid(case: Case, failure: Failure) -> str:
    """From when on it is."""
    certificate = _certificate(case)
    if certificate is None or not certificate.not_before > case.now:
        return meaning(failure)
    coming = days((certificate.not_before - case.now) / DAY)
    return (
        f"the certificate is not valid before {date(certificate.not_before)}, in {coming}; "
        "one of the two clocks may be wrong"
    )


def hostname_mismatch(case: Case, failure: Failure) -> str:
    """For which names it is."""
    certificate = _certificate(case)
    if certificate is None:
        return meaning(failure)
    named = _QUOTED_NAME.search(failure.detail)
    host = excerpt(named[1]) if named else "this host"
    names = listed(certificate.names) or "no host name at all"
    return f"the certificate is for {names}, not for {host}"


def self_signed(case: Case, failure: Failure) -> str:
    """Who vouches for himself."""
    certificate = _certificate(case)
    if certificate is None or not certificate.subject:
        return meaning(failure)
    if not certificate.self_signed:
        # The other end of the chain is.
        return (
            f"the certificate comes from {quoted(certificate.issuer)}, whose chain ends in a "
            "self-signed certificate that is not trusted here; name it with --cacert"
        )
    return (
        f"the certificate of {quoted(certificate.subject)} is self-signed; "
        "trust it with --cacert, or use --insecure"
    )


def unknown_issuer(case: Case, failure: Failure) -> str:
    """Which issuer is not known."""
    certificate = _certificate(case)
    if certificate is None or not certificate.issuer:
        return meaning(failure)
    return (
        f"the certificate's issuer {quoted(certificate.issuer)} is not trusted here: the server "
        "may not send the certificates between, or name it with --cacert"
    )


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


def _certificate(case: Case) -> Certificate | None:
    return case.outcome.tls.certificate if case.outcome.tls is not None else None
