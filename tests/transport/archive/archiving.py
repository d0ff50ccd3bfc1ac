"""What the tests of archives have in common: transports that record, and reading WARC files."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator

from fetcher.transport.archive import RecordingTransport, open_archive
from fetcher.transport.archive.archive import Answer
from fetcher.transport.base import Head
from fetcher.transport.client import AiohttpTransport
from tests.transport.asking import settings

NOW = 1_800_000_000.0
TODAY = "2027-01-15T08:00:00Z"


@asynccontextmanager
async def recording(path: Path, **changes: Any) -> AsyncIterator[RecordingTransport]:
    """A transport that records to an archive; changes are to the settings."""
    chosen = settings(**changes)
    writer = open_archive(path, chosen)
    async with RecordingTransport(
        AiohttpTransport(chosen), writer, chosen, lambda: NOW
    ) as transport:
        yield transport


def answer(url: str = "http://h.example/", body: bytes = b"body", **changes: Any) -> Answer:
    """An answer as it comes from a transport."""
    facts: dict[str, Any] = {
        "url": url,
        "method": "GET",
        "status": 200,
        "content_type": "text/html",
        "ip": "192.0.2.1",
        "sent": Head(b"GET / HTTP/1.1", ((b"Host", b"h.example"),)),
        "received": Head(b"HTTP/1.1 200 OK", ((b"Content-Type", b"text/html"),)),
        "pieces": (body,) if body else (),
        "asked": NOW,
    }
    return Answer(**{**facts, **changes})


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a WARC file, as its own library reads it; block is what it holds, raw."""

    kind: str
    facts: dict[str, str]
    block: bytes
    content: bytes


def records(path: Path) -> list[Record]:
    """All records of a file, each without what no test can know, its ids among them."""
    with path.open("rb") as file:
        raw = {
            record.rec_headers["WARC-Record-ID"]: record.raw_stream.read()
            for record in ArchiveIterator(file, no_record_parse=True)
        }
    found = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file):
            facts = dict(record.rec_headers.headers)
            block = raw[facts["WARC-Record-ID"]]
            found.append(Record(record.rec_type, facts, block, record.content_stream().read()))
    return found


def check(path: Path) -> None:
    """Let warcio check all digests of a file."""
    command = [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "digest pass" in done.stdout
