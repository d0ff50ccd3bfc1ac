"""TLS contexts, and what OpenSSL's verdicts on a certificate mean."""

import re
import ssl
from collections.abc import Callable
from typing import Any

from fetcher.failures import FailureKind
from fetcher.settings import Settings

# X509_V_ERR_… of OpenSSL's x509_vfy.h; Python names none of them.
_VERDICTS = {
    9: FailureKind.TLS_NOT_YET_VALID,
    10: FailureKind.TLS_EXPIRED,
    18: FailureKind.TLS_SELF_SIGNED,
    19: FailureKind.TLS_UNKNOWN_ISSUER,
    20: FailureKind.TLS_UNKNOWN_ISSUER,
    21: FailureKind.TLS_UNKNOWN_ISSUER,
    62: FailureKind.TLS_HOSTNAME_MISMATCH,
    64: FailureKind.TLS_HOSTNAME_MISMATCH,
}

_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"})
"""What OpenSSL says when the other side answers in clear text."""
_PLACE = re.compile(r"^\[[^\]]*\] | \(_ssl\.c:\d+\)$")


class _Announcing(ssl.SSLContext):
    """A context that tells when a handshake begins, which asyncio does not."""

    on_handshake: Callable[[], None]

    def wrap_bio(self, *args: Any, **kwargs: Any) -> ssl.SSLObject:
        self.on_handshake()
        return super().wrap_bio(*args, **kwargs)


def make_context(settings: Settings, on_handshake: Callable[[], None]) -> ssl.SSLContext:
    """Make the client's TLS context, with the checks of `ssl.create_default_context`.

    Raises OSError when the file of --cacert cannot be read or holds no certificate.
    """
    context = _Announcing(ssl.PROTOCOL_TLS_CLIENT)
    context.on_handshake = on_handshake
    context.set_alpn_protocols(["http/1.1"])
    if settings.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif settings.cacert is not None:
        context.load_verify_locations(cafile=settings.cacert)
    else:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    return context


def kind_of(error: ssl.SSLError) -> FailureKind:
    """The failure kind of a TLS error."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _VERDICTS.get(getattr(error, "verify_code", 0), FailureKind.TLS_INVALID_CERTIFICATE)
    return FailureKind.TLS_FAILED


def words_of(error: ssl.SSLError) -> str:
    """What is wrong, in OpenSSL's words without its names for them."""
    # Those that Python code raises, instead of OpenSSL, lack the attributes.
    verdict, reason = getattr(error, "verify_message", ""), getattr(error, "reason", "")
    if reason in _NOT_TLS:
        return "the server does not speak TLS on this port"
    if verdict or reason:
        return str(verdict or reason.replace("_", " ").lower())
    return _PLACE.sub("", error.strerror or str(error))
