"""What users might give to `--extract`, the good and the bad; workers import it by name."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, NoReturn

from fetcher.extraction.fields import PageView

NOT_CALLABLE = 3
MEGABYTES_TAKEN = 1500
"""More than any test allows, and less than would harm the machine if nobody stopped it."""

_hoard: list[bytearray] = []


def as_its_url_says(page: PageView) -> Any:
    """Do what stands in the path, `/what/number`; good pages give their number and title."""
    what, number = page.url.split("/")[-2:]
    return _DOES[what](page) or {"number": int(number), "title": page.title}


def one(page: PageView) -> dict[str, Any]:
    return {"url": page.url}


def several(page: PageView) -> list[dict[str, Any]]:
    return [{"letter": letter} for letter in "ab"]


def none(page: PageView) -> None:
    return None


def generated(page: PageView) -> Iterator[dict[str, Any]]:
    yield {"letter": "a"}
    yield {"letter": "b"}


async def awaited(page: PageView) -> dict[str, Any]:
    await asyncio.sleep(0)
    return {"url": page.url}


async def async_generated(page: PageView) -> AsyncIterator[dict[str, Any]]:
    for letter in "ab":
        await asyncio.sleep(0)
        yield {"letter": letter}


class Shop:
    """A function with something of its own."""

    async def __call__(self, page: PageView) -> dict[str, Any]:
        return {"url": page.url}


shop = Shop()


class Noted:
    """How often the function below was called in this process."""

    pages = 0


def note_that_it_ran(page: PageView) -> None:
    Noted.pages += 1


def chatter(page: PageView) -> dict[str, Any]:
    print("now at", page.url)
    return {"url": page.url}


class Kept:
    """Something that belongs to the loop it was made on, as a session does."""

    loop: asyncio.AbstractEventLoop | None = None


async def same_loop(page: PageView) -> dict[str, Any]:
    """Say whether this is the loop of the page before."""
    before, Kept.loop = Kept.loop, asyncio.get_running_loop()
    return {"same": before is Kept.loop}


_both = asyncio.Barrier(2)


async def meet(page: PageView) -> dict[str, Any]:
    """Wait for another page's function to come here too."""
    await _both.wait()
    return {"met": True}


async def cancel_itself(page: PageView) -> dict[str, Any]:
    raise asyncio.CancelledError


async def wait_for_ever(page: PageView) -> dict[str, Any]:
    await asyncio.Event().wait()
    return {}


def fail(page: PageView) -> NoReturn:
    prices = {"new": 3}
    raise ValueError(f"no price\nin {prices}")  # this comment shows in the traceback


async def fail_later(page: PageView) -> NoReturn:
    await asyncio.sleep(0)
    fail(page)


def fail_half_way(page: PageView) -> Iterator[dict[str, Any]]:
    yield {"letter": "a"}
    fail(page)


class SilentError(Exception):
    """Cannot say what it is."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


def fail_without_words(page: PageView) -> NoReturn:
    raise SilentError


def fail_at_length(page: PageView) -> NoReturn:
    raise ValueError("long\t" * 10_000 + "the end")


def interrupt(page: PageView) -> NoReturn:
    raise KeyboardInterrupt


def leave(page: PageView) -> NoReturn:
    sys.exit(3)


def exit_now(page: PageView) -> NoReturn:
    os._exit(7)


def kill_itself(page: PageView) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def loop_for_ever(page: PageView) -> NoReturn:
    while True:
        # It will not even hear of its own errors.
        with contextlib.suppress(Exception):
            time.sleep(0.01)


def not_a_row(page: PageView) -> Any:
    return lambda: page


def a_row_with_a_function(page: PageView) -> dict[str, Any]:
    return {"price": 3, "later": [lambda: page]}


def numbers(page: PageView) -> list[int]:
    return [1, 2]


def eat_memory(page: PageView) -> dict[str, Any]:
    eaten = [bytearray(1_000_000) for _ in range(MEGABYTES_TAKEN)]
    return {"eaten": len(eaten)}


def hoard_memory(page: PageView) -> dict[str, Any]:
    """Keep what it took even after the error."""
    for _ in range(MEGABYTES_TAKEN):
        _hoard.append(bytearray(1_000_000))
    return {"eaten": len(_hoard)}


def keep_some(page: PageView) -> dict[str, Any]:
    """Remember every page, as a cache without a bound does."""
    _hoard.append(bytearray(10_000_000))
    return {"kept": True}


def no_memory(page: PageView) -> NoReturn:
    raise MemoryError


def busy(page: PageView) -> dict[str, Any]:
    """Compute for some milliseconds; say where."""
    until = time.perf_counter() + 0.005
    while time.perf_counter() < until:
        pass
    return {"process": os.getpid()}


async def rest(page: PageView) -> dict[str, Any]:
    """Wait for some milliseconds, as for a database."""
    await asyncio.sleep(0.005)
    return {"process": os.getpid()}


def where(page: PageView) -> dict[str, Any]:
    return {"process": os.getpid()}


_DOES = {
    "good": lambda page: None,
    "fail": fail,
    "exit": exit_now,
    "kill": kill_itself,
    "loop": loop_for_ever,
    "function": a_row_with_a_function,
    "eat": eat_memory,
    "hoard": hoard_memory,
    "where": where,
}
