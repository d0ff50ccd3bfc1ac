"""What is sent when: pure, on a clock of the test's own."""

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.monitor.delivery.delivery_plan import STUBBORN, Delivery, next_time, plan_deliveries
from fetcher.monitor.incident import Message, MessageKind
from tests.monitor.delivery.making import EPOCH, SETTINGS, message

Ids = list[list[str]]


def plan(
    waiting: Iterable[Message],
    at: float = 0.0,
    recent: Sequence[float] = (),
    busy: frozenset[str] = frozenset(),
) -> Ids:
    """The ids of what is sent; `at` and `recent` in seconds after the beginning of time."""
    lately = {"ops": [EPOCH + when for when in recent]}
    planned = plan_deliveries(waiting, lately, busy, EPOCH + at, SETTINGS)
    return [[message.id for message in delivery.messages] for delivery in planned]


def test_each_channel_gets_one_delivery_at_a_time() -> None:
    """Its oldest message; a channel that is busy gets none."""
    waiting = [
        message("i2", at=2),
        message("i1", at=1),
        message("i1", channel="chat", at=1),
        message("i1", channel="mail", at=1),
    ]
    planned = plan(waiting, 5, busy=frozenset({"mail"}))
    assert sorted(planned) == [["i1-down-chat"], ["i1-down-ops"]]


def test_nothing_is_sent_before_it_is_due() -> None:
    """To the second."""
    waiting = [message(after=10)]
    assert plan(waiting, 9.9) == []
    assert plan(waiting, 10) == [["i1-down-ops"]]


@pytest.mark.parametrize("kind", [MessageKind.UP, MessageKind.REMINDER, MessageKind.ESCALATION])
def test_nothing_overtakes_the_beginning(kind: MessageKind) -> None:
    """Even if it is due earlier: the beginning waits for others with the same cause."""
    waiting = [message(kind=kind, at=2), message(at=0, after=10)]
    assert plan(waiting, 5) == []
    assert plan(waiting, 10) == [["i1-down-ops"]]


def test_an_end_comes_after_all_else_of_its_incident() -> None:
    """Also within a digest, and where there was only an escalation."""
    waiting = [
        message(kind=MessageKind.UP, at=1),
        message(kind=MessageKind.ESCALATION, at=3),
        message("i2", MessageKind.UP, at=0),
        message("i2", at=2),
    ]
    assert plan(waiting, 5) == [["i2-down-ops", "i2-up-ops", "i1-escalation-ops", "i1-up-ops"]]


def test_as_many_as_there_is_room_for_go_one_by_one() -> None:
    """More of them go as one digest, and at once."""
    three = [message(f"i{n}", at=n) for n in (1, 2, 3)]
    assert plan(three[:2], 5) == [["i1-down-ops"]]
    assert plan(three, 5) == [["i1-down-ops", "i2-down-ops", "i3-down-ops"]]
    assert plan(three[:1], 20, recent=[10]) == [["i1-down-ops"]]
    assert plan(three[:2], 20, recent=[10]) == [["i1-down-ops", "i2-down-ops"]]


def test_without_room_all_wait_until_there_is() -> None:
    """`digest_every` after the first of the latest; then they go as one."""
    two = [message(f"i{n}", at=n) for n in (1, 2)]
    assert plan(two, 69.9, recent=[10, 20]) == []
    assert plan(two, 70, recent=[10, 20]) == [["i1-down-ops", "i2-down-ops"]]


def test_deliveries_that_are_yet_to_come_take_no_room() -> None:
    """The clock was set back."""
    assert plan([message()], 5, recent=[1000, 1001]) == [["i1-down-ops"]]


def test_a_message_of_the_future_does_not_wait_for_it() -> None:
    """The clock was set back, by any amount."""
    assert plan([message(at=86400, after=10)], 0) == [["i1-down-ops"]]


