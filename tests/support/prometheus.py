"""Debian's Prometheus from a temporary directory and a free port, and its checks of metrics."""

import json
import shutil
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.nginx import free_port

SKIP_REASON = "prometheus is not installed"

_LATEST = 60.0
_CONFIG = """
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - job_name: fetcher
    metrics_path: {path}
    static_configs: [{{targets: ["{host}"]}}]
"""


def executable(name: str = "prometheus") -> str | None:
    """Return the path of Prometheus, or of its `promtool`, or None."""
    return shutil.which(name)


def check_metrics(text: str) -> tuple[int, str]:
    """Let `promtool check metrics` judge a page; give its exit status and all that it says."""
    program = executable("promtool")
    assert program is not None, SKIP_REASON
    command = [program, "check", "metrics"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@dataclass(slots=True)
class Prometheus:
    """A Prometheus that asks one page each second; use it as a context manager.

    scrapes: the page's URL.
    """

    scrapes: str
    port: int = field(default_factory=free_port)
    root: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="prometheus-")))
    _process: "subprocess.Popen[bytes] | None" = None

    def __enter__(self) -> Self:
        """Start it; raises FileNotFoundError when it is not installed."""
        program = executable()
        if program is None:
            raise FileNotFoundError(SKIP_REASON)
        page = urllib.parse.urlsplit(self.scrapes)
        config = self.root / "prometheus.yml"
        config.write_text(_CONFIG.format(host=page.netloc, path=page.path), encoding="utf-8")
        command = [
            program,
            f"--config.file={config}",
            f"--storage.tsdb.path={self.root / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--log.level=error",
        ]
        log = (self.root / "log").open("wb")
        with log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it and remove its directory."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self.root, ignore_errors=True)

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Give what an expression (PromQL) comes to, as soon as that is anything.

        Raises RuntimeError with its own words when it ends, or never finds anything.
        """
        assert self._process is not None
        latest = time.monotonic() + _LATEST
        while time.monotonic() < latest and self._process.poll() is None:
            if found := self._ask(expression):
                return found
            time.sleep(0.2)
        raise RuntimeError(f"nothing for {expression}: {(self.root / 'log').read_text()}")

    def _ask(self, expression: str) -> list[dict[str, Any]]:
        query = urllib.parse.urlencode({"query": expression})
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}/api/v1/query?{query}", timeout=10
            ) as response:
                found: list[dict[str, Any]] = json.load(response)["data"]["result"]
                return found
        except OSError:
            # Not listening yet.
            return []
