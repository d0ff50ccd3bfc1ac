"""Parse pages of one size in one way, and print the figures as a line of JSON.

    python benchmarks/parse_run.py WAY SIZE PAGES

WAY: inline, auto, or a number of worker processes. What the event loop has to do is to hand pages
over and to take their rows; the figures are what a run gets where the parse dominates. pages: a
second, from the first page on, so the start of the workers counts. cpu, loop: of all processes, and
of the one with the event loop, in milliseconds a page. lag: of the event loop, in milliseconds, at
the 99th percentile.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

from harness import ROOT
from measure import descendants
from pages import page

sys.path.insert(0, str(ROOT))

from fetcher.extraction.fields import FieldSet, parse_select
from fetcher.model import RawPage
from fetcher.parse_stage import AutoStage, InlineStage, LoopLag, PageParser, ProcessStage, Stage
from fetcher.pool import amap

AT_ONCE = 50
_SELECT = (
    "title",
    "description",
    "lang",
    "h1",
    "links",
    "text",
    "word_count",
    "hash",
    "heads=h2 a::text*",
    "images=img@src*",
    "tags=ul.tags li::text*",
)
_TICK = os.sysconf("SC_CLK_TCK")


def stage(way: str) -> Stage:
    """Return the stage of a way's name, with the limits that a run would have."""
    parser = PageParser(FieldSet(tuple(parse_select(text) for text in _SELECT)))
    if way == "inline":
        return InlineStage(parser)
    if way == "auto":
        return AutoStage(parser, time_limit=30.0, memory_limit=2_000_000_000)
    return ProcessStage(parser, int(way), time_limit=30.0, memory_limit=2_000_000_000)


def cpu_seconds(pid: int) -> float:
    """Return what a process that runs has used, to a hundredth of a second."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / _TICK  # proc(5): utime and stime


async def parse_all(way: str, size: int, count: int) -> dict[str, float]:
    """Parse so many pages and return the figures."""
    raw = RawPage("http://gazette.example/", 200, "text/html; charset=utf-8", page(size))
    with LoopLag() as lag:
        before, began = time.process_time(), time.perf_counter()
        async with stage(way) as parsing:
            async for parsed in amap(parsing.parse, [raw] * count, max_at_once=AT_ONCE):
                if parsed.failure is not None:
                    raise SystemExit(str(parsed.failure))
            seconds = time.perf_counter() - began
            loop = time.process_time() - before
            others = sum(map(cpu_seconds, descendants(os.getpid())[1:]))
    return {
        "pages": count / seconds,
        "cpu": (loop + others) / count * 1e3,
        "loop": loop / count * 1e3,
        "lag": lag.percentile(99) * 1e3,
    }


if __name__ == "__main__":
    which, bytes_, pages = sys.argv[1:]
    print(json.dumps(asyncio.run(parse_all(which, int(bytes_), int(pages)))))
