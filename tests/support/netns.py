"""A network that can be cut: two network namespaces of our own, joined by a virtual wire.

Neither end is in the namespace of the tests, and nothing that runs there reaches any other network.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Any, Self

TOOLS = ("ip", "unshare", "nsenter")
NEAR_ADDRESS = "10.66.0.200"


class Side(Enum):
    """An end of the wire: the near one is where the client is, the far one where servers are."""

    NEAR = 0
    FAR = 1


def reason_to_skip() -> str:
    """Return why there can be no such network here; "" when there can."""
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        return f"{' and '.join(missing)} are not installed (Debian's iproute2 and util-linux)"
    if os.geteuid() != 0:
        return "only root may make network namespaces"
    made = subprocess.run(["unshare", "--net", "true"], capture_output=True, text=True)
    return f"no network namespaces here: {made.stderr.strip()}" if made.returncode else ""


@dataclass(slots=True)
class CutNetwork:
    """A wire between two namespaces.

    addresses: IPv4 addresses of the far side, all in the network 10.66.0.0/24. The namespaces
    vanish with the processes that hold them, and those end when the tests do, however that is.
    """

    addresses: Sequence[str] = ("10.66.0.1",)
    _holders: "list[subprocess.Popen[bytes]]" = field(default_factory=list)
    _stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def __enter__(self) -> Self:
        """Lay the wire; raises RuntimeError with the system's own words when it cannot."""
        with contextlib.ExitStack() as stack:
            self._holders = [stack.enter_context(_namespace()) for _ in Side]
            far = self._holders[Side.FAR.value].pid
            self._ip(Side.NEAR, f"link add wire type veth peer name wire netns {far}")
            self._ip(Side.NEAR, f"address add {NEAR_ADDRESS}/24 dev wire")
            for address in self.addresses:
                self._ip(Side.FAR, f"address add {address}/24 dev wire")
            for side in Side:
                self._ip(side, "link set lo up")
                self._ip(side, "link set wire up")
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End what was started here, and the namespaces with it."""
        self._stack.close()

    def start(self, side: Side, command: Sequence[str], **options: Any) -> "subprocess.Popen[str]":
        """Start a program on one side; options: of Popen. It is ended with the network."""
        process = subprocess.Popen(self._inside(side, command), text=True, **options)
        self._stack.callback(_end, process)
        return process

    def cut(self) -> None:
        """Let no packet through any more; nobody is told so."""
        self._ip(Side.FAR, "link set wire down")

    def mend(self) -> None:
        """Let packets through again."""
        self._ip(Side.FAR, "link set wire up")

    def unplug(self) -> None:
        """Take the wire from the near side: there is no route any more, and everyone is told so."""
        self._ip(Side.NEAR, "link set wire down")

    def plug(self) -> None:
        """Give the wire back to the near side."""
        self._ip(Side.NEAR, "link set wire up")

    def _inside(self, side: Side, command: Sequence[str]) -> list[str]:
        return ["nsenter", f"--net=/proc/{self._holders[side.value].pid}/ns/net", *command]

    def _ip(self, side: Side, arguments: str) -> None:
        command = self._inside(side, ["ip", *arguments.split()])
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"ip {arguments}: {done.stderr.strip()}")


@contextlib.contextmanager
def _namespace() -> "Iterator[subprocess.Popen[bytes]]":
    """A process that holds a new network namespace until its input ends, which it does with us."""
    command = ["unshare", "--net", "cat"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        # What comes back shows that the namespace is there.
        holder.stdin.write(b"\n")
        holder.stdin.flush()
        if holder.stdout.readline() != b"\n":
            raise RuntimeError("unshare made no network namespace")
        yield holder
        holder.stdin.close()


def _end(process: "subprocess.Popen[str]") -> None:
    with process:  # closes its pipes, and waits
        process.kill()
