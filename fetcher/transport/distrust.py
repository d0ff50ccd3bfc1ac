"""Why a certificate is not trusted, in plain words: all that is wrong, from its own facts.

OpenSSL names only what it stumbled over first.
"""

import ipaddress
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from fetcher.failures import FailureKind
from fetcher.model import Certificate
from fetcher.transport.addresses import is_address

NAMED = 3
"""So many of a certificate's names are told."""
_LONGEST = 50
_DAY = timedelta(days=1)

UNTRUSTED = frozenset({FailureKind.TLS_SELF_SIGNED, FailureKind.TLS_UNKNOWN_ISSUER})
UNVERIFIED = UNTRUSTED | {
    FailureKind.TLS_EXPIRED,
    FailureKind.TLS_NOT_YET_VALID,
    FailureKind.TLS_HOSTNAME_MISMATCH,
    FailureKind.TLS_INVALID_CERTIFICATE,
}
"""Failures in which a certificate came and was refused."""


def reasons(kind: FailureKind, detail: str, certificate: Certificate, host: str, now: float) -> str:
    """All that is wrong with a server's certificate, in one line.

    kind, detail: OpenSSL's complaint, and its words for it; they stay where the certificate's
    facts do not explain it. host: of the URL. now: seconds since the epoch.
    """
    known = [
        *_of_time(kind, certificate, now),
        *_of_name(kind, certificate, host),
        *_of_issuer(kind, certificate),
    ]
    if kind is FailureKind.TLS_INVALID_CERTIFICATE:
        known.insert(0, detail)
    return "; ".join(known) or detail


def covers(certificate: Certificate, host: str) -> bool:
    """Whether a certificate is for the host of a normalised URL (RFC 9525, section 6)."""
    host = host.removesuffix(".")
    if is_address(host):
        return any(_same_address(name, host) for name in certificate.names)
    names = {name.lower().removesuffix(".") for name in certificate.names}
    # A wildcard stands for exactly one label, the first.
    return host in names or f"*.{host.partition('.')[2]}" in names


def _of_time(kind: FailureKind, certificate: Certificate, now: float) -> Iterator[str]:
    today = _time(now)
    if now > certificate.not_after:
        end = _time(certificate.not_after)
        yield f"expired since {end:%Y-%m-%d}, {_days(today - end)} ago"
    elif now < certificate.not_before:
        start = _time(certificate.not_before)
        yield f"valid only from {start:%Y-%m-%d}, in {_days(start - today)}"
    elif kind is FailureKind.TLS_EXPIRED:
        yield f"its issuer {_issuer(certificate)}, or one above that, has expired"
    elif kind is FailureKind.TLS_NOT_YET_VALID:
        yield f"its issuer {_issuer(certificate)}, or one above that, is not valid yet"


def _of_name(kind: FailureKind, certificate: Certificate, host: str) -> Iterator[str]:
    if kind is not FailureKind.TLS_HOSTNAME_MISMATCH and covers(certificate, host):
        return
    shown = [_short(name) for name in certificate.names[:NAMED]]
    if further := len(certificate.names) - len(shown):
        shown.append(f"{further} more")
    yield f"for {', '.join(shown) or 'no host at all'} and not for {_short(host)}"


def _of_issuer(kind: FailureKind, certificate: Certificate) -> Iterator[str]:
    # OpenSSL looks at the issuers before anything else: if it did not complain, they are good.
    if kind not in UNTRUSTED:
        return
    if certificate.self_signed:
        yield "self-signed"
    else:
        yield f"issued by {_issuer(certificate)}, which is not trusted here"


def _issuer(certificate: Certificate) -> str:
    return f'"{_short(certificate.issuer)}"'


def _same_address(name: str, host: str) -> bool:
    try:
        return ipaddress.ip_address(name) == ipaddress.ip_address(host)
    except ValueError:
        return False


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _days(span: timedelta) -> str:
    days = span // _DAY
    if days:
        return f"{days} day" if days == 1 else f"{days} days"
    return "less than a day"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
