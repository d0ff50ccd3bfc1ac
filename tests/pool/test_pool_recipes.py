"""The programs in docs/pool.md do what the page says."""

from __future__ import annotations

import http.server
import importlib.util
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "pool.md"
PROGRAM = re.compile(r"^```python\n(\"\"\".*?)^```\n+```text\n(.*?)^```", re.DOTALL | re.MULTILINE)


def name_of(text: str) -> str:
    """A name made of the first line of a program."""
    return re.sub(r"\W+", "-", text.split("\n")[0].lower()).strip("-")


class Pages(http.server.BaseHTTPRequestHandler):
    """A site of a few pages."""

    def do_GET(self) -> None:
        name = self.path.strip("/")
        time.sleep({"missing": 0.5, "slow": 1.0}.get(name, 0))
        if name == "missing":
            self.send_error(404)
            return
        body = f"<title>{name.title()}</title>".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""

    def log_error(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Serve the pages; the host and port to reach them."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(("program", "output"), PROGRAM.findall(GUIDE.read_text()), ids=name_of)
def test_a_program_of_the_guide(program: str, output: str, site: str, tmp_path: Path) -> None:
    """It runs without a warning and prints what the page says it prints."""
    quiet = ["-W", "error"]
    if "distributed" in program:
        if importlib.util.find_spec("distributed") is None:
            pytest.skip("distributed is not installed")
        quiet = []
    script = tmp_path / "recipe.py"
    script.write_text(program.replace("localhost:8000", site))
    done = subprocess.run(
        [sys.executable, *quiet, str(script)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.replace(site, "localhost:8000").strip() == output.strip()


def test_the_guide_has_the_classic_recipes() -> None:
    """None got lost, for instance because its output was taken away."""
    assert len(PROGRAM.findall(GUIDE.read_text())) == 10
