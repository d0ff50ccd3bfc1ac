"""Why a certificate is not trusted, said completely and in plain words."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.failures import FailureKind
from fetcher.model import Certificate
from fetcher.transport.certificates import covers, reasons
from fetcher.transport.tls import UNVERIFIED

K = FailureKind


def at(text: str) -> float:
    """Seconds since the epoch."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


NOW = at("2026-11-21T12:00")
GOOD = Certificate("a.test", "R1", ("a.test", "*.b.test"), at("2026-10-01"), at("2026-12-30"))
EXPIRED = replace(GOOD, not_after=at("2026-10-01T12:00"), not_before=at("2026-07-01"))
FUTURE = replace(GOOD, not_before=at("2026-12-01T12:00"))
OWN = replace(GOOD, self_signed=True, issuer="a.test")


@pytest.mark.parametrize(
    ("kind", "certificate", "host", "said"),
    [
        (K.TLS_EXPIRED, EXPIRED, "a.test", "expired since 2026-10-01, 51 days ago"),
        (
            K.TLS_EXPIRED,
            replace(EXPIRED, not_after=at("2026-11-20T11:00")),
            "a.test",
            "expired since 2026-11-20, 1 day ago",
        ),
        (
            K.TLS_EXPIRED,
            replace(EXPIRED, not_after=at("2026-11-21T11:00")),
            "a.test",
            "expired since 2026-11-21, less than a day ago",
        ),
        (K.TLS_EXPIRED, GOOD, "a.test", 'its issuer "R1", or one above that, has expired'),
        (K.TLS_NOT_YET_VALID, FUTURE, "a.test", "valid only from 2026-12-01, in 10 days"),
        (
            K.TLS_NOT_YET_VALID,
            GOOD,
            "a.test",
            'its issuer "R1", or one above that, is not valid yet',
        ),
        (
            K.TLS_HOSTNAME_MISMATCH,
            GOOD,
            "c.test",
            "for a.test, *.b.test and not for c.test",
        ),
        (
            K.TLS_HOSTNAME_MISMATCH,
            replace(GOOD, names=tuple("abcde")),
            "c.test",
            "for a, b, c, 2 more and not for c.test",
        ),
        (
            K.TLS_HOSTNAME_MISMATCH,
            replace(GOOD, names=()),
            "c.test",
            "for no host at all and not for c.test",
        ),
        (
            K.TLS_HOSTNAME_MISMATCH,
            EXPIRED,
            "c.test",
            "expired since 2026-10-01, 51 days ago; for a.test, *.b.test and not for c.test",
        ),
        (K.TLS_SELF_SIGNED, OWN, "a.test", "self-signed"),
        (
            K.TLS_UNKNOWN_ISSUER,
            GOOD,
            "a.test",
            'issued by "R1", which is not trusted here',
        ),
        (
            K.TLS_UNKNOWN_ISSUER,
            replace(EXPIRED, issuer=""),
            "1.2.3.4",
            "expired since 2026-10-01, 51 days ago; for a.test, *.b.test and not for 1.2.3.4; "
            'issued by "", which is not trusted here',
        ),
        (K.TLS_INVALID_CERTIFICATE, GOOD, "a.test", "EE certificate key too weak"),
        (
            K.TLS_INVALID_CERTIFICATE,
            EXPIRED,
            "a.test",
            "EE certificate key too weak; expired since 2026-10-01, 51 days ago",
        ),
    ],
)
def test_all_that_is_wrong_is_said(
    kind: FailureKind, certificate: Certificate, host: str, said: str
) -> None:
    """The dates, the names and the issuer, each only where it is wrong."""
    assert reasons(kind, "EE certificate key too weak", certificate, host, NOW) == said


@pytest.mark.parametrize(
    ("name", "host", "covered"),
    [
        ("a.test", "a.test", True),
        ("A.Test", "a.test", True),
        ("a.test", "a.test.", True),
        ("a.test", "b.a.test", False),
        ("*.a.test", "b.a.test", True),
        ("*.a.test", "a.test", False),
        ("*.a.test", "c.b.a.test", False),
        ("b*.a.test", "bb.a.test", False),
        ("*", "test", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("2001:DB8::1", "2001:db8:0::1", True),
        ("*.0.0.1", "127.0.0.1", False),
        ("10.0.0.0/8", "10.0.0.0", False),
        ("", "a.test", False),
    ],
)
def test_which_host_a_name_covers(name: str, host: str, covered: bool) -> None:
    """RFC 9525, section 6.3: a wildcard is the whole first label and stands for one."""
    assert covers(replace(GOOD, names=(name,)), host) is covered


@given(
    st.sampled_from(sorted(UNVERIFIED)),
    st.builds(
        Certificate,
        st.text(st.characters(exclude_categories=["C", "Z"]), max_size=255),
        st.text(st.characters(exclude_categories=["C", "Z"]), max_size=255),
        st.lists(st.text("ab.*", max_size=255), max_size=9).map(tuple),
        st.floats(-6e10, 2e11),
        st.floats(-6e10, 2e11),
        st.booleans(),
    ),
    st.text("ab.", min_size=1, max_size=253),
)
def test_whatever_a_certificate_says_the_words_are_a_line(
    kind: FailureKind, certificate: Certificate, host: str
) -> None:
    """Never empty, and short enough for a cell, with names of any length."""
    said = reasons(kind, "some words", certificate, host, NOW)
    assert said
    assert len(said) < 330
    assert said.isprintable()
