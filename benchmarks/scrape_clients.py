"""The clients that `scrape_peers.py` compares: how each is called, and which fields it can take.

Each takes the fields of `scrape_truth.py` from every page and writes JSON lines. Each has the same
number of requests at once, to the one host there is, and tries nothing again.
"""

import importlib.util
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import harness
from harness import HERE, Usage
from scrape_truth import ALL, FIELDS, SELECTED

PROCESSES = "2"
"""Of those peers that parse on processes."""

_LAG = re.compile(r"loop lag: p99 ([\d.]+) s")


class Runs(Enum):
    """How often a client is measured: one that takes minutes is told apart by one run."""

    AS_ASKED = "as asked"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class Job:
    """One run over a list of URLs. folder: for the list, and for what is written."""

    urls: list[str]
    folder: Path
    concurrency: int

    @property
    def output(self) -> Path:
        """The JSON lines that a client writes."""
        return self.folder / "out.jsonl"

    @property
    def said(self) -> Path:
        """What a client says meanwhile."""
        return self.folder / "said.txt"

    def write_list(self, name: str, header: str = "") -> str:
        """Write the list to a file and return its path."""
        path = self.folder / name
        path.write_text("".join([header, *(f"{url}\n" for url in self.urls)]))
        return str(path)


@dataclass(frozen=True, slots=True)
class ScrapeClient:
    """A client under measurement.

    command: writes the list as the client wants it and returns its command line. can: the fields
    that it can take. missing: why it cannot run here, "" when it can.
    """

    name: str
    command: Callable[[Job], list[str]]
    can: frozenset[str] = ALL
    runs: Runs = Runs.AS_ASKED
    missing: str = ""

    def run(self, job: Job) -> tuple[Usage, float | None]:
        """Measure it on a list; the lag of its event loop, if it tells, is in seconds.

        It stays on no core: one with several processes is here for all cores that there are.
        """
        whole = [sys.executable, "-S", str(HERE / "scrape_run.py"), str(job.said)]
        usage = harness.run([*whole, *self.command(job)], core=None)
        lag = _LAG.search(job.said.read_text(errors="replace"))
        return usage, float(lag[1]) if lag else None


def fetcher(workers: str, name: str) -> ScrapeClient:
    """Return this project's command line."""
    fields = [*FIELDS, *(f"{field}={select}" for field, select in SELECTED.items())]
    program = [sys.executable, "-m", "fetcher", "scrape", "-v", "--retries", "0"]
    select = [flag for field in fields for flag in ("-s", field)]

    def command(job: Job) -> list[str]:
        number = str(job.concurrency)
        pace = ["-c", number, "--host-concurrency", number, "--parse-workers", workers]
        where = ["-l", job.write_list("urls.txt"), "-o", str(job.output)]
        return [*program, *pace, *select, *where]

    return ScrapeClient(name, command)


def script(
    name: str, file: str, *extra: str, needs: str, runs: Runs = Runs.AS_ASKED
) -> ScrapeClient:
    """Return a script of peers/; needs: the package without which it is left out."""

    def command(job: Job) -> list[str]:
        program = [sys.executable, str(HERE / "peers" / file), "-c", str(job.concurrency)]
        return [*program, *extra, job.write_list("urls.txt"), str(job.output)]

    missing = "" if importlib.util.find_spec(needs) else f"{needs} is not installed"
    return ScrapeClient(name, command, runs=runs, missing=missing)


def minet(peers: Path) -> ScrapeClient:
    """Return `minet fetch`, which keeps the pages on disk, and then `minet scrape` on those.

    By itself it makes one request at a time to a domain, and waits between two. Its scrapers get
    a page as text, so there is no hash of its bytes.
    """
    python = peers / "minet" / "bin" / "python"

    def command(job: Job) -> list[str]:
        program = [str(python), "-m", "minet.cli"]
        number, pages, report = str(job.concurrency), f"{job.folder}/pages", f"{job.folder}/got.csv"
        pace = ["-t", number, "--domain-parallelism", number, "--throttle", "0", "--silent"]
        list_ = ["-i", job.write_list("urls.csv", "url\n")]
        fetch = [*program, "fetch", "url", *list_, *pace, "-O", pages, "-o", report]
        scraper = str(HERE / "peers" / "minet_fields.yml")
        what = ["-i", report, "-I", pages, "-p", PROCESSES, "-f", "jsonl", "--silent"]
        scrape = [*program, "scrape", scraper, *what, "-o", str(job.output)]
        both = 'n=$1; shift; "${@:1:n}" && "${@:n+1}"'
        return ["bash", "-c", both, "both", str(len(fetch)), *fetch, *scrape]

    missing = "" if python.exists() else "not in the folder of --peers"
    return ScrapeClient("minet fetch, scrape", command, ALL - {"hash"}, Runs.ONCE, missing)
