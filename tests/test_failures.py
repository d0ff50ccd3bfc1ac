"""The closed list of failure kinds: complete, distinct, and worded for people."""

import re

import pytest

from fetcher.failures import FACTS, Failure, FailureKind, Phase

K = FailureKind


def test_every_kind_has_its_facts() -> None:
    """The table has exactly one entry for each kind."""
    assert set(FACTS) == set(FailureKind)


@pytest.mark.parametrize("kind", FailureKind)
def test_a_kind_is_named_and_explained(kind: FailureKind) -> None:
    """The name fits a column and a configuration key, the meaning is one plain sentence."""
    assert kind.value == kind.name.lower()
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", kind.value)
    meaning = FACTS[kind].meaning
    assert re.fullmatch(r"[A-Z][^\n]+[.]", meaning)
    assert len(meaning) < 120


def test_no_two_kinds_mean_the_same() -> None:
    """Each meaning is told only once, or two kinds would be one."""
    meanings = [facts.meaning for facts in FACTS.values()]
    assert len(set(meanings)) == len(meanings)


def test_every_phase_has_a_kind() -> None:
    """There is no phase in which nothing can fail."""
    assert {facts.phase for facts in FACTS.values()} == set(Phase)


def test_what_can_pass_is_what_the_network_does() -> None:
    """Input, robots, redirect and certificate failures stay as they are however often we ask."""
    for kind, facts in FACTS.items():
        if facts.phase in (Phase.INPUT, Phase.ROBOTS, Phase.TLS, Phase.REDIRECT, Phase.INTERNAL):
            assert not facts.can_pass, kind
    assert {K.CONNECT_TIMEOUT, K.READ_TIMEOUT, K.CONNECTION_RESET, K.DNS_TIMEOUT} <= {
        kind for kind, facts in FACTS.items() if facts.can_pass
    }
    assert not FACTS[K.DNS_NOT_FOUND].can_pass
    assert not FACTS[K.BODY_TOO_LARGE].can_pass


def test_a_failure_has_the_usual_phase_unless_told() -> None:
    """`Failure.of` takes the phase from the table; another one can be given."""
    assert Failure.of(K.READ_TIMEOUT) == Failure(K.READ_TIMEOUT, Phase.HEADERS)
    assert Failure.of(K.READ_TIMEOUT, "30s", Phase.BODY).phase is Phase.BODY
    assert Failure.of(K.READ_TIMEOUT).can_pass


def test_a_failure_is_one_line_for_people() -> None:
    """Kind, meaning and detail stand in one line that starts with the kind."""
    failure = Failure.of(K.CONNECT_REFUSED, "127.0.0.1:9")
    assert str(failure) == (
        "connect_refused: Nothing listens at this address and port. (127.0.0.1:9)"
    )
    assert str(Failure.of(K.TLS_EXPIRED)) == "tls_expired: The certificate has expired."


def test_a_detail_has_no_password() -> None:
    """Whatever library or server it quotes; and it reads within a sentence."""
    failure = Failure.of(FailureKind.DNS_NOT_FOUND, "http://me:s3cret@a.example/")
    assert failure.detail == "http://me:***@a.example/"
    assert failure.clause == (
        "no such host name exists; check its spelling (http://me:***@a.example/)"
    )
