"""Bytes on their way are bounded, and nobody waits longer than those before him."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.parse_stage.batched_stage import ByteBudget

LIMIT = 100


class Customer:
    """Takes bytes, keeps them until told, and gives them back."""

    def __init__(self, budget: ByteBudget, count: int) -> None:
        self.count = count
        self.served = False
        self._budget = budget
        self._enough = asyncio.Event()
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        await self._budget.take(self.count)
        self.served = True
        await self._enough.wait()
        self._budget.give_back(self.count)
        self.served = False

    def end(self) -> None:
        """Have it give its bytes back."""
        self._enough.set()


async def settle() -> None:
    """Let all that can happen now happen."""
    for _ in range(50):
        await asyncio.sleep(0)


@given(
    st.lists(st.integers(1, 150), min_size=1, max_size=12),
    st.lists(st.tuples(st.booleans(), st.integers(0, 11)), max_size=20),
)
def test_never_more_than_the_limit_and_in_order(
    counts: list[int], events: list[tuple[bool, int]]
) -> None:
    """Whoever comes, leaves or is cancelled: those served came first, and the sum holds."""

    async def main() -> None:
        budget = ByteBudget(LIMIT)
        customers = [Customer(budget, count) for count in counts]
        await settle()
        for cancelled, number in events:
            customer = customers[number % len(customers)]
            if cancelled and not customer.served:
                customer.task.cancel()
            else:
                customer.end()
            await settle()
            here = [customer for customer in customers if not customer.task.done()]
            served = [customer for customer in here if customer.served]
            assert here[: len(served)] == served
            out = sum(customer.count for customer in served)
            assert out <= LIMIT or len(served) == 1
            if len(served) < len(here) and out:
                assert out + here[len(served)].count > LIMIT
        for customer in customers:
            customer.end()
        await settle()
        assert all(customer.task.done() for customer in customers)
        last = Customer(budget, LIMIT)
        await settle()
        assert last.served, "not all of it is there again"
        last.end()
        await settle()

    asyncio.run(main())


async def test_cancelled_at_the_moment_of_its_turn() -> None:
    """The bytes go to the next one, and are not lost."""
    budget = ByteBudget(LIMIT)
    await budget.take(LIMIT)
    first = Customer(budget, LIMIT)
    second = Customer(budget, LIMIT)
    await settle()
    budget.give_back(LIMIT)
    first.task.cancel()
    await settle()
    assert first.task.cancelled()
    assert second.served
    second.end()
    await second.task


async def test_what_is_more_than_all_goes_alone() -> None:
    """A page larger than the budget is not kept for ever."""
    budget = ByteBudget(LIMIT)
    await budget.take(1)
    large = Customer(budget, 3 * LIMIT)
    await settle()
    assert not large.served
    budget.give_back(1)
    await settle()
    assert large.served
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(budget.take(1), 0.001)
    large.end()
    await large.task
