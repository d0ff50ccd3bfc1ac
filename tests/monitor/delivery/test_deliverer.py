"""The deliverer on a virtual clock: days pass at once."""

import asyncio
import logging
from dataclasses import replace

import pytest

from fetcher.monitor.incident import DeliveryStatus, MessageKind
from fetcher.notify.channel import Refused
from tests.monitor.delivery.making import (
    EPOCH,
    SETTINGS,
    Pipe,
    delivering,
    message,
    on_virtual_clock,
)

NO = Refused("no")
DOWN, UP = message(), message(kind=MessageKind.UP, at=1)


def test_messages_are_sent_when_due_and_then_written_down() -> None:
    """In order, with their own ids."""

    async def main() -> None:
        pipe = Pipe()
        down, up = message(after=10), message(kind=MessageKind.UP, after=12)
        async with delivering(pipe) as it:
            it.deliverer.add([down, up])
            assert it.deliverer.next_time == EPOCH + 10
            await asyncio.sleep(100)
            assert it.deliverer.waiting == 0
            assert it.deliverer.sent == 2
            assert it.deliverer.next_time is None
        assert pipe.times == [10, 12]
        assert [notice.id for notice in pipe.given] == [down.id, up.id]
        assert it.status(down) is it.status(up) is DeliveryStatus.SENT
        assert pipe.closed

    on_virtual_clock(main())


def test_the_same_message_is_not_sent_twice() -> None:
    """It can be added as often as one likes while it waits."""

    async def main() -> None:
        pipe = Pipe(takes=5)
        async with delivering(pipe) as it:
            it.deliverer.add([DOWN, DOWN])
            await asyncio.sleep(1)
            it.deliverer.add([DOWN])
            await asyncio.sleep(100)
        assert pipe.got == [[DOWN.id]]

    on_virtual_clock(main())


def test_a_channel_that_fails_is_left_alone_for_longer_and_longer() -> None:
    """It is reported after three failures, and when it works again; both once."""

    async def main() -> None:
        pipe = Pipe(answers=[NO] * 6 + [None])
        async with delivering(pipe) as it:
            it.deliverer.add([DOWN])
            await asyncio.sleep(1)
            assert it.deliverer.failing == {"ops": "no"}
            assert it.deliverer.failing_since == {"ops": EPOCH}
            assert not it.reported
            await asyncio.sleep(900)
            assert it.deliverer.failing == {}
        assert it.reported == ["ops no 0", "ops recovered"]
        pauses = [b - a for a, b in zip(pipe.times, pipe.times[1:], strict=False)]
        for pause, ceiling in zip(pauses, [5, 10, 20, 40, 80, 160], strict=True):
            assert ceiling / 2 <= pause <= ceiling
        assert it.written[DOWN.id].attempts == 7

    on_virtual_clock(main())


def test_newer_messages_wait_behind_one_that_fails() -> None:
    """It goes first and alone, as it did; then they go together when there are many."""

    async def main() -> None:
        pipe = Pipe(answers=[NO, None])
        newer = [message(f"i{n}", at=1) for n in range(2, 6)]
        async with delivering(pipe) as it:
            it.deliverer.add([DOWN])
            await asyncio.sleep(1)
            it.deliverer.add(newer)
            await asyncio.sleep(100)
        assert pipe.got == [[DOWN.id], [DOWN.id], [m.id for m in newer]]

    on_virtual_clock(main())


def test_a_channel_that_asks_for_time_gets_it() -> None:
    """To the second, and others do not wait for it."""

    async def main() -> None:
        pipe, other = Pipe(answers=[Refused("busy", 300.0), None]), Pipe("chat")
        async with delivering(pipe, other) as it:
            it.deliverer.add([DOWN, message(channel="chat")])
            await asyncio.sleep(400)
        assert pipe.times == [0, 300]
        assert other.times == [0]

    on_virtual_clock(main())


