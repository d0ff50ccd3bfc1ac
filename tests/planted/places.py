"""What can stand at a host name: servers over HTTP and TLS, and places without any."""

import datetime
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from tests.support.blackhole import blackhole
from tests.support.dns import LOOPBACK, Answer
from tests.support.raw import RawServer, Script, Scripts, response
from tests.support.tls import NAMES, Authority, TlsFault, tls_server

NOT_FOUND = Script((response(b"<title>404</title>", 404),))


@dataclass(frozen=True, slots=True)
class Standing:
    """A place while it stands.

    scheme, port: of its URLs. answer: what the name server says of its host. server: None where
    nothing listens.
    """

    scheme: str
    port: int
    answer: Answer = LOOPBACK
    server: RawServer | None = None


class Place(Protocol):
    """Something that can be put up for a while."""

    def stand(self, authority: Authority) -> AbstractAsyncContextManager[Standing]:
        """Put it up; authority: who signs its certificate, if it has one."""
        ...


@dataclass(frozen=True, slots=True)
class Http:
    """A server in clear text; what it has no script for is a 404."""

    scripts: Mapping[str, Scripts]

    @asynccontextmanager
    async def stand(self, authority: Authority) -> AsyncIterator[Standing]:
        """Listen on a free port."""
        async with RawServer(self.scripts, NOT_FOUND) as server:
            yield Standing("http", server.port, server=server)


@dataclass(frozen=True, slots=True)
class Https:
    """A server over TLS, which has one fault or none."""

    fault: TlsFault = TlsFault.NONE

    @asynccontextmanager
    async def stand(self, authority: Authority) -> AsyncIterator[Standing]:
        """Listen on a free port."""
        async with tls_server(authority, self.fault) as server:
            yield Standing("https", server.port, server=server)


@dataclass(frozen=True, slots=True)
class Expiring:
    """A server over TLS whose certificate is valid for some days still, and no longer."""

    days: int

    @asynccontextmanager
    async def stand(self, authority: Authority) -> AsyncIterator[Standing]:
        """Listen on a free port."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # An hour more: the day that has begun does not count as a whole one.
        left = datetime.timedelta(days=self.days, hours=1)
        end = datetime.datetime.now(datetime.UTC) + left
        authority.ca.issue_cert(*NAMES, not_after=end).configure_cert(context)
        async with RawServer(ssl_context=context) as server:
            yield Standing("https", server.port, server=server)


@dataclass(frozen=True, slots=True)
class Nameless:
    """A host of which the name server says this and no more."""

    answer: Answer

    @asynccontextmanager
    async def stand(self, authority: Authority) -> AsyncIterator[Standing]:
        """Leave the port to others: nobody can come as far as there."""
        yield Standing("http", 80, self.answer)


@dataclass(frozen=True, slots=True)
class Deserted:
    """A host at whose port nobody listens."""

    @asynccontextmanager
    async def stand(self, authority: Authority) -> AsyncIterator[Standing]:
        """Hold a port without listening, so that no other server here gets it."""
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            yield Standing("http", held.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Mute:
    """A host that does not answer an attempt to connect."""

    @asynccontextmanager
    async def stand(self, authority: Authority) -> AsyncIterator[Standing]:
        """Take no connection, and refuse none."""
        with blackhole() as (_, port):
            yield Standing("http", port)


def serving(scripts: Scripts) -> Http:
    """Put up a server with one page, its root."""
    return Http({"/": scripts})