def test_what_was_tried_goes_first_and_as_it_was() -> None:
    """Without regard to the room, of which it was given a part when it was planned."""
    digest = [message(f"i{n}", at=n, attempts=1, digest="d") for n in (2, 3)]
    single = message("i4", at=4, attempts=3)
    fresh = message("i1", at=1)
    assert plan([fresh, *digest], 5, recent=[4, 5]) == [["i2-down-ops", "i3-down-ops"]]
    assert plan([fresh, single], 5) == [["i4-down-ops"]]


def test_what_is_refused_again_and_again_holds_up_no_other() -> None:
    """But what is about the same incident: an end must not come before its beginning."""
    stubborn, other = message("i1", attempts=STUBBORN), message("i2", at=1)
    end = message("i1", MessageKind.UP, at=1)
    assert plan([stubborn, end, other], 5) == [["i2-down-ops"]]
    assert plan([stubborn, end], 5) == [["i1-down-ops"]]
    assert plan([stubborn, other, message("i3")], 5) == [["i3-down-ops", "i2-down-ops"]]
    second = message("i2", at=1, attempts=1)
    assert plan([stubborn, second, message("i3")], 5) == [["i2-down-ops"]]


def test_what_is_tried_again_has_its_room() -> None:
    """When a receiver comes back, no more reach it one by one than otherwise; the rest waits."""
    most = SETTINGS.digest_above
    tried = [message(f"i{n}", at=n, attempts=STUBBORN) for n in range(most)]
    assert plan([*tried, message("i9", at=9)], 10) == [["i0-down-ops"]]
    assert plan([*tried[1:], message("i9", at=9)], 10, recent=[8]) == [["i1-down-ops"]]
    assert plan([*tried[1:], message("i9", at=9)], 10) == [["i9-down-ops"]]


def test_a_delivery_has_the_same_id_when_it_is_tried_again() -> None:
    """That of its message, or one that follows from all of them; whatever is left of them."""
    one, two = message("i1"), message("i2")
    assert Delivery("ops", (one,)).id == one.id
    both = Delivery("ops", (one, two)).id
    assert both not in (one.id, two.id)
    assert both != Delivery("ops", (two,)).id
    again = message("i2", attempts=1, digest=both)
    assert Delivery("ops", (again,)).id == both


MESSAGES = st.lists(
    st.builds(
        message,
        st.sampled_from(["i1", "i2", "i3"]),
        st.sampled_from(
            [MessageKind.DOWN, MessageKind.UP, MessageKind.REMINDER, MessageKind.ESCALATION]
        ),
        at=st.integers(0, 100),
        after=st.sampled_from([0, 10]),
    ),
    unique_by=lambda message: message.id,
    max_size=8,
)
TIMES = st.lists(st.integers(0, 100), max_size=4)


@given(MESSAGES, TIMES, st.integers(100, 300))
def test_the_next_time_is_when_something_is_sent(
    waiting: list[Message], recent: list[int], at: int
) -> None:
    """Not a moment earlier, or the program would never rest; and not later."""
    times = [EPOCH + when for when in recent]
    due = next_time(waiting, times, EPOCH + at, SETTINGS)
    now = plan(waiting, at, recent)
    if not waiting:
        assert due is None
        return
    assert due is not None
    assert bool(now) == (due <= EPOCH + at)
    if not now:
        assert not plan(waiting, due - EPOCH - 0.5, recent)
        assert plan(waiting, due - EPOCH, recent)


@given(MESSAGES, st.integers(0, 300))
def test_no_order_of_sending_puts_an_end_before_its_beginning(
    waiting: list[Message], at: int
) -> None:
    """However they are due."""
    sent: list[str] = []
    left = {message.id: message for message in waiting}
    while planned := plan(left.values(), at):
        for name in planned[0]:
            sent.append(name)
            del left[name]
    for name in [*sent, *left]:
        kind = MessageKind.UP if "-up-" in name else None
        begun = name.replace("-up-", "-down-")
        if kind and name in sent:
            assert begun not in left
            assert begun not in sent[sent.index(name) :]
