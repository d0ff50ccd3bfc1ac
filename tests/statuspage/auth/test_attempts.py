"""Wrong tries are counted by address, and forgotten in time."""

import pytest

from fetcher.statuspage.auth import sessions
from fetcher.statuspage.auth.sessions import MAX_ATTEMPTS, WINDOW, Attempts
from tests.statuspage.auth.test_sessions import Clock


def test_after_many_wrong_tries_one_has_to_wait() -> None:
    """Only who tried has to, until the first of the tries is long ago."""
    clock = Clock()
    tries = Attempts(clock)
    for number in range(MAX_ATTEMPTS):
        assert tries.wait("a") == 0
        clock.time = float(number)
        tries.failed("a")
    assert tries.wait("a") == WINDOW - (MAX_ATTEMPTS - 1)
    assert tries.wait("b") == 0
    clock.time = WINDOW
    assert tries.wait("a") == 0
    tries.failed("a")
    # The second of the first tries counts now, a second later than the first.
    assert tries.wait("a") == 1


def test_only_so_many_addresses_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has many addresses fills no memory; the ones that tried last are kept."""
    monkeypatch.setattr(sessions, "_MAX_ADDRESSES", 2)
    tries = Attempts(Clock())
    for address in ("a", "b", "a", "c"):
        for _ in range(MAX_ATTEMPTS):
            tries.failed(address)
    assert [tries.wait(address) > 0 for address in "abc"] == [True, False, True]
