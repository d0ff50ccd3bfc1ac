"""The closed list of what can go wrong with one URL, and what each kind means."""

from dataclasses import dataclass
from enum import StrEnum

from fetcher.text import excerpt


class Phase(StrEnum):
    """Where on its way a target stopped."""

    INPUT = "input"
    ROBOTS = "robots"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    HEADERS = "headers"
    BODY = "body"
    REDIRECT = "redirect"
    PARSE = "parse"
    INTERNAL = "internal"


class FailureKind(StrEnum):
    """Every way in which asking for a URL can fail; nothing else is ever reported."""

    INVALID_URL = "invalid_url"
    INVALID_ROW = "invalid_row"
    ROBOTS_DENIED = "robots_denied"
    ROBOTS_UNREACHABLE = "robots_unreachable"
    DNS_NOT_FOUND = "dns_not_found"
    DNS_NO_ADDRESS = "dns_no_address"
    DNS_TIMEOUT = "dns_timeout"
    DNS_FAILED = "dns_failed"
    RESOLVER_UNREACHABLE = "resolver_unreachable"
    ADDRESS_DENIED = "address_denied"
    CONNECT_REFUSED = "connect_refused"
    CONNECT_TIMEOUT = "connect_timeout"
    CONNECT_FAILED = "connect_failed"
    NETWORK_UNREACHABLE = "network_unreachable"
    TOO_MANY_OPEN_FILES = "too_many_open_files"
    PROXY_FAILED = "proxy_failed"
    TLS_EXPIRED = "tls_expired"
    TLS_NOT_YET_VALID = "tls_not_yet_valid"
    TLS_HOSTNAME_MISMATCH = "tls_hostname_mismatch"
    TLS_SELF_SIGNED = "tls_self_signed"
    TLS_UNKNOWN_ISSUER = "tls_unknown_issuer"
    TLS_INVALID_CERTIFICATE = "tls_invalid_certificate"
    TLS_FAILED = "tls_failed"
    READ_TIMEOUT = "read_timeout"
    CONNECTION_CLOSED = "connection_closed"
    CONNECTION_RESET = "connection_reset"
    INVALID_RESPONSE = "invalid_response"
    BODY_TRUNCATED = "body_truncated"
    BODY_TOO_LARGE = "body_too_large"
    BODY_UNDECODABLE = "body_undecodable"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    REDIRECT_LOOP = "redirect_loop"
    INVALID_REDIRECT = "invalid_redirect"
    REDIRECT_TO_PRIVATE = "redirect_to_private"
    PARSER_CRASHED = "parser_crashed"
    PARSE_TIMEOUT = "parse_timeout"
    EXTRACT_FAILED = "extract_failed"
    INTERNAL_ERROR = "internal_error"


@dataclass(frozen=True, slots=True)
class KindFacts:
    """What holds for every failure of one kind.

    phase: where it usually happens. meaning: one plain sentence, with what to do about it.
    can_pass: whether asking again later has a chance (only then is it retried).
    """

    phase: Phase
    meaning: str
    can_pass: bool = False


_P = Phase
_K = FailureKind

