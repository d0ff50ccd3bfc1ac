"""The engine's settings: frozen, and the only place where their defaults are written."""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum

from fetcher import __version__
from fetcher.http_fields import parse_header
from fetcher.options import choice, duration, many, option, optional, rate, size, switch, whole


@dataclass(frozen=True, slots=True)
class FixedAddress:
    """One rule of `--resolve HOST:PORT:ADDRESS`; host and port may be `*`."""

    host: str
    port: str
    addresses: tuple[str, ...]

    @classmethod
    def parse(cls, rule: str) -> "FixedAddress":
        """Parse a rule as curl writes it; several addresses are separated by commas.

        An IPv6 address may be in brackets. Raises ValueError.
        """
        host, _, rest = rule.partition(":")
        port, _, text = rest.partition(":")
        if not host or not text or not (port == "*" or port.isdecimal()):
            raise ValueError(f"{rule!r} is not HOST:PORT:ADDRESS (HOST and PORT may be *)")
        addresses = tuple(_ip(address) for address in text.split(","))
        return cls(host.lower(), port, addresses)

    def covers(self, host: str, port: int) -> bool:
        """True if the rule applies to this host and port."""
        return self.host in ("*", host) and self.port in ("*", str(port))


def parse_name_server(text: str) -> str:
    """Parse `ADDRESS` or `ADDRESS:PORT` and return it in the form that c-ares expects.

    With a port, an IPv6 address must be in brackets. Raises ValueError.
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
        raise ValueError(f"{text!r} is not a name server; use ADDRESS or ADDRESS:PORT")
    return f"[{address}]:{number}" if ":" in address else f"{address}:{number}"


def _ip(text: str) -> str:
    """Return an IP address in its usual form; raises ValueError."""
    text = text.strip()
    bracketed = text.startswith("[") and text.endswith("]")
    return str(ipaddress.ip_address(text[1:-1] if bracketed else text))


class PrivateAddresses(StrEnum):
    """When to connect to private, loopback and link-local addresses.

    direct: only if the input names them, never through a redirect from a public address. allow: as
    with any other host. deny: never.
    """

    DIRECT = "direct"
    ALLOW = "allow"
    DENY = "deny"


class Order(StrEnum):
    """The order of results: that of the input, or as they complete."""

    INPUT = "input"
    COMPLETED = "completed"


class Method(StrEnum):
    """The HTTP method of a check.

    HEAD_THEN_GET: HEAD, then GET if HEAD does not succeed: many servers refuse HEAD or answer it
    wrongly, and must not look broken for it.
    """

    GET = "get"
    HEAD = "head"
    HEAD_THEN_GET = "head-then-get"


def parse_proxy(text: str) -> str | None:
    """Parse the URL of a proxy; raises ValueError."""
    if text and not text.startswith(("http://", "https://")):
        # Late, because it loads a parser of URLs, which `--help` has no use for.
        from fetcher.urls import without_password

        shown = without_password(text)
        raise ValueError(f"{shown!r} is not the URL of a proxy; use for example http://host:3128")
    return text or None


def parse_resolve(text: str) -> str:
    """Validate a rule in the form of curl's --resolve; raises ValueError."""
    FixedAddress.parse(text)
    return text


@dataclass(frozen=True, slots=True)
class Settings:
    """How the engine fetches; durations in seconds, sizes in bytes.

    The defaults are what a polite user of the public web would choose.
    """

    concurrency: int = whole(
        100,
        "Maximum concurrent requests across all hosts.",
        minimum=1,
        flags=("-c",),
        section="Requests",
    )
    host_concurrency: int = whole(
        4,
        "Maximum concurrent requests to one host; browsers use 6.",
        minimum=1,
        section="Requests",
    )
    rate_limit: float | None = rate(
        "Maximum requests per second across all hosts; 0 means no limit.", section="Requests"
    )
    host_interval: float = duration(
        0.0, "Minimum delay between requests to the same host.", zero=True, section="Requests"
    )
    timeout: float = duration(
        30.0, "Timeout for a whole request, including the body.", section="Limits"
    )
    connect_timeout: float = duration(
        10.0, "Timeout for name resolution, connection and TLS handshake.", section="Limits"
    )
    retries: int = whole(
        2, "Retries after a transient failure (timeout, reset, 429, 5xx).", section="Retries"
    )
    retry_wait: float = duration(
        1.0,
        "Wait before the first retry. Doubles with each retry, with jitter.",
        zero=True,
        section="Retries",
    )
    retry_max_wait: float = duration(
        60.0,
        "Maximum wait before a retry, also if Retry-After asks for more.",
        zero=True,
        section="Retries",
    )
    max_redirects: int = whole(
        10, "Maximum redirects to follow per URL; 0 reports the redirect itself.", section="Limits"
    )
    max_bytes: int = size(10_000_000, "Maximum body size, after decompression.", section="Limits")
    headers: tuple[tuple[str, str], ...] = many(
        "Add a header to every request; repeatable.",
        parse_header,
        show=lambda header: f"{header[0]}: {header[1]}",
        metavar="'NAME: VALUE'",
        flags=("-H", "--header"),
        section="Requests",
    )
    user_agent: str = option(f"fetcher/{__version__}", "User-Agent to send.", section="Requests")
    proxy: str | None = optional(
        "Send requests through this HTTP proxy.",
        parse_proxy,
        none="none",
        metavar="URL",
        section="Network",
    )
    insecure: bool = switch(
        "Accept any TLS certificate. Use only with hosts you trust.", flags=("-k",), section="TLS"
    )
    cacert: str | None = optional(
        "Trust the certificates in this PEM file instead of the system's.",
        lambda path: path or None,
        none="the system's",
        metavar="FILE",
        section="TLS",
    )
    robots: bool = switch(
        "Obey robots.txt (RFC 9309), including its crawl delay.", section="Requests"
    )
    private_addresses: PrivateAddresses = choice(
        PrivateAddresses.DIRECT,
        "When to connect to private, loopback and link-local addresses. direct: only if the "
        "input names them, never through a redirect from a public host; allow: always; deny: "
        "never.",
        section="Network",
    )
    resolve: tuple[str, ...] = many(
        "Use this address instead of looking up the name, as in curl; repeatable. HOST and PORT "
        "may be *.",
        parse_resolve,
        metavar="HOST:PORT:ADDRESS",
        section="Network",
    )
    dns_servers: tuple[str, ...] = many(
        "Query this name server, ADDRESS or ADDRESS:PORT; repeatable.",
        parse_name_server,
        none="the system's",
        metavar="ADDRESS",
        flags=("--dns-server",),
        section="Network",
    )
    dns_cache: float = duration(
        60.0, "How long to cache the addresses of a name.", zero=True, section="Network"
    )
    order: Order = choice(
        Order.INPUT,
        "Order of the rows: as in the input, or as requests complete.",
        section="Output",
    )
    read_ahead: int = whole(
        10_000,
        "Rows to read ahead of the oldest unfinished one, to find work for idle hosts.",
        minimum=1,
        section="Limits",
    )
