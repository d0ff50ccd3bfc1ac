"""The store: what is committed is there again, exactly, and only that."""

import stat
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetcher.monitor.commit import Commit, Missed, MissedReason
from fetcher.monitor.history import HistoryReader, LoadedState, StoreError
from fetcher.monitor.history.row_codec import (
    pack_incident,
    pack_latest,
    pack_member,
    pack_message,
    pack_state,
    unpack_incident,
    unpack_latest,
    unpack_message,
    unpack_state,
)
from fetcher.monitor.incident import About, DeliveryStatus, Incident, Member, Message, Silence
from fetcher.monitor.target_state import Condition, Observation, State
from tests.monitor.history.making import (
    FAILED,
    HOUR,
    NAME,
    NOON,
    files,
    incident,
    member,
    message,
    opened,
    record,
)

T = TypeVar("T")

SILENCE = Silence("s1", "*.example.org", NOON + HOUR, "ann", "moving house", NOON)
DOWN = State(Condition.DOWN, NOON, 3, NOON - 60, falls=(NOON - 99, NOON), flapping=True)


async def test_what_is_committed_is_there_in_the_next_run(tmp_path: Path) -> None:
    """States, latest checks, open incidents, waiting messages, silences that last."""
    seen = replace(FAILED, due=NOON - 1)
    commit = Commit(
        records=(record("a", NOON), record("b", NOON + 1, like=seen)),
        states={"a": State(Condition.UP, NOON), "b": DOWN},
        incidents=(incident(1, member("b")), incident(2, member("a", NOON + 5), closed=NOON + 5)),
        messages=(message(1), replace(message(2), status=DeliveryStatus.SENT, sent=NOON)),
        silences=(SILENCE, replace(SILENCE, id="s2"), replace(SILENCE, id="s3", until=NOON)),
        unsilenced=("s2",),
    )
    async with opened(tmp_path) as store:
        await store.write(commit)
    async with opened(tmp_path) as store:
        loaded = store.load()
    assert loaded == LoadedState(
        states=commit.states,
        latest={each.key: each.observation for each in commit.records},
        checked={"a": NOON, "b": NOON + 1},
        incidents=commit.incidents[:1],
        messages=commit.messages[:1],
        silences=(SILENCE,),
    )


async def test_later_takes_the_place_of_earlier(tmp_path: Path) -> None:
    """By key and id; an incident keeps the members that it is given last, and no others."""
    first = incident(1, member("a"), member("b"), member("c"))
    last = replace(incident(1, member("a", NOON + 9), member("c")), notified=("mail",), reminded=1)
    tried = replace(message(1), attempts=2, error="connection refused", due=NOON + 60)
    async with opened(tmp_path) as store:
        await store.write(
            Commit(states={"a": DOWN}, incidents=(first,), messages=(message(1),), records=())
        )
        await store.write(Commit(states={"a": State()}, incidents=(last,), messages=(tried,)))
        loaded = store.load()
    assert loaded.states == {"a": State()}
    assert loaded.incidents == (last,)
    assert loaded.messages == (tried,)


@pytest.mark.parametrize("reopened", [False, True])
async def test_members_of_a_closed_incident_can_change(tmp_path: Path, reopened: bool) -> None:
    """Whether the store still knows what it wrote of it, or not."""
    closed = incident(1, member("a", NOON), member("b", NOON), closed=NOON)
    fewer = replace(closed, members=closed.members[1:])
    async with opened(tmp_path) as store:
        await store.write(Commit(incidents=(closed,)))
        if not reopened:
            await store.write(Commit(incidents=(fewer,)))
    if reopened:
        async with opened(tmp_path) as store:
            await store.write(Commit(incidents=(fewer,)))
    reader = HistoryReader(str(tmp_path / NAME))
    assert reader.incident(closed.id) == fewer
    reader.close()


async def test_nothing_of_a_commit_that_fails(tmp_path: Path) -> None:
    """Also not in memory: the next one is written as if it had not been."""
    broken = replace(message(1), id=None)  # type: ignore[arg-type]
    commit = Commit(
        records=(record("a", NOON, like=FAILED),),
        states={"a": DOWN},
        incidents=(incident(1, member("a")),),
        messages=(broken,),
    )
    async with opened(tmp_path) as store:
        with pytest.raises(StoreError, match="NOT NULL"):
            await store.write(commit)
        assert store.load() == LoadedState()
        whole = replace(commit, messages=(message(1),))
        await store.write(whole)
        loaded = store.load()
    assert loaded.incidents == whole.incidents
    assert loaded.latest == {"a": whole.records[0].observation}
    reader = HistoryReader(str(tmp_path / NAME))
    assert [check.text for check in reader.checks("a", 0, NOON + 1, 9)] == [FAILED.text]
    assert [streak.checks for streak in reader.failures("a", 0, NOON + 1)] == [1]
    reader.close()


