"""What travels through the engine: target, response, outcome, page, result."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from fetcher.failures import Failure

Cached: TypeAlias = Literal["", "fresh", "revalidated"]
"""How the cache answered: not at all; from a fresh entry; from an entry validated by a 304."""


@dataclass(frozen=True, slots=True)
class Target:
    """One row of the input: what to fetch.

    index: position in the whole input, from 0. url: as it was written. source: the place of the
    row (`urls.txt:12`, `argument 1`). carried: the values of the input row's own columns, in the
    order of the source's header. problem: set when the row itself could not be read; then
    nothing is fetched and the row says this. expected: what the row expects of its answer, as the
    job has it; None where it says nothing.
    """

    index: int
    url: str
    source: str = ""
    carried: tuple[str, ...] = ()
    problem: str = ""
    expected: object = None


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect that was followed: the URL that answered, and its status."""

    url: str
    status: int


@dataclass(frozen=True, slots=True)
class Timings:
    """How long each phase of the last request took, in seconds; None where it did not happen.

    dns, connect and tls are None on a connection that was used before.
    """

    dns: float | None = None
    connect: float | None = None
    tls: float | None = None
    first_byte: float | None = None
    body: float | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered to the last request of a target.

    status: HTTP status code. url: the final URL, after redirects. content_type: the header's raw
    value, "" when absent. http_version: "1.0" or "1.1". ip: the peer's address, "" when unknown.
    bytes_read: body bytes after decompression that were read. bytes_saved: body bytes announced
    by Content-Length (before decompression) that were never read from the network. headers: those
    that the job asked to keep, names in lower case, the values of a repeated one joined by ", ".
    cached: whether the answer came from the cache; what did counts as no bytes read.
    """

    status: int
    url: str
    content_type: str = ""
    http_version: str = ""
    ip: str = ""
    bytes_read: int = 0
    bytes_saved: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    cached: Cached = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a server's TLS certificate says (RFC 5280).

    subject, issuer: common name, or what else names them, for people. names: the host names and
    addresses that it is for. not_before, not_after: seconds since the epoch. self_signed: whether
    it vouches for itself. fingerprint: SHA-256 of its DER, in hexadecimal.
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: float
    not_after: float
    self_signed: bool = False
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class TlsFacts:
    """What is known of the TLS of the last request's connection.

    version: "1.2" or "1.3", "" when there was no handshake. certificate: the server's own, whether
    it could be verified or not; None when it could not be read.
    """

    version: str = ""
    certificate: Certificate | None = None


NO_TIMINGS = Timings()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to a target: a response, or a failure.

    When `failure` is set the answer cannot be used; `response` is then what was seen of it, if
    anything. hops: the redirects followed, first to last. attempts: how often it was tried (0 when
    nothing was sent). elapsed: seconds of the last attempt, waiting for slots left out. earlier:
    what each attempt before the last came to, a status or a kind of failure. tls: only when the job
    asked for it, and the URL has come to https.
    """

    response: Response | None = None
    failure: Failure | None = None
    hops: tuple[Hop, ...] = ()
    attempts: int = 0
    elapsed: float | None = None
    timings: Timings = NO_TIMINGS
    earlier: tuple[str, ...] = ()
    tls: TlsFacts | None = None

    @property
    def ok(self) -> bool:
        """True if there is a complete answer with a status below 400."""
        return self.failure is None and self.response is not None and self.response.status < 400


@dataclass(frozen=True, slots=True)
class Page:
    """What a body says.

    title: None when there is none, "" when it is empty. encoding: name by the Encoding standard,
    lower case, "" when nothing was decoded. encoding_source: where it came from (`bom`, `header`,
    `meta`, `late-meta`, `xml`, `utf8`, `ascii`, `detected`, "").
    """

    title: str | None = None
    encoding: str = ""
    encoding_source: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)


NO_PAGE = Page()


@dataclass(frozen=True, slots=True)
class RawPage:
    """A whole answer, for whoever parses it later or in another process.

    url: the one that answered. content_type: the header's raw value. body: decompressed. headers:
    all of them, names in lower case.
    """

    url: str
    status: int
    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class BodyReader(Protocol):
    """Reads a body as it arrives, no further than it needs.

    Pure: bytes in, a page out; never awaits, never raises on hostile input.
    """

    def feed(self, data: bytes) -> bool:
        """Take the next bytes; return True when nothing more is needed."""
        ...

    def finish(self) -> Page:
        """Return what was found; called once, at the body's end or when enough was fed."""
        ...


@dataclass(frozen=True, slots=True)
class Result:
    """One target with its outcome and page: all that a row is made of."""

    target: Target
    outcome: Outcome
    page: Page = NO_PAGE
