"""Beside the verdict, a check tells what it saw: the connection, the certificate, the way."""

import time

import pytest

from fetcher.model import Certificate, Outcome, Response
from tests.planted.conftest import Found
from tests.planted.healthy import MEGABYTE

DAY = 86_400.0


def outcome(found: Found, name: str) -> Outcome:
    """What happened at a planted place."""
    return found.by_name()[name].outcome


def response(found: Found, name: str) -> Response:
    """What a planted place answered."""
    answer = outcome(found, name).response
    assert answer is not None
    return answer


def certificate(found: Found, name: str) -> Certificate:
    """The certificate of a planted place."""
    tls = outcome(found, name).tls
    assert tls is not None
    assert tls.certificate is not None
    return tls.certificate


def test_a_connection_over_tls_tells_its_version_and_certificate(found: Found) -> None:
    """Names, issuer and fingerprint of the one that was verified."""
    tls = outcome(found, "over-tls").tls
    assert tls is not None
    assert tls.version == "1.3"
    seen = certificate(found, "over-tls")
    assert "*.good.test" in seen.names
    assert "127.0.0.1" in seen.names
    assert len(seen.fingerprint) == 64
    assert not seen.self_signed


@pytest.mark.parametrize(
    "name", ["expired", "not-yet-valid", "wrong-name", "self-signed", "untrusted"]
)
def test_a_certificate_that_does_not_hold_is_read_all_the_same(found: Found, name: str) -> None:
    """What it says is what it was made with."""
    seen, now = certificate(found, name), time.time()
    assert (seen.not_after < now) == (name == "expired")
    assert (seen.not_before > now) == (name == "not-yet-valid")
    assert (seen.names == ("somebody-else.test",)) == (name == "wrong-name")
    assert seen.self_signed == (name == "self-signed")


def test_the_days_that_are_left_can_be_counted(found: Found) -> None:
    """Five days and almost an hour."""
    left = certificate(found, "five-days-left").not_after - time.time()
    assert left // DAY == 5


@pytest.mark.parametrize("name", ["large", "large-gzip", "large-chunked"])
def test_a_body_that_is_wanted_whole_is_read_whole(found: Found, name: str) -> None:
    """A megabyte, however it came."""
    assert response(found, name).bytes_read == MEGABYTE


def test_of_other_bodies_the_beginning_is_read(found: Found) -> None:
    """What comes after half a megabyte, or does not come, makes no difference."""
    assert found.by_name()["stuck-far-behind"].page.title == "Large"
    assert response(found, "stuck-far-behind").bytes_read < MEGABYTE / 2


def test_the_way_is_told_with_its_statuses(found: Found) -> None:
    """Each redirect, and where it ended."""
    chain = [(hop.url.rpartition("/")[2], hop.status) for hop in outcome(found, "moved-page").hops]
    assert chain == [("old", 301)]
    assert response(found, "moved-page").url.endswith("/new/page")
    assert len(outcome(found, "endless").hops) == 10


@pytest.mark.parametrize(("name", "version"), [("http-1.0", "1.0"), ("plain", "1.1")])
def test_address_and_http_version_are_told(found: Found, name: str, version: str) -> None:
    """Of the server that answered."""
    answer = response(found, name)
    assert (answer.ip, answer.http_version) == ("127.0.0.1", version)


def test_every_phase_has_its_time(found: Found) -> None:
    """Name look-up, connection, TLS, first byte and body, none of them negative."""
    took = outcome(found, "over-tls").timings
    phases = (took.dns, took.connect, took.tls, took.first_byte, took.body)
    assert [phase for phase in phases if phase is None or phase < 0] == []
    assert outcome(found, "plain").timings.tls is None


def test_what_came_before_the_good_try_is_told(found: Found) -> None:
    """Also what only the later check has seen right."""
    assert outcome(found, "fails-twice").earlier == ("500", "502")
    assert found.by_name()["fails-all-through"].verdict.flaky != ""
    assert found.by_name()["plain"].verdict.flaky == ""