async def test_missed_checks_are_counted(tmp_path: Path) -> None:
    """By why, of one target or all, from an hour on."""
    missed = (
        Missed("a", NOON - 2 * HOUR, 7, MissedReason.STOPPED),
        Missed("a", NOON, 1, MissedReason.LATE),
        Missed("a", NOON + 60, 2, MissedReason.LATE),
        Missed("b", NOON, 4, MissedReason.RUNNING),
    )
    async with opened(tmp_path) as store:
        await store.write(Commit(missed=missed[:2]))
        await store.write(Commit(missed=missed[2:]))
    reader = HistoryReader(str(tmp_path / NAME))
    assert reader.missed("a", 0) == {MissedReason.STOPPED: 7, MissedReason.LATE: 3}
    assert reader.missed(None, NOON) == {MissedReason.LATE: 3, MissedReason.RUNNING: 4}
    assert reader.missed("c", 0) == {}
    reader.close()


async def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    """Addresses can be private."""
    async with opened(tmp_path) as store:
        await store.write(Commit(records=(record("a", NOON),)))
        await store.backup(str(tmp_path / "copy.db"))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in files(tmp_path)}
    assert len(modes) == 5
    assert set(modes.values()) == {0o600}


async def test_size_is_that_of_the_files(tmp_path: Path) -> None:
    """With the log, which is put into the file when the store is closed."""
    async with opened(tmp_path) as store:
        await store.write(Commit(records=tuple([record(f"t{n}", NOON) for n in range(3000)])))
        data, log = tmp_path / NAME, tmp_path / f"{NAME}-wal"
        assert store.size() == data.stat().st_size + log.stat().st_size
        assert log.stat().st_size > 0
    assert files(tmp_path) == [data, tmp_path / f"{NAME}.lock"]


async def test_text_that_cannot_be_encoded(tmp_path: Path) -> None:
    """Strangers' text must not keep a commit from being written."""
    odd = "found \ud800 and \0"
    seen = replace(FAILED, text=odd)
    wrong = replace(incident(1, replace(member("a"), text=odd)), text=odd)
    commit = Commit(
        records=(record("a", NOON, like=seen),),
        incidents=(wrong,),
        messages=(replace(message(1), error=odd),),
    )
    async with opened(tmp_path) as store:
        await store.write(commit)
        loaded = store.load()
    mended = "found \\ud800 and \0"
    assert loaded.latest["a"].text == loaded.messages[0].error == mended
    assert loaded.incidents[0].text == loaded.incidents[0].members[0].text == mended


async def test_closing_twice(tmp_path: Path) -> None:
    """It is harmless; and what is written after that is refused, not lost without a word."""
    async with opened(tmp_path) as store:
        await store.close()
        with pytest.raises(RuntimeError):
            await store.write(Commit(states={"a": DOWN}))


def values(kind: type[T]) -> st.SearchStrategy[T]:
    """Any values of a type, but for NaN, which is not equal to itself."""
    return st.from_type(kind).filter(lambda value: "nan" not in repr(value))


@settings(max_examples=50)
@given(values(Incident), values(Message), values(State), values(Observation))
def test_every_value_comes_back(
    incident: Incident, message: Message, state: State, seen: Observation
) -> None:
    """Whatever it holds: to make a row of it, and it of the row, changes nothing.

    But for the kind of a failure, which only the moment needs.
    """
    rows: Any = [pack_member(incident.id, *each) for each in enumerate(incident.members)]
    members = tuple([Member(*row[2:]) for row in rows])
    assert unpack_incident(pack_incident(incident), members) == incident
    assert unpack_message(pack_message(message)) == message
    assert unpack_state(pack_state(state)) == state
    assert unpack_latest(pack_latest(1, seen, seen.text, None)[1:-1]) == replace(seen, failure=None)


def test_an_incident_of_an_earlier_version() -> None:
    """Databases keep the names that its fields had at first, and the word for connectivity."""
    facts = (
        '{"began":1.0,"condition":"down","about":"sight","channels":["mail"],'
        '"told":["mail"],"told_at":2.5,"tell_from":2.25}'
    )
    incident = unpack_incident(("i1", 2.0, None, "sight", "cut", "", facts), ())
    assert incident.about is About.CONNECTIVITY
    assert incident.notified == ("mail",)
    assert (incident.notified_at, incident.notify_from) == (2.5, 2.25)
    assert '"told":["mail"],' in str(pack_incident(incident)[-1])
