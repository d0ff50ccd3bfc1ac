"""Pages are put together: by bytes, not for long, and when the workers need them."""

import asyncio

import pytest

from fetcher.parse_stage.batched_stage import (
    BATCH_BYTES,
    BATCHES_PER_WORKER,
    LINGER,
    Collector,
    PageJob,
)
from tests.parse_stage.parsers import page
from tests.pool.virtual_clock import run


def job(size: int) -> PageJob:
    """Return a page that counts as so many bytes."""
    empty = PageJob(page(body=b""), asyncio.get_running_loop().create_future())
    return PageJob(page(body=bytes(size - empty.size)), empty.answer)


def sizes(batches: list[list[PageJob]]) -> list[list[int]]:
    """Return the bytes of each page."""
    return [[each.size for each in batch] for batch in batches]


@pytest.mark.parametrize(
    ("added", "sent"),
    [
        ([BATCH_BYTES // 4] * 8, [[BATCH_BYTES // 4] * 4] * 2),
        ([BATCH_BYTES, 1000, BATCH_BYTES], [[BATCH_BYTES], [1000], [BATCH_BYTES]]),
        ([1000, 10 * BATCH_BYTES], [[1000], [10 * BATCH_BYTES]]),
        ([BATCH_BYTES - 1000, 1001, 1000], [[BATCH_BYTES - 1000]]),
    ],
)
def test_a_batch_leaves_when_it_is_full(added: list[int], sent: list[list[int]]) -> None:
    """Small pages travel together, and a big one alone; nobody overtakes."""

    async def main() -> None:
        batches: list[list[PageJob]] = []
        collector = Collector(batches.append, workers=2)
        for size in added:
            collector.add(job(size))
        assert sizes(batches) == sent

    run(main())


def test_a_page_does_not_wait_long_for_others() -> None:
    """What is there leaves when the first of them has waited; the next wait begins anew."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        left: list[tuple[float, int]] = []
        collector = Collector(lambda batch: left.append((loop.time(), len(batch))), workers=2)
        collector.add(job(1000))
        await asyncio.sleep(LINGER / 2)
        collector.add(job(1000))
        await asyncio.sleep(1 - LINGER / 2)
        collector.add(job(1000))
        await asyncio.sleep(1)
        assert left == [(pytest.approx(LINGER), 2), (pytest.approx(1 + LINGER), 1)]

    run(main())


def test_pages_gather_while_the_workers_have_enough() -> None:
    """Batches become large when many pages come, and leave as soon as one is done."""

    async def main() -> None:
        batches: list[list[PageJob]] = []
        collector = Collector(batches.append, workers=1)
        for number in range(BATCHES_PER_WORKER):
            collector.add(job(1000))
            await asyncio.sleep(1)
            assert len(batches) == number + 1
        for _ in range(5):
            collector.add(job(1000))
            await asyncio.sleep(1)
        assert len(batches) == BATCHES_PER_WORKER
        collector.batch_done()
        assert [len(batch) for batch in batches] == [1] * BATCHES_PER_WORKER + [5]

    run(main())


def test_a_page_that_is_sent_again_travels_alone() -> None:
    """Others that gather are not touched by it."""

    async def main() -> None:
        batches: list[list[PageJob]] = []
        collector = Collector(batches.append, workers=1)
        collector.add(job(1000))
        collector.send_alone(job(2000))
        assert sizes(batches) == [[2000]]
        await asyncio.sleep(1)
        assert sizes(batches) == [[2000], [1000]]

    run(main())
