"""Ten thousand URLs of every kind, as a user would fetch them: each row right, and in order."""

import csv
import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.outside import Outside, outside
from tests.support.blackhole import refused_port

ROWS = 10_000
TIMEOUT = "2s"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list, and the status or the failure kind that must come of it."""

    line: str
    status: str = ""
    failure: str = ""


def host(number: int) -> str:
    """One of some host names; all of them are resolved to loopback."""
    return f"h{number % 60}.test"


def rows_of(servers: Outside, silent: int) -> list[Row]:
    """One of each kind of trouble, many times over, good pages for the rest, and duplicates."""
    refused = refused_port()

    def site(number: int, path: str, scheme: str = "http://") -> str:
        return f"{scheme}{host(number)}:{servers.site}{path}"

    def raw(number: int, name: str) -> str:
        return f"http://{host(number)}:{servers.raw}/{name}/{number}"

    rows = [Row(raw(n, "silent"), "", "read_timeout") for n in range(silent)]
    rows += [Row(raw(n, "reset"), "", "connection_reset") for n in range(150)]
    rows += [Row(raw(n, "closed"), "", "connection_closed") for n in range(150)]
    rows += [Row(raw(n, "cut"), "", "body_truncated") for n in range(200)]
    rows += [Row(site(n, f"/status/404?{n}"), "404") for n in range(400)]
    rows += [Row(site(n, f"/status/500?{n}"), "500") for n in range(100)]
    rows += [Row(site(n, f"/redirect/2?{n}"), "200") for n in range(150)]
    rows += [Row(site(n, f"/loop?{n}"), "", "redirect_loop") for n in range(150)]
    rows += [Row(site(n, f"/redirect/30?{n}"), "", "too_many_redirects") for n in range(20)]
    rows += [Row(site(n, f"/bomb?{n}"), "", "body_too_large") for n in range(10)]
    rows += [Row(site(n, f"/ok/guessed{n}", ""), "200") for n in range(50)]
    rows += [Row(f"http://{host(n)}:{refused}/{n}", "", "connect_refused") for n in range(300)]
    rows += [Row(f"{host(n)}:{refused}/guess/{n}", "", "connect_refused") for n in range(20)]
    rows += [
        Row(f"http://{host(n)}:{servers.babble}/{n}", "", "invalid_response") for n in range(100)
    ]
    for n in range(100):
        for text in (f"not a url {n}", f"ftp://h/{n}", f"http://h:9999{n:02}/", "http://", "::"):
            rows.append(Row(text, "", "invalid_url"))
    rows += [Row(line.line + "#again", line.status, line.failure) for line in rows[silent::10]]
    rows += [Row(site(n, f"/ok/{n}"), "200") for n in range(ROWS - 1_000 - len(rows))]
    rows += random.Random(4).sample(rows[silent:], ROWS - len(rows))
    random.Random(2).shuffle(rows)
    return rows


def fetch(rows: list[Row], concurrency: int, folder: Path) -> list[dict[str, str]]:
    """Run the program over the list, and read what it wrote."""
    urls, out = folder / "urls.txt", folder / "out.csv"
    urls.write_text("".join(f"{row.line}\n" for row in rows), "utf-8")
    flags = ["-q", "-c", str(concurrency), "--host-concurrency", "16", "--retries", "0"]
    flags += ["--timeout", TIMEOUT, "--max-bytes", "1MB", "--resolve", "*:*:127.0.0.1"]
    columns = ["--columns", "index,url,status,failure,title,error"]
    command = [sys.executable, "-m", "fetcher", "titles", "-l", str(urls), "-o", str(out)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("FETCHER_")}
    done = subprocess.run([*command, *flags, *columns], capture_output=True, text=True, env=env)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with out.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("concurrency", "silent"), [(1, 3), (100, 100), (500, 200)])
def test_a_mixed_list_gives_each_row_in_order(
    concurrency: int, silent: int, tmp_path: Path
) -> None:
    """Whatever the concurrency: 10,000 rows in, the same 10,000 out, each with its own kind."""
    with outside() as servers:
        rows = rows_of(servers, silent)
        written = fetch(rows, concurrency, tmp_path)
    assert len(rows) == len(written) == ROWS
    assert [row["url"] for row in written] == [row.line for row in rows]
    wrong = Counter(
        (expected.line.partition(":")[0], expected.status, expected.failure, *found(row))
        for expected, row in zip(rows, written, strict=True)
        if found(row) != (expected.status, expected.failure)
    )
    assert not wrong
    for row in written:
        assert row["error"].startswith(row["failure"])
        if "/ok/" in row["url"]:
            name = row["url"].partition("/ok/")[2].partition("#")[0]
            assert row["title"] == f"Page {name}"
    asked = Counter({path: n for path, n in servers.hits.items() if path.startswith("/ok/")})
    assert set(asked.values()) == {1}
    assert len(asked) > 5_000


def found(row: dict[str, str]) -> tuple[str, str]:
    """What a written row says became of it."""
    return row["status"], row["failure"]
