"""The systemd unit and the Dockerfile, as far as they can be looked at without either."""

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fetcher.cli.exits import ExitCode

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "config" / "fetcher-monitor.service"
PROGRAM = "/usr/local/bin/fetcher"


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    """`systemd-analyze verify` has nothing to say of it."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd is not installed")
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace(PROGRAM, sys.executable))
    command = [analyze, "verify", "--man=no", str(copy)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_runs_the_monitor() -> None:
    """It tells when it is ready, feeds the watchdog, and is not restarted for a wrong usage."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(UNIT)
    service = unit["Service"]
    assert service["Type"] == "notify"
    assert int(service["WatchdogSec"]) > 0
    assert service["ExecStart"] == f"{PROGRAM} monitor run -c /etc/fetcher/monitor.toml"
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert service["RestartPreventExitStatus"] == str(int(ExitCode.USAGE))
    assert service["StateDirectory"] == "fetcher"


def test_the_dockerfile_copies_what_is_there() -> None:
    """Each source is in the repository, and is let through to the builder."""
    text = (ROOT / "Dockerfile").read_text()
    let_through = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    copied = [
        source
        for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
        for source in sources.split()
    ]
    assert sorted(copied) == sorted(let_through)
    assert all((ROOT / source).exists() for source in copied)


def test_the_container_runs_as_nobody_in_particular() -> None:
    """It is no root that runs, its data outlive it, and its health can be asked for."""
    last = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    assert last.index("\nUSER fetcher\n") < last.index("\nENTRYPOINT ")
    assert "\nVOLUME /var/lib/fetcher\n" in last
    assert "/healthz" in last.partition("\nHEALTHCHECK ")[2]
    assert re.search(r'\nENTRYPOINT \["fetcher"\]\nCMD \["monitor", "run"\]', last)
