"""The programs that are measured: how each is called, and how its answers are counted."""

import csv
import html
import importlib.util
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness import HERE, ROOT, Usage, run, scratch
from pages import TITLE


def count_titles(output: Path) -> int:
    """Count the rows of a CSV that have the right title.

    Scripts that do not decode character references pass: here it is cost that is compared.
    """
    with output.open(encoding="utf-8", newline="") as file:
        return sum(html.unescape(row["title"]) == TITLE for row in csv.DictReader(file))


def count_statuses(output: Path) -> int:
    """Count the lines that say 200."""
    with output.open() as file:
        return sum(line.strip() == "200" for line in file)


@dataclass(frozen=True, slots=True)
class Client:
    """A program under measurement.

    command: makes its command line from the list, the file to write and the concurrency. count:
    counts the right answers in that file. missing: why it cannot run here, "" when it can.
    """

    name: str
    command: Callable[[Path, Path, int], list[str]]
    count: Callable[[Path], int] = count_titles
    missing: str = ""

    def run(self, urls: Path, concurrency: int) -> Usage:
        """Measure it on one list, and count what it found."""
        with scratch() as folder:
            output = folder / "out.csv"
            usage = run(self.command(urls, output, concurrency))
            return Usage(usage.wall, usage.cpu, usage.peak_bytes, self.count(output))


def fetcher(*extra: str, host_concurrency: int | None = None) -> Client:
    """Return this project's command line, with as many requests to a host as in all."""

    def command(urls: Path, output: Path, concurrency: int) -> list[str]:
        by_host = concurrency if host_concurrency is None else host_concurrency
        program = [sys.executable, "-m", "fetcher", "titles", "-q", "--retries", "0"]
        limits = ["-c", str(concurrency), "--host-concurrency", str(by_host)]
        return [*program, *limits, *extra, "-l", str(urls), "-o", str(output)]

    missing = "" if (ROOT / "fetcher" / "__main__.py").exists() else "has no command line yet"
    return Client("fetcher", command, missing=missing)


def peer(
    name: str,
    script: str,
    *extra: str,
    needs: str = "",
    count: Callable[[Path], int] = count_titles,
) -> Client:
    """Return a script of peers/; needs: the package or program without which it is left out."""

    def command(urls: Path, output: Path, concurrency: int) -> list[str]:
        program = [sys.executable, str(HERE / "peers" / script)]
        return [*program, "-c", str(concurrency), *extra, str(urls), str(output)]

    there = not needs or importlib.util.find_spec(needs) or shutil.which(needs)
    return Client(name, command, count, "" if there else f"{needs} is not installed")


def available(clients: list[Client]) -> list[Client]:
    """Return those that can run, and print why the others cannot."""
    for client in clients:
        if client.missing:
            print(f"Left out: {client.name} ({client.missing}).")
    return [client for client in clients if not client.missing]