def test_at_last_a_message_is_given_up_and_its_end_with_it() -> None:
    """Nobody is notified of the end of something that nobody knows about."""

    async def main() -> None:
        pipe = Pipe(answers=[NO])
        up = message(kind=MessageKind.UP, at=990)
        async with delivering(pipe) as it:
            it.deliverer.add([DOWN])
            await asyncio.sleep(990)
            it.deliverer.add([up])
            await asyncio.sleep(700)
            assert it.status(DOWN) is it.status(up) is DeliveryStatus.GIVEN_UP
            assert it.written[up.id].attempts == 0
            pipe.answers = [None]
            it.deliverer.add([message("i2", at=1690)])
            await asyncio.sleep(700)
        assert pipe.got[-1] == ["i2-down-ops"]

    on_virtual_clock(main())


def test_an_end_is_told_where_part_of_the_beginning_got_through() -> None:
    """Some of the recipients have it."""

    async def main() -> None:
        pipe = Pipe(answers=[Refused("b: later", partly=True)])
        up = message(kind=MessageKind.UP, at=2000)
        async with delivering(pipe) as it:
            it.deliverer.add([DOWN])
            await asyncio.sleep(2000)
            assert it.status(DOWN) is DeliveryStatus.GIVEN_UP
            pipe.answers = [None]
            it.deliverer.add([up])
            await asyncio.sleep(1000)
        assert pipe.got[-1] == [up.id]

    on_virtual_clock(main())


def test_what_was_given_up_before_a_restart_counts() -> None:
    """And the rate counts what was sent before it."""

    async def main() -> None:
        pipe = Pipe()
        gone = replace(DOWN, status=DeliveryStatus.GIVEN_UP)
        sent = [message(f"s{n}", status=DeliveryStatus.SENT, sent=EPOCH - n) for n in (10, 20)]
        fresh = [message("i2"), message("i3")]
        async with delivering(pipe) as it:
            it.deliverer.add([gone, UP, *sent, *fresh])
            await asyncio.sleep(100)
        assert it.status(UP) is DeliveryStatus.GIVEN_UP
        assert pipe.got == [["i2-down-ops", "i3-down-ops"]]
        assert pipe.times == [40]

    on_virtual_clock(main())


