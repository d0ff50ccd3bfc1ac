"""What a person sees: the progress bar and the table on a real (pseudo) terminal."""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

from tests.cli.program import environment
from tests.support.site import Site

pty = pytest.importorskip("pty", reason="pseudo terminals are not there on Windows")
fcntl = pytest.importorskip("fcntl")


async def on_a_terminal(*arguments: str, cwd: Path, keep_stdout: bool = True) -> str:
    """Run the program on a terminal 100 cells wide; return all that was drawn."""
    import struct
    import termios

    main, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    env = environment(TERM="xterm-256color")
    env.pop("COLUMNS", None)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "fetcher", *arguments),
        cwd=cwd,
        env=env,
        stdin=end,
        stdout=end if keep_stdout else asyncio.subprocess.DEVNULL,
        stderr=end,
    )
    os.close(end)
    drawn = bytearray()

    def drain() -> None:
        while True:
            try:
                data = os.read(main, 65536)
            except OSError:  # Linux: the other side has closed
                return
            if not data:
                return
            drawn.extend(data)

    await asyncio.to_thread(drain)
    assert await asyncio.wait_for(process.wait(), 30) == 0
    os.close(main)
    return drawn.decode()


def without_colour(text: str) -> str:
    """Take the escape sequences away."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


async def test_a_table_is_drawn_on_a_terminal(tmp_path: Path) -> None:
    """Aligned rows with a coloured status; a failure says its kind where the title would be."""
    async with Site() as site:
        urls = [site.url("/ok/1"), site.url("/status/404"), "http://127.0.0.1:1/"]
        drawn = await on_a_terminal("titles", *urls, "--retries", "0", cwd=tmp_path)
    plain = without_colour(drawn)
    assert re.search(r"/ok/1 +200 +Page 1", plain)
    assert "\x1b[32m" in drawn
    assert re.search(r"fail +connect_refused: Nothing", plain)
    assert "3 URLs in" in plain


async def test_a_bar_shows_the_progress(tmp_path: Path) -> None:
    """Done and total, the rate, what is in flight, and failures by kind."""
    async with Site() as site:
        lines = ["bad url", *(site.url(f"/slow/0.3?{n}") for n in range(12))]
        (tmp_path / "urls.txt").write_text("\n".join(lines))
        drawn = await on_a_terminal("titles", "-l", "urls.txt", "-o", "o.csv", cwd=tmp_path)
    plain = without_colour(drawn)
    assert re.search(r"\d+/13 ", plain)
    assert re.search(r"\d+/s", plain)
    assert "4 in flight" in plain
    assert "invalid_url 1" in plain


async def test_quiet_draws_nothing(tmp_path: Path) -> None:
    """With -q nothing is written to the terminal but the rows that were asked for."""
    async with Site() as site:
        arguments = ("titles", site.url("/ok/1"), "-q", "-o", "o.csv")
        assert await on_a_terminal(*arguments, cwd=tmp_path) == ""
