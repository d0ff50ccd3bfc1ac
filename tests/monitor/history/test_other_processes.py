"""A monitor writes and reads in one process, while others come and go."""

import asyncio
import sys
from pathlib import Path

from fetcher.monitor.commit import Commit
from fetcher.monitor.history import HistoryReader
from tests.monitor.history.making import NAME, NOON, opened, record

ORDER = """
import sys
from fetcher.monitor.commit import OrderKind
from fetcher.monitor.history import HistoryReader, give_order
give_order(sys.argv[1], OrderKind.SILENCE, "*", "ann", "", 2e9, 1e9)
reader = HistoryReader(sys.argv[1])
print(len(reader.targets()))
reader.close()
"""


async def in_another_process(program: str, path: Path) -> str:
    """Run a program that is done with the database when it ends; give what it says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, str(path)), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode().strip()


async def test_the_log_stays_while_the_monitor_uses_it(tmp_path: Path) -> None:
    """Whatever this process has opened and closed meanwhile, others see each commit to the end."""
    path = tmp_path / NAME
    async with opened(tmp_path) as store:
        reader = HistoryReader(str(path))
        for count in range(1, 4):
            await store.write(Commit(records=(record(f"page-{count}", NOON + count),)))
            assert len(reader.targets()) == count
            reader.close()
            assert await in_another_process(ORDER, path) == str(count)
            assert len(await store.take_orders()) == count
            await store.backup(str(tmp_path / f"copy-{count}.db"))
