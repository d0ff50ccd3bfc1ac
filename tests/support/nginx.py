"""Debian's nginx as a fast and correct server, from a temporary directory and a free port."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

SKIP_REASON = "nginx is not installed"

CONFIG = """
{user}
worker_processes 1;
{affinity}
worker_rlimit_nofile 20000;
daemon off;
pid {root}/nginx.pid;
error_log {root}/error.log error;
events {{ worker_connections 16384; }}
http {{
    access_log off;
    default_type "text/html; charset=utf-8";
    keepalive_requests 1000000;
    keepalive_timeout 300s;
    client_body_temp_path {root}/body;
    proxy_temp_path {root}/proxy;
    fastcgi_temp_path {root}/fastcgi;
    uwsgi_temp_path {root}/uwsgi;
    scgi_temp_path {root}/scgi;
    {http}
}}
"""


def executable() -> str | None:
    """Return the path of nginx, or None; Debian puts it where not every PATH looks."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    """Return a loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(slots=True)
class Nginx:
    """One nginx with one worker process.

    http: directives inside `http { }`; `{port}` in them is replaced by the port and `{root}` by
    the temporary directory. core: the processor core its worker stays on (Linux and FreeBSD).
    """

    http: str
    core: int | None = None
    port: int = field(default_factory=free_port)
    root: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="nginx-")))
    _process: "subprocess.Popen[bytes] | None" = None

    def __enter__(self) -> Self:
        """Start it and wait until it accepts connections.

        Raises FileNotFoundError when nginx is not installed, RuntimeError with nginx's own words
        when it does not start.
        """
        program = executable()
        if program is None:
            raise FileNotFoundError(SKIP_REASON)
        config = self.root / "nginx.conf"
        config.write_text(self.config(), encoding="utf-8")
        command = [program, "-p", str(self.root), "-e", str(self.root / "error.log")]
        self._process = subprocess.Popen([*command, "-c", str(config)], stderr=subprocess.PIPE)
        self._wait_until_listening()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it and remove its directory."""
        assert self._process is not None
        self._process.terminate()
        self._process.communicate()
        shutil.rmtree(self.root, ignore_errors=True)

    def config(self) -> str:
        """Return the whole configuration file."""
        http = self.http.replace("{port}", str(self.port)).replace("{root}", str(self.root))
        affinity = "" if self.core is None else f"worker_cpu_affinity {1 << self.core:b};"
        # A worker of a root process becomes "nobody", who cannot read a temporary directory.
        user = "user root;" if os.geteuid() == 0 else ""
        return CONFIG.format(user=user, affinity=affinity, root=self.root, http=http)

    def _wait_until_listening(self) -> None:
        assert self._process is not None
        while self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        _, complaint = self._process.communicate()
        shutil.rmtree(self.root, ignore_errors=True)
        raise RuntimeError(f"nginx did not start: {complaint.decode(errors='replace').strip()}")
