"""`fetcher demo`: the first thing a newcomer runs."""

import asyncio
import signal
from pathlib import Path

from fetcher.demo.site import table
from tests.cli.program import ended, fetcher, read, started


async def test_the_demo_ends_with_a_table_and_a_file(tmp_path: Path) -> None:
    """It shows the table, says where the CSV is, and names the command to try next."""
    done = await fetcher("demo", cwd=tmp_path)
    assert done.code == 0
    assert "Port Merle" in done.out
    assert str(tmp_path / "fetcher-demo.csv") in done.err
    assert "fetcher titles -l urls.txt -o titles.csv" in done.err


async def test_every_demo_page_comes_out_as_declared(tmp_path: Path) -> None:
    """Title, status and failure of each page are those that its specification expects."""
    await fetcher("demo", cwd=tmp_path)
    pages = table()
    rows = read(tmp_path / "fetcher-demo.csv")
    base = rows[0]["url"].rstrip("/")
    checked = 0
    for row in rows:
        page = pages.get(row["url"].removeprefix(base))
        if page is None:
            continue
        page = pages.get(page.leads_to, page)
        checked += 1
        if page.failure:
            assert row["error"].startswith(f"{page.failure}: "), row
        else:
            assert row["status"] == str(page.status), row
    assert checked > 30


async def test_serving_only(tmp_path: Path) -> None:
    """`--serve` says its address and serves until Ctrl-C; a port that is taken is exit 3."""
    process = await started("demo", "--serve", "--port", "0", cwd=tmp_path)
    assert process.stderr is not None
    line = (await asyncio.wait_for(process.stderr.readline(), 30)).decode()
    base = next(word for word in line.split() if word.startswith("http"))
    rows = (await fetcher("titles", base, cwd=tmp_path)).rows
    assert rows[0]["status"] == "200"
    port = base.rstrip("/").rpartition(":")[2]
    taken = await fetcher("demo", "--serve", "--port", port, cwd=tmp_path)
    assert taken.code == 3
    assert f"port {port}" in taken.err
    process.send_signal(signal.SIGINT)
    assert (await ended(process)).code == 130
