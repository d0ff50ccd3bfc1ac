"""Certificates, and what is said of them."""

import pytest

from fetcher.failures import FailureKind
from fetcher.judgement.expectations import Expectations
from fetcher.judgement.judge import worth_rechecking
from fetcher.judgement.verdict import Health, Trouble
from fetcher.model import Certificate, TlsFacts
from tests.judgement.making import answered, certificate, failed, verdict

K = FailureKind
MANY = tuple(f"{number}.example" for number in range(6))


@pytest.mark.parametrize(
    ("kind", "detail", "shown", "text"),
    [
        (
            K.TLS_EXPIRED,
            "",
            certificate(days=-12.5),
            "the certificate expired 12 days ago, on 2027-01-02; renew it",
        ),
        (
            K.TLS_EXPIRED,
            "",
            certificate(days=-0.3),
            "the certificate expired less than a day ago, on 2027-01-15; renew it",
        ),
        # Its issuer's has expired, then.
        (
            K.TLS_EXPIRED,
            "certificate has expired",
            certificate(days=5),
            "the certificate has expired (certificate has expired)",
        ),
        (
            K.TLS_NOT_YET_VALID,
            "",
            certificate(begun=-1.5),
            "the certificate is not valid before 2027-01-16, in 1 day; "
            "one of the two clocks may be wrong",
        ),
        (
            K.TLS_HOSTNAME_MISMATCH,
            "Hostname mismatch, certificate is not valid for 'b.example'.",
            certificate(),
            "the certificate is for a.example, www.a.example, not for b.example",
        ),
        (
            K.TLS_HOSTNAME_MISMATCH,
            "",
            certificate(names=MANY),
            "the certificate is for 0.example, 1.example, 2.example, 3.example and 2 more, "
            "not for this host",
        ),
        (
            K.TLS_HOSTNAME_MISMATCH,
            "",
            certificate(names=()),
            "the certificate is for no host name at all, not for this host",
        ),
        (
            K.TLS_SELF_SIGNED,
            "",
            certificate(self_signed=True),
            'the certificate of "a.example" is self-signed; '
            "trust it with --cacert, or use --insecure",
        ),
        (
            K.TLS_SELF_SIGNED,
            "",
            certificate(),
            'the certificate comes from "Some CA", whose chain ends in a self-signed certificate '
            "that is not trusted here; name it with --cacert",
        ),
        (
            K.TLS_UNKNOWN_ISSUER,
            "",
            certificate(),
            'the certificate\'s issuer "Some CA" is not trusted here: the server may not send the '
            "certificates between, or name it with --cacert",
        ),
    ],
)
def test_a_certificate_explains_the_failure(
    kind: FailureKind, detail: str, shown: Certificate, text: str
) -> None:
    """Since when, for which names, from whom."""
    found = verdict(failed(kind, detail, tls=TlsFacts("", shown)))
    assert (found.health, found.trouble) == (Health.UNHEALTHY, Trouble.TLS)
    assert found.text == text


@pytest.mark.parametrize("tls", [None, TlsFacts()])
@pytest.mark.parametrize("kind", [kind for kind in K if kind.value.startswith("tls_")])
def test_without_the_certificate_the_failure_is_told(
    kind: FailureKind, tls: TlsFacts | None
) -> None:
    """In its usual words, with what the library said."""
    found = verdict(failed(kind, "as it was seen", tls=tls))
    assert found.trouble is Trouble.TLS
    assert "as it was seen" in found.text


DAYS = Expectations(certificate_days=14)


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (14.0, ""),
        (90.0, ""),
        (13.9, "the certificate expires in 13 days, on 2027-01-29, expected to be valid for "),
        (0.5, "the certificate expires in less than a day, on 2027-01-15, expected to be valid "),
        (-1.5, "the certificate expired on 2027-01-13, expected to be valid for 14 days"),
    ],
)
def test_how_long_it_must_be_valid(left: float, text: str) -> None:
    """Whole days count, and asking again does not help."""
    found = verdict(answered(tls=TlsFacts("1.3", certificate(days=left))), DAYS)
    assert found.health is (Health.UNHEALTHY if text else Health.HEALTHY)
    assert found.text.startswith(text)
    assert not worth_rechecking(found)


def test_a_certificate_that_could_not_be_read_says_nothing() -> None:
    """Neither that it is valid nor that it is not."""
    found = verdict(answered(tls=TlsFacts("1.3")), DAYS)
    assert (found.health, found.trouble) == (Health.UNKNOWN, Trouble.TLS)


def test_no_day_is_asked_for_but_today() -> None:
    """Zero days means: not expired."""
    expected = Expectations(certificate_days=0)
    assert verdict(answered(tls=TlsFacts("1.3", certificate(days=0.1))), expected).text == ""
    found = verdict(answered(tls=TlsFacts("1.3", certificate(days=-0.1))), expected)
    assert found.text.endswith("expected to be valid for 0 days")


@pytest.mark.parametrize("tls", [None, TlsFacts()])
def test_without_tls_no_certificate_is_asked_for(tls: TlsFacts | None) -> None:
    """A list may have both kinds of URLs."""
    assert verdict(answered(tls=tls), DAYS).health is Health.HEALTHY