def test_what_was_sent_is_not_sent_again_because_it_cannot_be_written_down(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The commit is tried again, and the channel's next message waits for it."""
    caplog.set_level(logging.CRITICAL, "fetcher")

    async def main() -> None:
        pipe, later = Pipe(), message("i2", at=1)
        async with delivering(pipe) as it:
            it.commits_fail = 5
            it.deliverer.add([DOWN, later])
            await asyncio.sleep(20)
            assert pipe.got == [[DOWN.id]]
            assert it.deliverer.waiting == 2
            await asyncio.sleep(20)
        assert pipe.got == [[DOWN.id], [later.id]]
        assert pipe.times[1] == 1 + 2 + 4 + 8 + 16

    on_virtual_clock(main())


@pytest.mark.parametrize("fault", [RuntimeError("bug"), ValueError()])
def test_a_fault_of_ours_is_a_failure_like_others(
    fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """It is in the log, and stops nothing."""
    caplog.set_level(logging.CRITICAL, "fetcher")

    async def main() -> None:
        pipe = Pipe(answers=[fault, None])
        async with delivering(pipe) as it:
            it.deliverer.add([DOWN])
            await asyncio.sleep(1)
            assert it.deliverer.failing["ops"].startswith("internal error: ")
            await asyncio.sleep(100)
        assert it.status(DOWN) is DeliveryStatus.SENT

    on_virtual_clock(main())


def test_a_notice_has_the_id_of_its_delivery_in_its_data_too() -> None:
    """A digest of which only a part is left keeps its id, and programs read it there."""

    async def main() -> None:
        pipe = Pipe()
        async with delivering(pipe) as it:
            it.deliverer.add([replace(DOWN, attempts=1, digest="digest-7")])
            await asyncio.sleep(1)
        assert pipe.given[0].id == pipe.given[0].data["id"] == "digest-7"

    on_virtual_clock(main())


def test_channels_can_be_replaced_while_it_runs() -> None:
    """What is in progress is finished by the old one; one that had failed is tried at once."""

    async def main() -> None:
        old, new = Pipe(takes=10), Pipe()
        failing, mended = Pipe("chat", answers=[Refused("no", 3600.0)]), Pipe("chat")
        async with delivering(old, failing) as it:
            it.deliverer.add([DOWN, message(channel="chat"), message("i2", at=1)])
            await asyncio.sleep(5)
            it.deliverer.replace_channels({"ops": new, "chat": mended})
            await asyncio.sleep(1)
            assert mended.times == [5]
            assert failing.closed
            assert not old.closed
            await asyncio.sleep(100)
            assert old.closed
            assert not new.closed
        assert old.got == [[DOWN.id]]
        assert new.got == [["i2-down-ops"]]
        assert new.times == [10]

    on_virtual_clock(main())


def test_what_waits_for_a_channel_that_is_gone_is_given_up() -> None:
    """Also what comes later; and if it was reported as failing, it is reported as recovered."""

    async def main() -> None:
        pipe, late = Pipe(answers=[NO]), message("i2", at=50)
        async with delivering(pipe) as it:
            it.deliverer.add([DOWN])
            await asyncio.sleep(50)
            it.deliverer.replace_channels({})
            it.deliverer.add([late])
            await asyncio.sleep(1)
            assert it.deliverer.waiting == 0
            assert it.deliverer.failing == {}
        assert it.written[DOWN.id].error == "the channel 'ops' no longer exists"
        assert it.status(DOWN) is it.status(late) is DeliveryStatus.GIVEN_UP
        assert it.reported == ["ops no 0", "ops recovered"]

    on_virtual_clock(main())


def test_settings_can_be_replaced_too() -> None:
    """They hold from the next delivery on."""

    async def main() -> None:
        pipe = Pipe()
        three = [message(f"i{n}") for n in range(3)]
        async with delivering(pipe) as it:
            it.deliverer.replace_channels({"ops": pipe}, replace(SETTINGS, digest_above=3))
            it.deliverer.add(three)
            await asyncio.sleep(1)
        assert pipe.got == [[m.id] for m in three]

    on_virtual_clock(main())


def test_a_channel_that_was_failing_before_the_start_is_not_told_of_again() -> None:
    """But when it works, that is."""

    async def main() -> None:
        pipe = Pipe(answers=[*[NO] * 5, None])
        async with delivering(pipe, failing_since={"ops": EPOCH - 500}) as it:
            it.deliverer.add([DOWN])
            await asyncio.sleep(1)
            assert it.deliverer.failing_since == {"ops": EPOCH - 500}
            await asyncio.sleep(900)
        assert it.reported == ["ops recovered"]

    on_virtual_clock(main())


def test_closing_waits_for_what_is_under_way() -> None:
    """And writes it down; nothing new is begun."""

    async def main() -> None:
        pipe, later = Pipe(takes=10), message("i2", at=1)
        async with delivering(pipe) as it:
            it.deliverer.add([DOWN, later])
            await asyncio.sleep(1)
            await it.deliverer.aclose(60.0)
            assert asyncio.get_running_loop().time() == 10
            assert it.status(DOWN) is DeliveryStatus.SENT
            assert pipe.got == [[DOWN.id]]
            assert pipe.closed

    on_virtual_clock(main())


def test_closing_does_not_wait_for_ever() -> None:
    """What is not finished waits for the next start."""

    async def main() -> None:
        pipe = Pipe(takes=1000)
        async with delivering(pipe) as it:
            it.deliverer.add([DOWN])
            await asyncio.sleep(1)
            await it.deliverer.aclose(5.0)
            assert asyncio.get_running_loop().time() == 6
            assert not it.written

    on_virtual_clock(main())


def test_closing_writes_down_what_could_not_be_before(caplog: pytest.LogCaptureFixture) -> None:
    """It tries that once more."""
    caplog.set_level(logging.CRITICAL, "fetcher")

    async def main() -> None:
        async with delivering(Pipe()) as it:
            it.commits_fail = 8
            it.deliverer.add([DOWN])
            await asyncio.sleep(100)
            assert it.commits_fail == 1
            it.commits_fail = 0
            await it.deliverer.aclose(5.0)
            assert asyncio.get_running_loop().time() == 100
            assert it.status(DOWN) is DeliveryStatus.SENT

    on_virtual_clock(main())
