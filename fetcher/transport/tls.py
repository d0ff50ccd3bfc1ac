"""The TLS context of this client, and the failures in which it refused a certificate."""

import ssl
from collections.abc import Callable
from typing import Any

from fetcher.failures import FailureKind
from fetcher.settings import Settings

UNTRUSTED = frozenset({FailureKind.TLS_SELF_SIGNED, FailureKind.TLS_UNKNOWN_ISSUER})
UNVERIFIED = UNTRUSTED | {
    FailureKind.TLS_EXPIRED,
    FailureKind.TLS_NOT_YET_VALID,
    FailureKind.TLS_HOSTNAME_MISMATCH,
    FailureKind.TLS_INVALID_CERTIFICATE,
}
"""Failures in which a certificate was received and refused."""


class _Announcing(ssl.SSLContext):
    """A context that reports when a handshake begins, which asyncio does not."""

    on_handshake: Callable[[], None]

    def wrap_bio(self, *args: Any, **kwargs: Any) -> ssl.SSLObject:
        self.on_handshake()
        return super().wrap_bio(*args, **kwargs)


def make_context(settings: Settings, on_handshake: Callable[[], None]) -> ssl.SSLContext:
    """Create the client's TLS context, with the checks of `ssl.create_default_context`.

    Raises OSError if the file of --cacert cannot be read or holds no certificate.
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
