"""Telling the service manager how the monitor is: sd_notify(3), as systemd understands it."""

import os
import socket
import time
from collections.abc import Mapping
from contextlib import suppress


class Service:
    """Tells whoever started this process, where that asked for it; otherwise does nothing.

    environment: with NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID (sd_notify(3),
    sd_watchdog_enabled(3)). Nothing here raises: a manager that does not listen is no reason to
    stop watching.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        # A leading @ stands for the null byte of an abstract address (unix(7)).
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._watchdog = _watchdog(environment)

    @property
    def watchdog(self) -> float | None:
        """How often `alive` is to be called, in seconds; None: not at all.

        Half of the time after which a service counts as dead, as sd_watchdog_enabled(3) advises.
        """
        return self._watchdog if self._address else None

    def ready(self, status: str = "") -> None:
        """Say that everything runs, after the start or a reload."""
        self._tell("READY=1", *([f"STATUS={status}"] if status else []))

    def reloading(self) -> None:
        """Say that the configuration is being read anew; `ready` says when that is over."""
        self._tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """Say that the end has begun."""
        self._tell("STOPPING=1")

    def alive(self) -> None:
        """Say that the watchdog need not bite."""
        self._tell("WATCHDOG=1")

    def _tell(self, *lines: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as there:
            there.sendto("\n".join(lines).encode(), self._address)


def _watchdog(environment: Mapping[str, str]) -> float | None:
    for_whom = environment.get("WATCHDOG_PID", "")
    if for_whom and for_whom != str(os.getpid()):
        return None
    limit = environment.get("WATCHDOG_USEC", "")
    return int(limit) / 2e6 if limit.isascii() and limit.isdecimal() and int(limit) else None
