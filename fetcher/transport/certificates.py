"""What a server's certificate says, and everything that is wrong with it, in plain words.

OpenSSL reports only the first problem that it meets. Import this module only where a certificate is
read: the library `cryptography` takes long to load.
"""

import hashlib
import ipaddress
import warnings
from collections.abc import Iterator
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509.oid import NameOID

from fetcher.failures import FailureKind
from fetcher.http_fields import decoded_value
from fetcher.model import Certificate
from fetcher.text import clean
from fetcher.transport.resolver import is_address
from fetcher.transport.tls import UNTRUSTED
from fetcher.units import format_date, format_days

REMEMBERED = 1_024
"""Maximum certificates to remember: each is read once, however many requests see it."""
SMALL = 8_192
"""The largest certificate to remember, in bytes: usual are 1,500, and 100,000 are allowed."""
LONGEST = 255
"""Maximum characters of a name; a host name has no more (RFC 1035, section 2.3.4)."""

_UNREADABLE = (ValueError, OverflowError, UnsupportedAlgorithm, x509.InvalidVersion)
_CALLED = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME)
"""The attributes that name a holder, best first."""


def read(der: bytes) -> Certificate | None:
    """Read a certificate from its DER (RFC 5280); None if it cannot be read.

    A server may send any bytes: parts that cannot be read are left empty.
    """
    return _remembered(der) if len(der) <= SMALL else _read(der)


def _read(der: bytes) -> Certificate | None:
    with warnings.catch_warnings():
        # The library's warnings about rule violations are meant for issuers.
        warnings.simplefilter("ignore")
        try:
            certificate = x509.load_der_x509_certificate(der)
            not_before = certificate.not_valid_before_utc.timestamp()
            not_after = certificate.not_valid_after_utc.timestamp()
        except _UNREADABLE:
            return None
        return Certificate(
            subject=_holder(certificate, issuer=False),
            issuer=_holder(certificate, issuer=True),
            names=_names(certificate),
            not_before=not_before,
            not_after=not_after,
            self_signed=_is_self_signed(certificate),
            fingerprint=hashlib.sha256(der).hexdigest(),
        )


_remembered = lru_cache(REMEMBERED)(_read)


def _holder(certificate: x509.Certificate, *, issuer: bool) -> str:
    """Return the usual name of the subject or the issuer."""
    try:
        name = certificate.issuer if issuer else certificate.subject
        for oid in _CALLED:
            for attribute in name.get_attributes_for_oid(oid):
                if text := _text(attribute.value):
                    return text
        return _text(name.rfc4514_string())
    except _UNREADABLE:
        return ""


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return the hosts that it is for; its common name if it lists none, as OpenSSL does."""
    try:
        found = tuple(dict.fromkeys(_alternative_names(certificate)))
        common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except _UNREADABLE:
        return ()
    named = [_text(attribute.value) for attribute in common[-1:]]
    return found or tuple(name for name in named if name and not is_address(name))


def _alternative_names(certificate: x509.Certificate) -> Iterator[str]:
    """Return the hosts and addresses of the subject alternative name (RFC 5280, 4.2.1.6)."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return
    for name in extension.value:
        if isinstance(name, x509.DNSName | x509.IPAddress):
            yield _text(str(name.value))


def _is_self_signed(certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(certificate)
    except (*_UNREADABLE, TypeError, InvalidSignature):
        return False
    return True


def _text(value: str | bytes) -> str:
    """Return a name as it can be shown; a common name may hold any bytes."""
    text = value if isinstance(value, str) else value.decode("utf-8", "replace")
    return clean(decoded_value(text))[:LONGEST]


NAMED = 3
"""Maximum names of a certificate to show."""
_LONGEST = 50


def reasons(kind: FailureKind, detail: str, certificate: Certificate, host: str, now: float) -> str:
    """Return everything that is wrong with a server's certificate, in one line.

    kind, detail: what OpenSSL reported, and its wording, which stays if the certificate itself does
    not explain it. host: of the URL. now: seconds since the epoch.
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
    """Return True if a certificate is for the host of a normalised URL (RFC 9525, section 6)."""
    host = host.removesuffix(".")
    if is_address(host):
        return any(_same_address(name, host) for name in certificate.names)
    names = {name.lower().removesuffix(".") for name in certificate.names}
    # A wildcard stands for exactly one label, the first.
    return host in names or f"*.{host.partition('.')[2]}" in names


def _of_time(kind: FailureKind, certificate: Certificate, now: float) -> Iterator[str]:
    if now > certificate.not_after:
        end = certificate.not_after
        yield f"expired since {format_date(end)}, {format_days(now - end)} ago"
    elif now < certificate.not_before:
        start = certificate.not_before
        yield f"valid only from {format_date(start)}, in {format_days(start - now)}"
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
    # OpenSSL checks the issuers first: if it did not complain, they are good.
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


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
