"""The nginx that serves the pages of `scrape_pages.py`, and what is true of each."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness import ROOT
from measure import descendants
from scrape_pages import VARIANTS, page
from scrape_truth import digest, truth

# A benchmark runs as a script, so the project's own folder is not on the path.
sys.path.insert(0, str(ROOT))

from tests.support.nginx import Nginx

_TICK = os.sysconf("SC_CLK_TCK")

# A URL ends with two digits, which say what variant it is.
_CONFIG = r"""server {
listen 127.0.0.1:{port} backlog=4096; root {root};
sendfile on; tcp_nopush on; open_file_cache max=1000 inactive=1h;
location ~ ^/\d*(\d\d)$ { try_files /$1.html =404; }
}"""


@dataclass(frozen=True, slots=True)
class ScrapeSite:
    """A site of pages of one size.

    expected: the digests of each variant's fields. pid: the server's.
    """

    origin: str
    expected: list[dict[str, str]]
    pid: int

    def urls(self, count: int) -> Iterator[str]:
        """Make so many different URLs."""
        return (f"{self.origin}/{number}" for number in range(100, 100 + count))

    def cpu_seconds(self) -> float:
        """Return what the server has used so far, to a hundredth of a second."""
        # proc(5): utime and stime.
        stats = [Path(f"/proc/{pid}/stat").read_text() for pid in descendants(self.pid)]
        fields = [stat.rpartition(")")[2].split()[11:13] for stat in stats]
        return sum(int(ticks) for each in fields for ticks in each) / _TICK


@contextmanager
def scrape_site(size: int) -> Iterator[ScrapeSite]:
    """Serve pages of a size, in bytes, from any processor core that is free."""
    server = Nginx(_CONFIG)
    origin = f"http://127.0.0.1:{server.port}"
    expected = []
    for variant in range(VARIANTS):
        body = page(variant, size)
        (server.root / f"{variant:02}.html").write_bytes(body)
        fields = truth(body, f"{origin}/1{variant:02}").items()
        expected.append({name: digest(name, value) for name, value in fields})
    with server:
        yield ScrapeSite(origin, expected, int((server.root / "nginx.pid").read_text()))
