"""The clients that `check_peers.py` compares: how each is called, and how its output is read.

Each has the same number of requests at once and the same time limit, and tries nothing again (but
for what a client's own function says). Host names are made up, so each is told their address in the
way it can be told.
"""

import csv
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import harness
from check_naming import CURL, FETCHER, LINKINATOR, MINET, Naming, Row
from check_site import Site
from harness import HERE, Usage

# Standard output goes into a file. Most clients say by their exit code that a URL is not well, so a
# code up to the worst that is usual is no failure, if there are results.
KEEP = """printed=$1 results=$2 worst=$3
shift 3
"$@" >"$printed"
[ $? -le "$worst" ] && [ -s "$results" ]"""

PRINTED, WRITTEN = "printed", "written.jsonl"

MAX_REDIRECTS = "10"


@dataclass(frozen=True, slots=True)
class Job:
    """One run over the list.

    folder: for the list in the form that the client wants, and for what it writes. timeout: seconds
    for one request.
    """

    site: Site
    folder: Path
    concurrency: int
    timeout: int

    @property
    def urls(self) -> list[str]:
        """Return the list."""
        return [self.site.url(host) for host in self.site.hosts]

    @property
    def written(self) -> str:
        """The file that a client writes where it is told to."""
        return str(self.folder / WRITTEN)

    def write_list(self, name: str, each: str, before: str = "") -> str:
        """Write the list to a file, `each` with a URL for `{}`, and return its path."""
        path = self.folder / name
        path.write_text(before + "".join(each.replace("{}", url) for url in self.urls))
        return str(path)


@dataclass(frozen=True, slots=True)
class CheckClient:
    """A client under measurement.

    command: writes the list as the client wants it and returns its command line. results: the file
    that has them, PRINTED or WRITTEN. rows: reads that. worst_exit: the highest code of a run that
    is complete. missing: why it cannot run here, "" when it can.
    """

    name: str
    naming: Naming
    command: Callable[[Job], list[str]]
    results: str
    rows: Callable[[Path], Iterator[Row]]
    worst_exit: int
    missing: str = ""

    def run(self, job: Job) -> tuple[Usage, list[Row]]:
        """Measure it on the list, and return what it found too."""
        results = job.folder / self.results
        keep = ["sh", "-c", KEEP, "sh", str(job.folder / PRINTED), str(results)]
        usage = harness.run([*keep, str(self.worst_exit), *self.command(job)])
        return usage, list(self.rows(results))


def fetcher(name: str, *extra: str) -> CheckClient:
    """Return this project's command line, with as many requests to a host as in all."""
    program = [sys.executable, "-m", "fetcher", "check"]

    def command(job: Job) -> list[str]:
        number, limit = str(job.concurrency), f"{job.timeout}s"
        pace = ["-q", "--retries", "0", "-c", number, "--host-concurrency", number]
        limits = ["--timeout", limit, "--connect-timeout", limit, "--max-redirects", MAX_REDIRECTS]
        names = [*job.site.resolve, "--dns-server", job.site.name_server]
        trust = ["--cacert", str(job.site.ca_file)]
        where = ["-l", job.write_list("urls.txt", "{}\n"), "-o", job.written]
        return [*program, *pace, *limits, *names, *trust, *extra, *where]

    def rows(path: Path) -> Iterator[Row]:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                values = json.loads(line).items()
                yield {key: "" if value is None else str(value) for key, value in values}

    return CheckClient(name, FETCHER, command, WRITTEN, rows, worst_exit=1)


def curl() -> CheckClient:
    """Return `curl --parallel`, which follows redirects and writes a line for each transfer."""
    columns = ("url", "exitcode", "http_code", "errormsg")

    def command(job: Job) -> list[str]:
        each = 'url = "{}"\noutput = "/dev/null"\n'
        number = str(min(job.concurrency, 300))
        pace = ["--silent", "--parallel", "--parallel-immediate", "--parallel-max", number]
        limits = ["--max-time", str(job.timeout), "--location", "--max-redirs", MAX_REDIRECTS]
        # The names that have no address are asked for over HTTPS: few builds of curl take
        # `--dns-servers`, and what the system's would say cannot be known.
        ask = f"https://127.0.0.1:{job.site.doh_port}/dns-query"
        names = [*job.site.resolve, "--doh-url", ask, "--doh-insecure"]
        trust = ["--cacert", str(job.site.ca_file)]
        line = "\\t".join(f"%{{{column}}}" for column in columns) + "\\n"
        what = ["--write-out", line, "--config", job.write_list("urls.curl", each)]
        return ["curl", *pace, *limits, *names, *trust, *what]

    def rows(path: Path) -> Iterator[Row]:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                yield dict(zip(columns, line.rstrip("\n").split("\t"), strict=True))

    # The codes of single transfers end below 100; 126 and more are the shell's.
    missing = "" if shutil.which("curl") else "not installed"
    return CheckClient("curl --parallel", CURL, command, PRINTED, rows, 125, missing)


def linkinator(peers: Path) -> CheckClient:
    """Return linkinator, on a page with a link to each URL.

    That is how it takes many without reading on in them: HEAD for each, and GET where that brings
    no success. URLs as arguments are each read as pages, and with 8.1.0 the first body that is cut
    then ends the whole run by an unhandled error.
    """
    script = peers / "node_modules" / "linkinator" / "build" / "src" / "cli.js"
    node = shutil.which("node", path=peers / "node_modules" / ".bin") or shutil.which("node")

    def command(job: Job) -> list[str]:
        page = job.write_list("urls.html", '<a href="{}">x</a>\n', "<!doctype html>\n")
        trust = ["env", f"NODE_EXTRA_CA_CERTS={job.site.ca_file}"]
        names = ["--require", str(HERE / "peers" / "no_resolver.cjs")]
        limits = ["--concurrency", str(job.concurrency), "--timeout", str(job.timeout * 1000)]
        what = ["--format", "csv", "--verbosity", "info", page]
        return [*trust, str(node), *names, str(script), *limits, *what]

    missing = "" if node and script.exists() else "not in the folder of --peers"
    return CheckClient("linkinator", LINKINATOR, command, PRINTED, _csv, 1, missing)


def minet(peers: Path) -> CheckClient:
    """Return `minet fetch`, which keeps no pages here, and is given all hosts of a domain at once.

    By itself it makes one request at a time to a domain, and waits between two.
    """
    python = peers / "minet" / "bin" / "python"

    def command(job: Job) -> list[str]:
        trust = ["env", f"SSL_CERT_FILE={job.site.ca_file}"]
        program = [str(python), str(HERE / "peers" / "minet_main.py"), "fetch", "url"]
        number = str(job.concurrency)
        pace = ["-t", number, "--domain-parallelism", number, "--throttle", "0"]
        limits = ["--timeout", str(job.timeout), "--max-redirects", MAX_REDIRECTS]
        where = ["-i", job.write_list("urls.csv", "{}\n", "url\n"), "-o", job.written]
        return [*trust, *program, *pace, *limits, "--dont-save", "--silent", *where]

    missing = "" if python.exists() else "not in the folder of --peers"
    return CheckClient("minet fetch", MINET, command, WRITTEN, _csv, 0, missing)


def _csv(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {key: value or "" for key, value in row.items() if key}
