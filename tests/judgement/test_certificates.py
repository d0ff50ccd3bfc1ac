"""Certificates, and what is said of them."""

import pytest

from fetcher.failures import FailureKind
from fetcher.judgement.expectations import Expectations
from fetcher.judgement.judge import worth_rechecking
from fetcher.judgement.verdict import Health, Trouble
from fetcher.model import TlsFacts
from tests.judgement.making import answered, certificate, failed, verdict

K = FailureKind
MANY = tuple(f"{number}.example" for number in range(6))


@pytest.mark.parametrize("tls", [None, TlsFacts(), TlsFacts("", certificate())])
@pytest.mark.parametrize("kind", [kind for kind in K if kind.value.startswith("tls_")])
def test_what_the_transport_saw_is_told(kind: FailureKind, tls: TlsFacts | None) -> None:
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


@pytest.mark.parametrize("tls", [None, TlsFacts(), TlsFacts("", certificate())])
def test_without_tls_no_certificate_is_asked_for(tls: TlsFacts | None) -> None:
    """A list may have both kinds of URLs."""
    assert verdict(answered(tls=tls), DAYS).health is Health.HEALTHY
