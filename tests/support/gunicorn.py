"""A WSGI application of somebody else's under gunicorn, in a process of its own."""

import http.client
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

PATIENCE = 60.0
"""How long its first answer may take, in seconds."""

# One worker process with threads: a slow page holds up no other, and connections can be kept.
OPTIONS = (
    *("--workers", "1", "--threads", "16"),
    # Its default lies in the home directory, where tests leave nothing.
    "--no-control-socket",
    # A client of a test may have left a slow page; nobody waits for it.
    *("--graceful-timeout", "1"),
)


@contextmanager
def gunicorn(application: str, ready: str = "/") -> Iterator[str]:
    """Serve an application (`package:name`) on loopback; yield the URL of its root, without `/`.

    ready: a path that answers when it can serve. Raises RuntimeError with gunicorn's own words when
    it does not start.
    """
    with tempfile.TemporaryFile() as log, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        port = listener.getsockname()[1]
        # It inherits the socket: the port cannot be lost to another process on the way.
        command = [sys.executable, "-m", "gunicorn", application, *OPTIONS]
        process = subprocess.Popen(
            [*command, "--bind", f"fd://{listener.fileno()}"],
            cwd=ROOT,
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        listener.close()
        try:
            if not _answers(port, ready, process):
                log.seek(0)
                words = log.read().decode(errors="replace").strip()
                raise RuntimeError(f"gunicorn did not start: {words}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(port: int, path: str, process: "subprocess.Popen[bytes]") -> bool:
    """Wait for the first answer; false when the process ends before."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as client:
            try:
                client.request("GET", path)
                return client.getresponse().status < 500
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
    return False
