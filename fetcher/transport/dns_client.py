"""Asks name servers, through c-ares."""

import asyncio
import math
import socket
from collections.abc import Sequence
from typing import Any

import aiodns

from fetcher.failures import Failure, FailureKind
from fetcher.network_errors import KnownFailure
from fetcher.settings import parse_name_server

PATIENCE = 2.0
"""Timeout of the first try of a name server, in seconds; further tries take longer."""
TRIES = 3
"""How often each name server is tried."""
PROBE, PROBES = 1.0, 2
"""Timeout and tries for finding out if the name servers answer at all."""
AT_ONCE = 64
"""Maximum names to ask for at once. Each takes two datagrams, and name servers drop those that do
not fit their queue (150 in dnsmasq, which many routers use). A lost one costs `PATIENCE`."""
NAMES_A_CHANNEL = 4_096
"""Maximum names to ask one channel of c-ares for; see `_Channel`."""

_KINDS = {
    aiodns.error.ARES_ENOTFOUND: FailureKind.DNS_NOT_FOUND,
    aiodns.error.ARES_EBADNAME: FailureKind.DNS_NOT_FOUND,
    aiodns.error.ARES_ENODATA: FailureKind.DNS_NO_ADDRESS,
    aiodns.error.ARES_ETIMEOUT: FailureKind.DNS_TIMEOUT,
    aiodns.error.ARES_ECONNREFUSED: FailureKind.RESOLVER_UNREACHABLE,
}
_SILENCE = frozenset({aiodns.error.ARES_ETIMEOUT, aiodns.error.ARES_ECONNREFUSED})


class LookupFailed(OSError, KnownFailure):
    """A name has no usable address."""

    def __init__(self, kind: FailureKind, detail: str) -> None:
        super().__init__(None, detail)
        self.failure = Failure.of(kind, detail)


class Ares:
    """Asks name servers without a thread pool (aiohttp#3549).

    Raises ValueError for an invalid server.

    Args:
        servers: `address[:port]` of each; by default the system's.
        patience: Seconds for the first try.
        fresh: How long c-ares itself may remember an answer, in seconds, if its time to live is not
            shorter.
    """

    def __init__(
        self,
        servers: Sequence[str] = (),
        patience: float = PATIENCE,
        fresh: float = math.inf,
    ) -> None:
        self._servers = [parse_name_server(server) for server in servers]
        self.servers = ", ".join(self._servers) or "this system's name servers"
        """The name servers, to be shown."""
        self._patience = patience
        self._fresh = fresh
        self._current: _Channel | None = None
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def ask(self, host: str, family: socket.AddressFamily) -> tuple[str, ...]:
        """Return a host's addresses in the order to try them (RFC 6724); raises LookupFailed."""
        async with self._slots:
            channel = await self._channel()
            try:
                answer = await channel.ask(host, family)
            except aiodns.error.DNSError as error:
                raise self._failed(host, *error.args) from error
        addresses = tuple(dict.fromkeys(_address(node.addr) for node in answer.nodes))
        if not addresses:
            raise LookupFailed(FailureKind.DNS_NO_ADDRESS, host)
        return addresses

    async def is_answered(self) -> bool:
        """Return True if a name server answers at all, be it with a refusal.

        It is asked for the root, which is nobody's private name.
        """
        try:
            probe = aiodns.DNSResolver(self._servers or None, timeout=PROBE, tries=PROBES)
        except Exception:
            return False
        try:
            await probe.query_dns(".", "NS")
        except aiodns.error.DNSError as error:
            return error.args[0] not in _SILENCE
        finally:
            await probe.close()
        return True

    async def close(self) -> None:
        """Close all channels; nobody may be waiting for an answer."""
        if self._current is not None:
            await self._current.retire()
            self._current = None

    def _failed(self, host: str, code: int = 0, words: str = "") -> LookupFailed:
        kind = _KINDS.get(code, FailureKind.DNS_FAILED)
        if kind is FailureKind.RESOLVER_UNREACHABLE:
            words = f"no answer from {self.servers}"
        return LookupFailed(kind, f"{host}: {words}")

    async def _channel(self) -> "_Channel":
        """Return the channel to ask next, a new one if needed."""
        old = self._current
        now = asyncio.get_running_loop().time()
        if old is not None and old.asked < NAMES_A_CHANNEL and now < old.made + self._fresh:
            return old
        try:
            fresh = self._current = _Channel(self._servers, self._patience)
        except Exception as error:
            detail = f"no name server can be used: {error}"
            raise LookupFailed(FailureKind.RESOLVER_UNREACHABLE, detail) from error
        if old is not None:
            await old.retire()
        return fresh


class _Channel:
    """One channel of c-ares, for a limited number of names.

    c-ares has a cache of its own, limited only by the answers' time to live: 2 KB a name, which a
    long list of hosts turns into gigabytes. It is freed with its channel.
    """

    def __init__(self, servers: list[str], patience: float) -> None:
        self.asked = 0
        self.made = asyncio.get_running_loop().time()
        self._pending = 0
        self._retired = False
        self._ares = aiodns.DNSResolver(nameservers=servers or None, timeout=patience, tries=TRIES)

    async def ask(self, host: str, family: socket.AddressFamily) -> Any:
        """Ask for a name; raises aiodns.error.DNSError."""
        self.asked += 1
        self._pending += 1
        try:
            return await self._ares.getaddrinfo(host, family=family, type=socket.SOCK_STREAM)
        finally:
            self._pending -= 1
            await self._close_when_done()

    async def retire(self) -> None:
        """Close when the last answer has come; no more questions may follow."""
        self._retired = True
        await self._close_when_done()

    async def _close_when_done(self) -> None:
        if self._retired and not self._pending:
            await self._ares.close()


def _address(addr: tuple[Any, ...]) -> str:
    text = addr[0].decode("ascii") if isinstance(addr[0], bytes) else str(addr[0])
    # A link-local IPv6 address means nothing without its interface.
    return f"{text}%{addr[3]}" if len(addr) > 3 and addr[3] else text