FACTS: dict[FailureKind, KindFacts] = {
    _K.INVALID_URL: KindFacts(_P.INPUT, "This is not an http or https URL; correct the input."),
    _K.INVALID_ROW: KindFacts(_P.INPUT, "The input row could not be read; correct the input."),
    _K.ROBOTS_DENIED: KindFacts(
        _P.ROBOTS, "The site's robots.txt asks not to fetch this; leave --robots out to ignore it."
    ),
    _K.ROBOTS_UNREACHABLE: KindFacts(
        _P.ROBOTS, "The site's robots.txt could not be read, which means: do not fetch (RFC 9309)."
    ),
    _K.DNS_NOT_FOUND: KindFacts(_P.DNS, "No such host name exists; check its spelling."),
    _K.DNS_NO_ADDRESS: KindFacts(_P.DNS, "The host name exists but has no address."),
    _K.DNS_TIMEOUT: KindFacts(_P.DNS, "The name server did not answer in time.", can_pass=True),
    _K.DNS_FAILED: KindFacts(_P.DNS, "The name server could not answer.", can_pass=True),
    _K.RESOLVER_UNREACHABLE: KindFacts(
        _P.DNS,
        "This machine's name server cannot be reached; check it, or name one with --dns-server.",
        can_pass=True,
    ),
    _K.ADDRESS_DENIED: KindFacts(
        _P.CONNECT, "The host has a private address and --private-addresses is deny."
    ),
    _K.CONNECT_REFUSED: KindFacts(
        _P.CONNECT, "Nothing listens at this address and port.", can_pass=True
    ),
    _K.CONNECT_TIMEOUT: KindFacts(
        _P.CONNECT, "No connection within --connect-timeout.", can_pass=True
    ),
    _K.CONNECT_FAILED: KindFacts(_P.CONNECT, "The connection could not be made.", can_pass=True),
    _K.NETWORK_UNREACHABLE: KindFacts(
        _P.CONNECT, "There is no route to this address from here.", can_pass=True
    ),
    _K.TOO_MANY_OPEN_FILES: KindFacts(
        _P.CONNECT,
        "This process may not open more files; lower --concurrency or raise `ulimit -n`.",
        can_pass=True,
    ),
    _K.PROXY_FAILED: KindFacts(
        _P.CONNECT, "The proxy refused or could not reach the host.", can_pass=True
    ),
    _K.TLS_EXPIRED: KindFacts(_P.TLS, "The certificate has expired."),
    _K.TLS_NOT_YET_VALID: KindFacts(_P.TLS, "The certificate is not valid yet."),
    _K.TLS_HOSTNAME_MISMATCH: KindFacts(_P.TLS, "The certificate is for another host name."),
    _K.TLS_SELF_SIGNED: KindFacts(
        _P.TLS, "The certificate is self-signed; trust it with --cacert, or use --insecure."
    ),
    _K.TLS_UNKNOWN_ISSUER: KindFacts(
        _P.TLS, "The certificate's issuer is not trusted here; name it with --cacert."
    ),
    _K.TLS_INVALID_CERTIFICATE: KindFacts(_P.TLS, "The certificate could not be verified."),
    _K.TLS_FAILED: KindFacts(_P.TLS, "The TLS handshake failed."),
    _K.READ_TIMEOUT: KindFacts(
        _P.HEADERS, "The server did not finish its answer within --timeout.", can_pass=True
    ),
    _K.CONNECTION_CLOSED: KindFacts(
        _P.HEADERS, "The server closed the connection without an answer.", can_pass=True
    ),
    _K.CONNECTION_RESET: KindFacts(
        _P.HEADERS, "The connection was reset by the other side.", can_pass=True
    ),
    _K.INVALID_RESPONSE: KindFacts(_P.HEADERS, "The answer is not valid HTTP."),
    _K.BODY_TRUNCATED: KindFacts(
        _P.BODY, "The connection ended before the body was complete.", can_pass=True
    ),
    _K.BODY_TOO_LARGE: KindFacts(_P.BODY, "The body is larger than --max-bytes."),
    _K.BODY_UNDECODABLE: KindFacts(_P.BODY, "The body does not fit its Content-Encoding."),
    _K.TOO_MANY_REDIRECTS: KindFacts(_P.REDIRECT, "More redirects than --max-redirects."),
    _K.REDIRECT_LOOP: KindFacts(_P.REDIRECT, "The redirects lead back to where they started."),
    _K.INVALID_REDIRECT: KindFacts(_P.REDIRECT, "A redirect leads to nothing that can be fetched."),
    _K.REDIRECT_TO_PRIVATE: KindFacts(
        _P.REDIRECT,
        "A public address redirects to a private one; --private-addresses allow permits it.",
    ),
    _K.PARSER_CRASHED: KindFacts(
        _P.PARSE, "The process that parsed this page died of it; its fields are lost."
    ),
    _K.PARSE_TIMEOUT: KindFacts(
        _P.PARSE, "Parsing this page took longer than --parse-timeout and was given up."
    ),
    _K.EXTRACT_FAILED: KindFacts(
        _P.PARSE, "The function given with --extract failed on this page; -v shows its traceback."
    ),
    _K.INTERNAL_ERROR: KindFacts(
        _P.INTERNAL, "A defect in this program or in a function given to it; please report it."
    ),
}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no usable response.

    kind: one of the closed list. phase: where it happened. detail: what was seen, in a few
    words without control characters (host, port, limit, the library's or server's own words).
    """

    kind: FailureKind
    phase: Phase
    detail: str = ""

    def __post_init__(self) -> None:
        """Mask the passwords of URLs in the detail, which may quote a library or a server."""
        if "@" in self.detail:
            from fetcher.urls import without_passwords  # rare, and `--help` needs no URL parser

            object.__setattr__(self, "detail", without_passwords(self.detail))

    @classmethod
    def of(cls, kind: FailureKind, detail: str = "", phase: Phase | None = None) -> "Failure":
        """Make a failure in the phase that is usual for its kind."""
        return cls(kind, phase or FACTS[kind].phase, detail)

    @property
    def can_pass(self) -> bool:
        """True if a later attempt may succeed."""
        return FACTS[self.kind].can_pass

    @property
    def clause(self) -> str:
        """What it means and what was seen, to be read within a sentence: `no such host name …`."""
        meaning = FACTS[self.kind].meaning.rstrip(".")
        detail = f" ({excerpt(self.detail)})" if self.detail else ""
        return meaning[:1].lower() + meaning[1:] + detail

    def __str__(self) -> str:
        """`kind: meaning (detail)`, one line for people and for grep."""
        meaning = FACTS[self.kind].meaning
        return f"{self.kind.value}: {meaning}" + (f" ({self.detail})" if self.detail else "")


class Unrecoverable(Exception):
    """The run cannot go on, whatever URL comes next: says why, in plain words."""
