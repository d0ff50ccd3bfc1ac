"""What a failure may have in common with others."""

from dataclasses import replace

import pytest

from fetcher.failures import FailureKind
from fetcher.judgement.verdict import Trouble
from fetcher.model import NO_TIMINGS, Timings
from fetcher.monitor.incidents import causes_of
from tests.monitor.incidents.making import DEGRADED, found, monitored

T = Trouble
PAGE = monitored("https://a.example:8443/page", key="page")


@pytest.mark.parametrize(
    ("trouble", "keys"),
    [
        (T.DNS, {"host:a.example", "host:a.example:8443"}),
        (T.CONNECT, {"host:a.example:8443", "address:192.0.2.1:8443"}),
        (T.TIMEOUT, {"host:a.example:8443", "address:192.0.2.1:8443"}),
        (T.PROTOCOL, {"host:a.example:8443"}),
        (T.SERVER_ERROR, {"host:a.example:8443"}),
        (T.RATE_LIMITED, {"host:a.example:8443"}),
        (T.TLS, {"host:a.example:8443", "certificate:f00d"}),
        (T.CONTENT, {"target:page"}),
        (T.GONE, {"target:page"}),
        (T.CLIENT_ERROR, {"target:page"}),
        (T.REDIRECT, {"target:page"}),
        (T.SOFT_404, {"target:page"}),
        (T.INPUT, {"target:page"}),
        (None, {"target:page"}),
    ],
)
def test_keys(trouble: Trouble | None, keys: set[str]) -> None:
    """Each kind of trouble is looked for where others could have it too."""
    causes = causes_of(PAGE, found(trouble=trouble, ip="192.0.2.1", fingerprint="f00d"))
    assert causes.keys == keys


def test_an_address_in_words() -> None:
    """People read which one it is."""
    causes = causes_of(PAGE, found(ip="192.0.2.2"))
    assert "address:192.0.2.2:8443" in causes.keys
    assert causes.words == "the address 192.0.2.2:8443"


def test_without_facts() -> None:
    """An address and a certificate that nobody knows are no cause in common."""
    assert causes_of(PAGE, found()).keys == {"host:a.example:8443"}
    assert causes_of(PAGE, found(trouble=T.TLS)).keys == {"host:a.example:8443"}


@pytest.mark.parametrize(
    ("status", "timings"),
    [(200, NO_TIMINGS), (None, Timings(connect=0.1)), (None, Timings(tls=0.1))],
)
def test_an_address_that_was_reached_is_not_the_cause(status: int | None, timings: Timings) -> None:
    """Slow answers through a shared address are of one host each."""
    slow = found(DEGRADED, T.TIMEOUT, ip="192.0.2.1")
    slow = replace(slow, status=status, timings=timings)
    assert causes_of(PAGE, slow).keys == {"host:a.example:8443"}


def test_a_certificate_that_expires_soon_says_nothing_of_its_host() -> None:
    """Its host may go down on its own meanwhile."""
    soon = found(DEGRADED, T.TLS, status=200, fingerprint="f00d")
    causes = causes_of(PAGE, soon)
    assert causes.keys == {"certificate:f00d"}
    assert causes.words == "the certificate of a.example:8443 (f00d)"


def test_one_host_whatever_the_scheme() -> None:
    """The usual port is not named, so that both schemes meet."""
    one = causes_of(monitored("http://A.example/x"), found()).keys
    assert one == causes_of(monitored("https://a.example/y"), found()).keys


def test_ipv6() -> None:
    """An address with colons is distinguished from its port."""
    causes = causes_of(monitored("https://[2001:db8::1]/"), found(ip="2001:db8::1"))
    assert causes.keys == {"host:[2001:db8::1]", "address:[2001:db8::1]:443"}


def test_what_is_no_url() -> None:
    """It is nobody's fault but its own."""
    assert causes_of(monitored("no url", key="x"), found()).keys == {"target:x"}


@pytest.mark.parametrize(
    ("failure", "of_resolver"),
    [
        (FailureKind.DNS_FAILED, True),
        (FailureKind.DNS_TIMEOUT, True),
        (FailureKind.DNS_NOT_FOUND, False),
        (FailureKind.DNS_NO_ADDRESS, False),
    ],
)
def test_name_servers_are_a_cause_where_they_may_be(
    failure: FailureKind, of_resolver: bool
) -> None:
    """A name that does not exist is nobody's fault but its own."""
    causes = causes_of(PAGE, replace(found(trouble=T.DNS), failure=failure))
    assert ("resolver" in causes.keys) is of_resolver
    assert causes.words == (
        "the name servers for a.example" if of_resolver else "the name a.example"
    )
