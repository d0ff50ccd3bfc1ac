"""Addresses on loopback to which no connection is ever made."""

import contextlib
import errno
import select
import socket
from collections.abc import Iterator

MOST_FILLERS = 64


@contextlib.contextmanager
def blackhole(host: str = "127.0.0.1") -> Iterator[tuple[str, int]]:
    """Yield (host, port) where a connection attempt gets no answer: neither made nor refused.

    The listener's queue holds one connection and nobody accepts it, so the kernel drops each
    further SYN. Linux does so; a kernel that answers instead raises OSError here, and the test
    should skip.
    """
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket(_family(host)))
        listener.bind((host, 0))
        listener.listen(0)
        port: int = listener.getsockname()[1]
        for _ in range(MOST_FILLERS):
            filler = stack.enter_context(socket.socket(_family(host)))
            filler.setblocking(False)
            if not _connects(filler, host, port):
                yield host, port
                return
        raise OSError(errno.ENOTSUP, "this kernel queues connections without end")


def refused_port(host: str = "127.0.0.1") -> int:
    """Return a port where nothing listens, so that a connection is refused.

    It was free a moment ago; the kernel hands out such ports in turn, not at once again.
    """
    with socket.socket(_family(host)) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _connects(sock: socket.socket, host: str, port: int) -> bool:
    """Whether a connection is made within a fifth of a second, ample on loopback."""
    code = sock.connect_ex((host, port))
    if code not in (0, errno.EINPROGRESS):
        raise OSError(code, "this kernel refuses connections beyond the queue")
    _, writable, _ = select.select([], [sock], [], 0.2)
    return bool(writable)
