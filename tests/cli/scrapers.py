"""Functions that users might give to `--extract`; the tests copy this file next to their lists."""

import asyncio
import os
import time
from collections.abc import Iterator
from datetime import date
from typing import Any, NoReturn
from urllib.parse import urlsplit

from fetcher.extraction.fields import PageView

MEGABYTES = 1500
"""More than the tests allow, and less than would harm the machine if nobody stopped it."""


def product(page: PageView) -> dict[str, Any]:
    """Give one row, with more than its columns."""
    price = page.select(".price::text")
    return {"name": page.title, "price": float(price) if price else None, "seen": date(2026, 1, 2)}


async def later(page: PageView) -> dict[str, Any]:
    """Give one row, after a while."""
    await asyncio.sleep(0.01)
    return {"name": page.title, "status": page.status}


def tags(page: PageView) -> Iterator[dict[str, Any]]:
    """Give a row for each tag."""
    for number, text in enumerate(page.select_all(".tag")):
        yield {"tag": text, "number": number}


def odd(page: PageView) -> dict[str, Any] | None:
    """Give no row for an even item."""
    number = int(urlsplit(page.url).path.rpartition("/")[2])
    return {"number": number} if number % 2 else None


def failing(page: PageView) -> NoReturn:
    """Fail, in words that a terminal would obey."""
    raise ValueError(f"no price in \x1b[2J {page.title}")


def as_asked(page: PageView) -> dict[str, Any]:
    """Do what stands in the query, `/item/7?loop`."""
    what = urlsplit(page.url).query
    if what == "loop":
        while True:
            time.sleep(0.01)
    if what == "exit":
        os._exit(3)
    if what == "eat":
        return {"number": len([bytearray(1_000_000) for _ in range(MEGABYTES)])}
    if what == "function":
        return {"number": lambda: what}
    return {"number": int(page.select(".stock::text") or "")}
