"""Broken replies, judged by what curl, requests and httpx agree on."""

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from fetcher.engine.run import Run
from fetcher.jobs.titles import open_title_reader
from fetcher.model import BodyReader, Outcome, Page, Target
from fetcher.transport.base import Inquiry
from tests.support.raw import reset
from tests.transport.asking import assert_plain, settings

CASES = Path(__file__).parents[3] / "shared" / "cases" / "broken_http.jsonl"
Row = dict[str, Any]

# The clients were told to follow and to allow no redirect, which is an error to them; here
# `max_redirects=0` follows none and reports the redirect as the answer.
REPORTED = {"curl-1261": 301}


def rows() -> list[Any]:
    """The cases, or one that is skipped."""
    if not CASES.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason="no shared cases here"))]
    with CASES.open(encoding="utf-8") as file:
        return [pytest.param(row, id=row["id"]) for row in map(json.loads, file)]


class Digest:
    """A reader that takes everything and keeps its length and hash."""

    def __init__(self) -> None:
        self.length = 0
        self.sha1 = hashlib.sha1(usedforsecurity=False)

    def feed(self, data: bytes) -> bool:
        """Take the next bytes."""
        self.length += len(data)
        self.sha1.update(data)
        return False

    def finish(self) -> Page:
        """Give both."""
        return Page(fields={"length": self.length, "sha1_10": self.sha1.hexdigest()[:10]})


@asynccontextmanager
async def serving(row: Row) -> AsyncIterator[int]:
    """A server that sends a row's parts in turn, the last one for ever; yields its port."""
    parts = sorted(row["parts"], key=int)
    asked = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                key = parts[min(asked, len(parts) - 1)]
                asked += 1
                writer.write(base64.b64decode(row["parts"][key]))
                await writer.drain()
                if row["close_after"][key]:
                    break
            writer.close()
        except (asyncio.IncompleteReadError, OSError):
            reset(writer)

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


def redirects(row: Row) -> int:
    """How many redirects the clients were told to follow."""
    arguments = row["curl_args"]
    if not {"-L", "--location"} & set(arguments):
        return 0
    if "--max-redirs" in arguments:
        return int(arguments[arguments.index("--max-redirs") + 1])
    return 10


async def fetch(row: Row, open_reader: Callable[[int, str], BodyReader | None]) -> Outcome:
    """Fetch a row's URL with the engine; checks that there is one result and no defect."""
    async with serving(row) as port:
        url = f"http://127.0.0.1:{port}{row['path']}"
        options = settings(timeout=5.0, max_redirects=redirects(row))
        run = Run([Target(0, url)], lambda target: Inquiry(open_reader), options)
        (result,) = [result async for result in run]
    assert not run.defects
    row["page"] = dict(result.page.fields)
    if result.outcome.failure is not None:
        assert_plain(result.outcome.failure)
    return result.outcome


@pytest.mark.parametrize("row", rows())
async def test_the_whole_body_is_what_the_clients_agree_on(row: Row) -> None:
    """An error is a failure, ok is their status and body; contested: no hang and no defect."""
    outcome = await fetch(row, lambda status, kind: Digest())
    if row["id"] in REPORTED:
        assert outcome.response is not None
        assert (outcome.failure, outcome.response.status) == (None, REPORTED[row["id"]])
    elif row["consensus"] == "error":
        assert outcome.failure is not None
    elif row["consensus"] == "ok":
        assert outcome.failure is None
        assert outcome.response is not None
        assert outcome.response.status == row["consensus_status"]
        assert row["page"] == row["consensus_body"]


@pytest.mark.parametrize("row", rows())
async def test_the_titles_job_never_takes_a_cut_body_for_a_page(row: Row) -> None:
    """Also where the content type says that there is no title to be read for."""
    outcome = await fetch(row, open_title_reader)
    if row["consensus"] == "error" and row["id"] not in REPORTED:
        assert outcome.failure is not None
    elif row["consensus"] == "ok":
        assert outcome.failure is None
        assert outcome.response is not None
        assert outcome.response.status == row["consensus_status"]
