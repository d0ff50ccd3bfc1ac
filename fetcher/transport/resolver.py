"""Resolves host names: asynchronous, cached (failures, too), with fixed addresses where given.

It also says which addresses are public.
"""

import asyncio
import ipaddress
import re
import socket
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from fetcher.failures import FailureKind
from fetcher.settings import FixedAddress
from fetcher.transport.dns_client import PATIENCE, Ares, LookupFailed

FRESH = 60.0
"""How long an answer is used by default, in seconds."""
FRESH_FAILURE = 20.0
"""How long a failure is remembered at most, in seconds."""
FRESH_SIGN = 5.0
"""How long it is remembered if the name servers answer at all, in seconds."""
REMEMBERED = 4_096
"""Maximum names to remember."""

_Key = tuple[str, int]


class Resolver(AbstractResolver):
    """A resolver for aiohttp.

    fixed: addresses that are not looked up. servers, patience: as in `Ares`. clock: seconds,
    monotonic. fresh: how long an answer is used, in seconds.
    """

    def __init__(
        self,
        fixed: Sequence[FixedAddress] = (),
        servers: Sequence[str] = (),
        clock: Callable[[], float] | None = None,
        patience: float = PATIENCE,
        fresh: float = FRESH,
    ) -> None:
        self._fixed = fixed
        self._ares = Ares(servers, patience, fresh)
        self._fresh = fresh
        self._clock = clock or asyncio.get_running_loop().time
        self._known: OrderedDict[_Key, tuple[float, tuple[str, ...] | LookupFailed]] = OrderedDict()
        self._asking: dict[_Key, asyncio.Task[tuple[str, ...]]] = {}
        self._probe: asyncio.Task[bool] | None = None
        self._probed = 0.0

    @property
    def servers(self) -> str:
        """The name servers, to be shown."""
        return self._ares.servers

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a host in aiohttp's form; raises LookupFailed."""
        return [_result(host, port, a) for a in await self.addresses(host, port, family)]

    async def addresses(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> tuple[str, ...]:
        """Return the addresses of a host as text, in the order to try them; raises LookupFailed."""
        host = host.lower()
        check_name(host)
        for rule in self._fixed:
            if rule.covers(host, port):
                return rule.addresses
        if special := _special(host):
            return special
        key = (host, int(family))
        known = self._recall(key)
        if isinstance(known, LookupFailed):
            raise LookupFailed(known.failure.kind, known.failure.detail)
        if known is not None:
            return known
        task = self._asking.get(key)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._look_up(host, family))
            self._asking[key] = task
            task.add_done_callback(lambda done: self._remember(key, done))
        # Others may wait for the same name: cancelling one of them must not affect the rest.
        return await asyncio.shield(task)

    async def is_answered(self) -> bool:
        """Return True if the name servers answer at all, so that only one name has a problem.

        They are asked once every few seconds, for all who want to know.
        """
        now = self._clock()
        if self._probe is None or self._probed + FRESH_SIGN <= now:
            self._probed = now
            self._probe = asyncio.get_running_loop().create_task(self._ares.is_answered())
        return await asyncio.shield(self._probe)

    async def close(self) -> None:
        """Cancel all lookups."""
        asking: list[asyncio.Task[Any]] = [*self._asking.values()]
        if self._probe is not None:
            asking.append(self._probe)
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        await self._ares.close()

    async def _look_up(self, host: str, family: socket.AddressFamily) -> tuple[str, ...]:
        try:
            return await self._ares.ask(host, family)
        except LookupFailed as error:
            if error.failure.kind is not FailureKind.DNS_TIMEOUT or await self.is_answered():
                raise
            kind, detail = FailureKind.RESOLVER_UNREACHABLE, f"no answer from {self.servers}"
            raise LookupFailed(kind, f"{host}: {detail}") from error

    def _recall(self, key: _Key) -> tuple[str, ...] | LookupFailed | None:
        expires, known = self._known.get(key, (0.0, None))
        if known is None:
            return None
        if expires <= self._clock():
            del self._known[key]
            return None
        self._known.move_to_end(key)
        return known

    def _remember(self, key: _Key, task: "asyncio.Task[tuple[str, ...]]") -> None:
        self._asking.pop(key, None)
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, LookupFailed):
            if error.failure.kind is FailureKind.RESOLVER_UNREACHABLE:
                return  # nothing is known about this name
            until = self._clock() + min(FRESH_FAILURE, self._fresh)
            self._known[key] = (until, error.with_traceback(None))
        elif error is None:
            self._known[key] = (self._clock() + self._fresh, task.result())
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def check_name(host: str) -> None:
    """Raise LookupFailed for a host that cannot be in DNS (RFC 1035, section 2.3.4).

    A URL may contain such a host, and OpenSSL refuses it as a server name.
    """
    labels = host.removesuffix(".").split(".")
    if len(host) > 254 or not all(0 < len(label) < 64 for label in labels):
        shown = host if len(host) < 80 else f"{host[:40]}…"
        raise LookupFailed(FailureKind.DNS_NOT_FOUND, f"{shown}: not a possible name")


def _special(host: str) -> tuple[str, ...]:
    """Return the addresses of names that are not looked up (RFC 6761); raises LookupFailed."""
    name = host.removesuffix(".")
    if name == "localhost" or name.endswith(".localhost"):  # section 6.3
        return ("127.0.0.1", "::1")
    if name == "invalid" or name.endswith(".invalid"):  # section 6.4
        raise LookupFailed(FailureKind.DNS_NOT_FOUND, f"{host}: .invalid names never exist")
    return ()


def _result(host: str, port: int, address: str) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(
        hostname=host,
        host=address,
        port=port,
        family=family,
        proto=0,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )


_ADDRESS = re.compile(r"[0-9.]+|.*:.*")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_address(hostname: str) -> bool:
    """Return True if the host of a normalised URL is an IP address, which needs no lookup."""
    return _ADDRESS.fullmatch(hostname) is not None


def is_public(address: str) -> bool:
    """Return True if an IP address belongs to the public internet.

    By the IANA special-purpose registries (RFC 6890): not private, loopback, link-local, shared,
    multicast or reserved. An IPv6 address that carries an IPv4 one (mapped, 6to4, NAT64) is as
    public as that. Text that is not an address is not public.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is None and ip.is_site_local:
            return False  # RFC 3879: abolished as a class, still in use as private addresses
        ip = inner or ip
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
