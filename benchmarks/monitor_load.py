"""A monitor at load: how many checks begin on time, and what that costs.

    python benchmarks/monitor_load.py                      # 10,000 targets every 10 s
    python benchmarks/monitor_load.py --targets 100000 --interval 60

A real `fetcher monitor run` against nginx on loopback, a host for every fifty targets, watched from
outside: its CPU and memory by the kernel, its punctuality and its database by its own API. What a
check costs is held against `fetcher check` of the same list in the same run. Goals: 99.9% of checks
begin within a second of when they are due, at most 400 MB at 100,000 targets, and the overview page
in at most 200 ms.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import harness
from harness import CLIENT_CORE, MEGABYTE, ROOT, SERVER_CORE

sys.path.insert(0, str(ROOT))

from tests.support.nginx import Nginx, free_port

BODY = "<!doctype html><title>Port Merle</title>" + "<p>harbour, bakery, lighthouse</p>" * 25
SERVER = f"server {{ listen {{port}}; location / {{ return 200 '{BODY}'; }} }}"
TARGETS_A_HOST = 50


def addresses(count: int) -> Iterator[str]:
    """Give as many addresses of the loopback net as are needed."""
    for number in range(-(-count // TARGETS_A_HOST)):
        yield f"127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}"


def write_files(folder: Path, count: int, interval: float, port: int, page: int) -> Path:
    """Write the list and the configuration; return the latter."""
    hosts = list(addresses(count))
    urls = [f"http://{hosts[i // TARGETS_A_HOST]}:{port}/page/{i}" for i in range(count)]
    (folder / "urls.txt").write_text("\n".join(urls) + "\n", encoding="utf-8")
    config = folder / "monitor.toml"
    config.write_text(
        f'[monitor]\ndatabase = "{folder / "monitor.db"}"\n'
        f'[page]\nlisten = "127.0.0.1:{page}"\n'
        f'[defaults]\ninterval = "{interval:g}s"\n'
        '[[lists]]\nfile = "urls.txt"\n',
        encoding="utf-8",
    )
    return config


@contextmanager
def monitor(config: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a monitor on the client's core until the block ends."""
    command = [sys.executable, "-m", "fetcher", "monitor", "run", "-c", str(config)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with (config.parent / "log").open("wb") as log:
        process = subprocess.Popen(command, stderr=log, stdout=log, env=environment)
        if CLIENT_CORE is not None:
            os.sched_setaffinity(process.pid, {CLIENT_CORE})
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def get(page: int, path: str) -> bytes:
    """Ask the monitor's page."""
    with urllib.request.urlopen(f"http://127.0.0.1:{page}{path}", timeout=30) as answer:
        body: bytes = answer.read()
    return body


def vitals(page: int) -> dict[str, Any]:
    """Ask the monitor how it is; waits until it answers."""
    for _ in range(600):
        try:
            told: dict[str, Any] = json.loads(get(page, "/api/v1/vitals"))
            return told
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the monitor's page did not answer within two minutes")


def cpu_seconds(pid: int) -> float:
    """Give the processor time that a process has used so far (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_bytes(pid: int) -> int:
    """Give the most memory that a process has had so far (proc(5))."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def database_bytes(folder: Path) -> int:
    """Add up the database and what lies beside it."""
    return sum(path.stat().st_size for path in folder.glob("monitor.db*"))


def page_times(page: int, repeat: int) -> list[float]:
    """Ask for the overview, in milliseconds each time, as a browser would wait for it."""
    times = []
    for _ in range(repeat):
        began = time.perf_counter()
        get(page, "/")
        times.append((time.perf_counter() - began) * 1000)
        time.sleep(0.2)
    return times


def once(folder: Path, count: int) -> float:
    """Measure `fetcher check` of the same list: CPU seconds a URL."""
    command = [sys.executable, "-m", "fetcher", "check", "-l", str(folder / "urls.txt"), "-q"]
    more = ["-o", str(folder / "checked.jsonl"), "--order", "completed", "--no-recheck"]
    return harness.run([*command, *more, "-c", "200"]).cpu / count


def main() -> None:
    """Run it, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--targets", type=int, default=10_000)
    parser.add_argument("--interval", type=float, default=10.0, help="seconds")
    parser.add_argument("--minutes", type=float, default=10.0)
    arguments = parser.parse_args()
    count, interval = arguments.targets, arguments.interval
    page = free_port()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, Nginx(SERVER, SERVER_CORE) as n:
        folder = Path(name)
        config = write_files(folder, count, interval, n.port, page)
        harness.note("the same list with fetcher check")
        check_cost = once(folder, count)
        with monitor(config) as process:
            began = vitals(page)
            used, size, clock = cpu_seconds(process.pid), database_bytes(folder), time.monotonic()
            harness.note(f"watching for {arguments.minutes:g} minutes")
            time.sleep(arguments.minutes * 60)
            ended, seconds = vitals(page), time.monotonic() - clock
            used, grown = cpu_seconds(process.pid) - used, database_bytes(folder) - size
            milliseconds = page_times(page, 20)
            peak = peak_bytes(process.pid)
    harness.note("")
    checks = ended["checks"] - began["checks"]
    missed = sum(ended["missed"].values()) - sum(began["missed"].values())
    late = ended["late"] - began["late"]
    on_time = 100 * (checks - late) / max(checks + missed, 1)
    print(f"{count:,} targets every {interval:g} s, for {seconds:.0f} s")
    print(f"checks a second      {checks / seconds:10,.0f}   planned {count / interval:,.0f}")
    print(f"begun within 1 s     {on_time:10.3f} %   goal 99.9; missed {missed:,}, late {late:,}")
    print(f"lag, 99th percentile {ended['lag_ms']:10.0f} ms")
    print(f"CPU                  {100 * used / seconds:10.0f} % of one core")
    cost, stored = used / max(checks, 1), grown / max(checks, 1)
    against = f"{cost / check_cost:.2f} of fetcher check's"
    print(f"CPU a check          {1e6 * cost:10.0f} µs  {against}")
    print(f"peak memory          {peak / MEGABYTE:10.0f} MB  goal 400 at 100,000")
    print(f"database             {stored:10.0f} bytes a check, {grown / MEGABYTE:.0f} MB in all")
    print(f"overview page        {statistics.median(milliseconds):10.0f} ms  goal 200")


if __name__ == "__main__":
    main()
