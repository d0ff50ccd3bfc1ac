"""Sessions: found by their name only, and not for ever."""

import pytest

from fetcher.statuspage.auth import sessions
from fetcher.statuspage.auth.sessions import LIFETIME, Sessions


class Clock:
    """A clock that stands still unless it is set."""

    time = 0.0

    def __call__(self) -> float:
        """What time it is."""
        return self.time


def test_a_session_is_found_by_its_name() -> None:
    """Each has a name and a form token of its own; any other text finds none."""
    all_ = Sessions(Clock())
    (one, first), (other, second) = all_.begin("ada"), all_.begin()
    assert all_.get(one) is first
    assert all_.get(other) is second
    assert (first.user, second.user) == ("ada", "")
    assert len({one, other, first.csrf, second.csrf}) == 4
    assert all_.get("") is None
    assert all_.get(one + "x") is None
    assert all_.get("\ud800") is None


def test_a_form_belongs_to_its_session() -> None:
    """Only the session's own token is taken, and not the empty one."""
    all_ = Sessions(Clock())
    (_, first), (_, second) = all_.begin(), all_.begin()
    assert first.owns(first.csrf)
    assert not first.owns(second.csrf)
    assert not first.owns("")
    assert not first.owns("é")


def test_a_session_ends() -> None:
    """It ends by itself after its lifetime, and at once when it is told to."""
    clock = Clock()
    all_ = Sessions(clock)
    name, _ = all_.begin()
    clock.time = LIFETIME - 1
    assert all_.get(name) is not None
    clock.time = LIFETIME
    assert all_.get(name) is None
    name, _ = all_.begin()
    all_.end(name)
    all_.end("never begun")
    assert all_.get(name) is None


def test_there_are_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of too many, the oldest end; what has ended makes room first."""
    monkeypatch.setattr(sessions, "_MAX_SESSIONS", 3)
    clock = Clock()
    all_ = Sessions(clock)
    names = [all_.begin()[0] for _ in range(4)]
    assert [all_.get(name) is not None for name in names] == [False, True, True, True]
    clock.time = LIFETIME
    late = [all_.begin()[0] for _ in range(3)]
    assert all(all_.get(name) for name in late)
