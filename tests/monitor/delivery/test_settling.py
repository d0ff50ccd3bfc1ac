"""What becomes of messages after an attempt, and what is not worth one."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.monitor.delivery.channel_state import pause_after
from fetcher.monitor.delivery.delivery_plan import Delivery
from fetcher.monitor.delivery.outbox import LEAST_TRIES, Receipts, give_up_obsolete, settle
from fetcher.monitor.incident import DeliveryStatus, Message, MessageKind
from fetcher.notify.channel import Refused
from tests.monitor.delivery.making import EPOCH, SETTINGS, message

NO = Refused("no")


def settled(
    *messages: Message, refused: Refused | None = NO, at: float = 5.0, behind: Message | None = None
) -> list[Message]:
    """What becomes of a delivery."""
    others = () if behind is None else (behind,)
    return [*settle(Delivery("ops", messages), refused, EPOCH + at, SETTINGS, others)]


def test_what_arrived_is_sent() -> None:
    """With when, and without the errors of before."""
    (sent,) = settled(message(attempts=2, error="no"), refused=None)
    assert (sent.status, sent.attempts, sent.sent, sent.error) == (
        DeliveryStatus.SENT,
        3,
        EPOCH + 5,
        "",
    )
    assert sent.digest == ""


def test_the_messages_of_a_digest_say_so() -> None:
    """All the same id, which they keep when they are tried again."""
    one, two = settled(message("i1"), message("i2"))
    assert one.digest == two.digest == Delivery("ops", (message("i1"), message("i2"))).id
    assert settled(one, two, refused=None)[0].digest == one.digest
    assert settled(two, refused=None)[0].digest == one.digest


def test_what_did_not_arrive_waits_with_its_error() -> None:
    """Until it is too old."""
    (failed,) = settled(message(), at=999)
    assert (failed.status, failed.attempts, failed.sent, failed.error) == (
        DeliveryStatus.WAITING,
        1,
        None,
        "no",
    )
    (gone,) = settled(message(attempts=LEAST_TRIES - 1), at=1000)
    assert (gone.status, gone.error) == (DeliveryStatus.GIVEN_UP, "no")


def test_what_is_old_and_was_hardly_tried_waits() -> None:
    """The monitor may have been stopped for longer than it would have tried."""
    behind = message("i2")
    (failed,) = settled(message(attempts=LEAST_TRIES - 2), at=5000, behind=behind)
    assert failed.status is DeliveryStatus.WAITING


def test_what_waits_behind_is_given_up_when_it_is_too_old_as_well() -> None:
    """Only after a failure, and not before its time."""
    first, behind = message("i1", at=500, attempts=LEAST_TRIES), message("i2", at=0)
    changed = settled(first, at=1000, behind=behind)
    assert [(m.incident, m.status) for m in changed] == [
        ("i1", DeliveryStatus.WAITING),
        ("i2", DeliveryStatus.GIVEN_UP),
    ]
    assert changed[1].attempts == 0
    assert len(settled(first, at=999, behind=behind)) == 1
    assert len(settled(first, refused=None, at=1000, behind=behind)) == 1


def test_part_of_it_arrived() -> None:
    """It is tried again, and yet somebody knows."""
    (partly,) = settled(message(), refused=Refused("b: later", partly=True))
    assert (partly.status, partly.sent) == (DeliveryStatus.WAITING, EPOCH + 5)


def useless(*waiting: Message, before: tuple[Message, ...] = ()) -> list[str]:
    """The ids of what is not worth sending; before: what became of others."""
    heard = Receipts()
    for each in before:
        heard.record(each)
    return [each.id for each in give_up_obsolete(waiting, heard)]


def test_a_reminder_of_what_is_over_is_not_sent() -> None:
    """The beginning, if nobody heard of it yet, and the end are."""
    down, up = message(), message(kind=MessageKind.UP)
    reminder = message(kind=MessageKind.REMINDER, number=1)
    assert useless(down, reminder, up) == [reminder.id]
    assert (
        useless(reminder, message("i2", MessageKind.UP), message(kind=MessageKind.UP, channel="x"))
        == []
    )


GIVEN_UP = message(status=DeliveryStatus.GIVEN_UP)
SENT = message(status=DeliveryStatus.SENT, sent=EPOCH)


@pytest.mark.parametrize(
    ("before", "worth_it"),
    [
        ((), True),
        ((SENT,), True),
        ((GIVEN_UP,), False),
        ((message(status=DeliveryStatus.GIVEN_UP, sent=EPOCH),), True),
        ((message(sent=EPOCH), GIVEN_UP), True),
        ((message("i2", status=DeliveryStatus.GIVEN_UP),), True),
        ((message(channel="x", status=DeliveryStatus.GIVEN_UP),), True),
        ((SENT, message(kind=MessageKind.ESCALATION, status=DeliveryStatus.GIVEN_UP)), True),
        ((SENT, message(kind=MessageKind.REMINDER, status=DeliveryStatus.GIVEN_UP)), True),
        (
            (GIVEN_UP, message(kind=MessageKind.REMINDER, status=DeliveryStatus.SENT, sent=EPOCH)),
            True,
        ),
        ((message(kind=MessageKind.ESCALATION, status=DeliveryStatus.GIVEN_UP),), False),
        ((message(kind=MessageKind.REMINDER, status=DeliveryStatus.GIVEN_UP),), True),
    ],
)
def test_an_end_is_told_to_those_who_heard_of_the_beginning(
    before: tuple[Message, ...], worth_it: bool
) -> None:
    """By any of the messages that tell of it, and be it in part; where nothing is known, too."""
    assert (useless(message(kind=MessageKind.UP), before=before) == []) is worth_it


def test_an_end_waits_for_what_still_waits() -> None:
    """An escalation that was not sent yet tells of the incident, too."""
    up, escalation = message(kind=MessageKind.UP), message(kind=MessageKind.ESCALATION)
    assert useless(up, escalation, before=(GIVEN_UP,)) == []


def test_what_was_heard_is_forgotten_with_the_end() -> None:
    """And of many that never end, the oldest."""
    ended = message(kind=MessageKind.UP, status=DeliveryStatus.SENT, sent=EPOCH)
    up = message(kind=MessageKind.UP)
    assert useless(up, before=(GIVEN_UP, ended)) == []
    many = tuple([message(f"x{n}", status=DeliveryStatus.SENT, sent=EPOCH) for n in range(10_000)])
    assert useless(up, before=(GIVEN_UP, *many)) == []
    assert useless(up, before=(GIVEN_UP, *many[1:])) == [up.id]


@given(st.integers(1, 10**6), st.integers(0, 2**32))
def test_pauses_double_up_to_ten_minutes(failures: int, seed: int) -> None:
    """Half of it by chance."""
    pause = pause_after(failures, NO, random.Random(seed))
    ceiling = min(5.0 * 2.0 ** min(failures - 1, 20), 600.0)
    assert ceiling / 2 <= pause <= ceiling


@pytest.mark.parametrize(("asked", "waits"), [(0.0, 2.5), (60.0, 60.0), (7200.0, 3600.0)])
def test_the_other_side_can_ask_for_more_time_up_to_an_hour(asked: float, waits: float) -> None:
    """But not for less than the pause would be."""
    pause = pause_after(1, Refused("no", asked), random.Random(7))
    assert pause == waits if asked else pause >= waits
