"""Orders: what people ask from another process is carried out once."""

from pathlib import Path

import pytest

from fetcher.monitor.commit import Commit, OperatorCommand, OrderKind
from fetcher.monitor.history import StoreError, give_order
from fetcher.monitor.incident import Silence
from tests.monitor.history.making import DAY, NAME, NOON, files, opened

UNTIL = NOON + DAY


async def test_orders_wait_until_they_are_done(tmp_path: Path) -> None:
    """Given while a monitor runs or while none does; done with the commit that says so."""
    path = str(tmp_path / NAME)
    async with opened(tmp_path) as store:
        assert await store.take_orders() == []
        first = give_order(path, OrderKind.ACKNOWLEDGE, "0001", "ann", "", 0.0, NOON)
        assert await store.take_orders() == [
            OperatorCommand(first, OrderKind.ACKNOWLEDGE, "0001", "ann")
        ]
    second = give_order(path, OrderKind.SILENCE, "*.org", "bob", "moving", UNTIL, NOON)
    assert second > first
    async with opened(tmp_path) as store:
        orders = await store.take_orders()
        assert [order.number for order in orders] == [first, second]
        assert orders[1] == OperatorCommand(
            second, OrderKind.SILENCE, "*.org", "bob", "moving", UNTIL
        )
        await store.write(Commit(done=(first,)))
        assert await store.take_orders() == orders[1:]
        await store.write(Commit(done=(second,)))
        await store.maintain(NOON + 30 * DAY)
        assert await store.take_orders() == []
    third = give_order(path, OrderKind.UNSILENCE, "s1", "bob", "", 0.0, NOON)
    assert third > second


async def test_what_is_no_text(tmp_path: Path) -> None:
    """Bytes of a command line that are not UTF-8, and lone surrogates, are escaped."""
    path = str(tmp_path / NAME)
    async with opened(tmp_path) as store:
        give_order(path, OrderKind.SILENCE, "a\udcff*", "ann\udcfe", "\ud800", UNTIL, NOON)
        [order] = await store.take_orders()
        assert (order.subject, order.by, order.why) == ("a\\xff*", "ann\\xfe", "\\ud800")
        made = Silence("s1", "a\ud800*", UNTIL, "ann\ud800", "\ud800", NOON)
        await store.write(Commit(silences=(made,)))
    async with opened(tmp_path) as store:
        [kept] = store.load().silences
        assert kept == Silence("s1", "a\\ud800*", UNTIL, "ann\\ud800", "\\ud800", NOON)


def test_an_order_without_a_database(tmp_path: Path) -> None:
    """Nobody would ever carry it out."""
    with pytest.raises(StoreError, match="no database at"):
        give_order(str(tmp_path / NAME), OrderKind.SILENCE, "*", "ann", "", UNTIL, NOON)
    assert files(tmp_path) == []
