"""The test servers in a process of their own, so that they take no time from what is tested."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.raw import End, RawServer, Script, response
from tests.support.site import Site

ROOT = Path(__file__).parent.parent

RAW = {
    "silent": Script(end=End.SILENT),
    "reset": Script(end=End.RESET),
    "closed": Script(end=End.CLOSE),
    "cut": Script((response(b"<p>This page ends in the mid", content_length=10_000),)),
}
"""What the raw server does at /silent/7, /reset/7 and so on."""

NUMBERED = 1_000
"""So many different URLs there are of each."""

NOT_HTTP = Script((b"SSH-2.0-OpenSSH_9.0\r\n",), read_request=False)


@dataclass(slots=True)
class Outside:
    """The ports of the servers; after they were stopped, the site's requests by path.

    site: `tests.support.site`. raw: what `RAW` says. babble: a server that does not speak HTTP.
    """

    site: int
    raw: int
    babble: int
    hits: dict[str, int] = field(default_factory=dict)


@contextmanager
def outside() -> Iterator[Outside]:
    """Start the servers, and stop them in the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.outside"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        servers = Outside(**json.loads(process.stdout.readline()))
        yield servers
        hits, _ = process.communicate("stop\n", timeout=30)
        servers.hits = json.loads(hits)
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


async def serve() -> None:
    """Serve until a line comes in on standard input."""
    scripts = {f"/{name}/{n}": script for name, script in RAW.items() for n in range(NUMBERED)}
    async with Site() as site, RawServer(scripts) as raw, RawServer(default=NOT_HTTP) as babble:
        print(json.dumps({"site": site.port, "raw": raw.port, "babble": babble.port}), flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        print(json.dumps(site.hits), flush=True)


if __name__ == "__main__":
    asyncio.run(serve())
