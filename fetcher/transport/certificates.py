"""What a server's certificate says, read by the library `cryptography`.

Imported only where a certificate is read: the library takes its time to load.
"""

import hashlib
import warnings
from collections.abc import Iterator
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509.oid import NameOID

from fetcher.model import Certificate
from fetcher.transport.addresses import is_address
from fetcher.transport.base import as_text

REMEMBERED = 1_024
"""How many certificates are remembered: each is read once, however many requests see it."""
SMALL = 8_192
"""Only so small ones are remembered, in bytes: they have about 1,500, and 100,000 are allowed."""
LONGEST = 255
"""The most characters kept of one name; a host's has no more (RFC 1035, section 2.3.4)."""

_UNREADABLE = (ValueError, OverflowError, UnsupportedAlgorithm, x509.InvalidVersion)
_CALLED = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME)
"""What people call somebody by, the best first."""


def read(der: bytes) -> Certificate | None:
    """Read a certificate from its DER (RFC 5280); None for one that cannot be read.

    Any server may send any bytes: what in it cannot be read is left empty.
    """
    return _remembered(der) if len(der) <= SMALL else _read(der)


def _read(der: bytes) -> Certificate | None:
    with warnings.catch_warnings():
        # The library's complaints about breaches of the rules are for those who issue such.
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
    """What people call the subject or the issuer by."""
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
    """The hosts that it is for; by its common name when it names none, as OpenSSL does."""
    try:
        found = tuple(dict.fromkeys(_alternative_names(certificate)))
        common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except _UNREADABLE:
        return ()
    named = [_text(attribute.value) for attribute in common[-1:]]
    return found or tuple(name for name in named if name and not is_address(name))


def _alternative_names(certificate: x509.Certificate) -> Iterator[str]:
    """Host names and addresses of the subject alternative name (RFC 5280, section 4.2.1.6)."""
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
    """A name as it can be shown; a common name may be any bytes of anybody's choice."""
    text = value if isinstance(value, str) else value.decode("utf-8", "replace")
    return as_text(text)[:LONGEST]
