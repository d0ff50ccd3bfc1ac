"""What happens in a worker process of our own: its memory is limited, and running out ends it."""

import multiprocessing
import multiprocessing.connection
import os
import sys
import threading
from dataclasses import dataclass

from fetcher.model import RawPage
from fetcher.parsing.losing import OUT_OF_MEMORY, SPENT
from fetcher.parsing.memory import data_bytes, limit_data
from fetcher.parsing.parsed import Parsed
from fetcher.parsing.parser import Parser

_KEEPS = 4
"""A worker that keeps this part of its memory for itself, 1/4, has too little left for a page."""


@dataclass(slots=True)
class _Held:
    """How much memory this process may hold when it begins a page; None for any amount."""

    most: int | None = None
    pages: int = 0


_held = _Held()


def prepare(parser: Parser, memory_limit: int | None) -> None:
    """Make a new process ready for its first page, before any page's time counts."""
    _end_with_the_run()
    sys.stdout = sys.stderr  # results go there, and nothing that a user's function prints
    parser.load()
    if memory_limit is not None:
        now = data_bytes()
        limit_data(now + memory_limit)
        _held.most = now + memory_limit // _KEEPS


def parse_or_die(parser: Parser, page: RawPage) -> Parsed:
    """Parse a page; end the process when its memory is at an end.

    It could go on after a MemoryError, but if the page has put what it took where it stays, pages
    that come later would go without. Some memory is kept by many pages together, by a cache without
    bounds, say: then the next page finds the worker gone, and goes to a new one.
    """
    if _held.most is not None and _held.pages and data_bytes() > _held.most:
        os._exit(SPENT)
    _held.pages += 1
    try:
        return parser.parse(page)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _end_with_the_run() -> None:
    """Have this process end when the one that it works for does, whatever a page makes it do.

    One that is killed has no time to end its workers, and a page that never ends would go on alone.
    """
    run = multiprocessing.parent_process()
    if run is None:
        return
    sentinel = run.sentinel

    def watch() -> None:
        multiprocessing.connection.wait([sentinel])
        os._exit(0)

    threading.Thread(target=watch, name="parse worker watch", daemon=True).start()
