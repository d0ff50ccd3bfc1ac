"""The engine's settings: frozen, and the only place where a default is written.

Names and name servers as the user gave them: `--resolve` and `--dns-server`.
"""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum

from fetcher import __version__
from fetcher.http_fields import parse_header
from fetcher.options import choice, duration, many, option, optional, rate, size, switch, whole
from fetcher.urls import without_password


@dataclass(frozen=True, slots=True)
class FixedAddress:
    """`--resolve HOST:PORT:ADDRESS`; host and port may be `*`."""

    host: str
    port: str
    addresses: tuple[str, ...]

    @classmethod
    def parse(cls, rule: str) -> "FixedAddress":
        """Read a rule as curl writes it; several addresses are separated by commas.

        An IPv6 address may stand in brackets. Raises ValueError.
        """
        host, _, rest = rule.partition(":")
        port, _, text = rest.partition(":")
        if not host or not text or not (port == "*" or port.isdecimal()):
            raise ValueError(f"{rule!r} is not HOST:PORT:ADDRESS (HOST and PORT may be *)")
        addresses = tuple(_ip(address) for address in text.split(","))
        return cls(host.lower(), port, addresses)

    def covers(self, host: str, port: int) -> bool:
        """Whether the rule is about this host and port."""
        return self.host in ("*", host) and self.port in ("*", str(port))


def parse_name_server(text: str) -> str:
    """Read `ADDRESS` or `ADDRESS:PORT`, and return it as c-ares wants it.

    With a port, an IPv6 address stands in brackets. Raises ValueError.
    """
    host, colon, port = text.strip().rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not colon or (":" in host and not bracketed):
        host, port = text.strip(), "53"  # no port: the colons are an IPv6 address's own
    try:
        address = _ip(host)
        number = int(port) if port.isascii() and port.isdecimal() else 0
    except ValueError:
        number = 0
    if not 0 < number < 65536:
        raise ValueError(f"{text!r} is not a name server; write ADDRESS or ADDRESS:PORT")
    return f"[{address}]:{number}" if ":" in address else f"{address}:{number}"


def _ip(text: str) -> str:
    """An IP address in its usual form; raises ValueError."""
    text = text.strip()
    bracketed = text.startswith("[") and text.endswith("]")
    return str(ipaddress.ip_address(text[1:-1] if bracketed else text))


class PrivateAddresses(StrEnum):
    """What to do about hosts with private, loopback or link-local addresses.

    direct: fetched when the input names them; never reached by a redirect from a public address.
    allow: as any other host. deny: never connected to.
    """

    DIRECT = "direct"
    ALLOW = "allow"
    DENY = "deny"


class Order(StrEnum):
    """In which order results come: that of the input, or as they finish."""

    INPUT = "input"
    COMPLETED = "completed"


class Method(StrEnum):
    """With which method to ask.

    HEAD_THEN_GET: with HEAD, and once more with GET where that brings no success: servers that
    refuse or forget HEAD are many, and none may look broken for it.
    """

    GET = "get"
    HEAD = "head"
    HEAD_THEN_GET = "head-then-get"


def parse_proxy(text: str) -> str | None:
    """Read a proxy's URL; raises ValueError."""
    if text and not text.startswith(("http://", "https://")):
        raise ValueError(f"{without_password(text)!r} is not a proxy; write http://host:port")
    return text or None


def parse_resolve(text: str) -> str:
    """Check a rule as curl's --resolve takes it; raises ValueError."""
    FixedAddress.parse(text)
    return text


@dataclass(frozen=True, slots=True)
class Settings:
    """How the engine fetches; durations in seconds, sizes in bytes.

    The defaults are what a polite user of the public web would choose.
    """

    concurrency: int = whole(
        100, "Requests under way at once, all hosts together.", minimum=1, flags=("-c",)
    )
    host_concurrency: int = whole(
        4, "Requests under way at once to one host; browsers use 6.", minimum=1
    )
    rate_limit: float | None = rate(
        "Requests started a second at the most, all hosts together; 0 for no limit."
    )
    host_interval: float = duration(
        0.0, "Least time between the starts of two requests to one host.", zero=True
    )
    timeout: float = duration(30.0, "Longest time for one request, its body included.")
    connect_timeout: float = duration(
        10.0, "Longest time for name look-up, connection and TLS together."
    )
    retries: int = whole(
        2, "Further tries after a failure that can pass: timeouts, resets, 429, 5xx and the like."
    )
    retry_wait: float = duration(
        1.0, "First wait before trying again; doubled each time, with jitter.", zero=True
    )
    retry_max_wait: float = duration(
        60.0, "Longest wait before trying again, and the most a Retry-After can ask for.", zero=True
    )
    max_redirects: int = whole(
        10, "Redirects followed for one URL; 0 follows none and reports the redirect."
    )
    max_bytes: int = size(10_000_000, "Longest body, counted after decompression.")
    headers: tuple[tuple[str, str], ...] = many(
        "A header to send with each request; repeatable.",
        parse_header,
        show=lambda header: f"{header[0]}: {header[1]}",
        metavar="'NAME: VALUE'",
        flags=("-H", "--header"),
    )
    user_agent: str = option(f"fetcher/{__version__}", "What this client calls itself.")
    proxy: str | None = optional(
        "Send requests through this HTTP proxy.", parse_proxy, none="none", metavar="URL"
    )
    insecure: bool = switch("Accept any TLS certificate. Only for hosts you know.", flags=("-k",))
    cacert: str | None = optional(
        "Trust the certificates in this PEM file, instead of the system's.",
        lambda path: path or None,
        none="the system's",
        metavar="FILE",
    )
    robots: bool = switch("Obey each site's robots.txt (RFC 9309), its crawl delay included.")
    private_addresses: PrivateAddresses = choice(
        PrivateAddresses.DIRECT,
        "Private, loopback and link-local addresses. direct: only when the input names them, "
        "never by a redirect from a public host; allow: always; deny: never.",
    )
    resolve: tuple[str, ...] = many(
        "Use this address and ask no name server, as curl does; HOST and PORT may be *; "
        "repeatable.",
        parse_resolve,
        metavar="HOST:PORT:ADDRESS",
    )
    dns_servers: tuple[str, ...] = many(
        "Ask this name server, ADDRESS or ADDRESS:PORT; repeatable.",
        parse_name_server,
        none="the system's",
        metavar="ADDRESS",
        flags=("--dns-server",),
    )
    dns_cache: float = duration(
        60.0,
        "How long the addresses of a name are used before it is looked up again.",
        zero=True,
    )
    order: Order = choice(
        Order.INPUT, "Order of the rows: as in the input, or as they are completed."
    )
    read_ahead: int = whole(
        10_000,
        "Rows read ahead of the oldest unfinished one, to find work for idle hosts.",
        minimum=1,
    )
