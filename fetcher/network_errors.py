"""What the exceptions of aiohttp, ssl and the system mean: none passes unmapped.

`explain` makes a failure of one, for results; `describe` one line, for notifications.
"""

import errno
import os
import re
import ssl

import aiohttp
from aiohttp import http_exceptions

from fetcher.failures import Failure, FailureKind, Phase
from fetcher.text import shorten

IO_ERRORS = (aiohttp.ClientError, http_exceptions.HttpProcessingError, OSError)
"""All that a network, a server or the system can raise; anything else is a bug."""

K = FailureKind

# The most telling first: if one address family is unreachable and the other refuses, it is the
# refusal that matters.
_CONNECT = {
    errno.EMFILE: K.TOO_MANY_OPEN_FILES,
    errno.ENFILE: K.TOO_MANY_OPEN_FILES,
    errno.ECONNREFUSED: K.CONNECT_REFUSED,
    errno.ETIMEDOUT: K.CONNECT_TIMEOUT,
    errno.ENETUNREACH: K.NETWORK_UNREACHABLE,
    errno.EHOSTUNREACH: K.NETWORK_UNREACHABLE,
    errno.ENETDOWN: K.NETWORK_UNREACHABLE,
}

# First match wins, so a subclass stands before its base.
KINDS: tuple[tuple[type[BaseException], FailureKind], ...] = (
    (aiohttp.ServerFingerprintMismatch, K.TLS_INVALID_CERTIFICATE),
    (aiohttp.ClientHttpProxyError, K.PROXY_FAILED),
    (aiohttp.ClientProxyConnectionError, K.PROXY_FAILED),
    (aiohttp.ServerDisconnectedError, K.CONNECTION_CLOSED),
    (aiohttp.ClientConnectionResetError, K.CONNECTION_RESET),
    (aiohttp.UploadAbortedError, K.CONNECTION_RESET),
    (aiohttp.RedirectClientError, K.INVALID_REDIRECT),
    (aiohttp.InvalidURL, K.INVALID_URL),
    (aiohttp.NonHttpUrlClientError, K.INVALID_URL),
    (aiohttp.TooManyRedirects, K.TOO_MANY_REDIRECTS),
    (aiohttp.ContentTypeError, K.INVALID_RESPONSE),
    (aiohttp.WSServerHandshakeError, K.INVALID_RESPONSE),
    (aiohttp.WSMessageTypeError, K.INVALID_RESPONSE),
    (aiohttp.ClientResponseError, K.INVALID_RESPONSE),
    (http_exceptions.ContentEncodingError, K.BODY_UNDECODABLE),
    (http_exceptions.DecompressSizeError, K.BODY_TOO_LARGE),
    (http_exceptions.ContentLengthError, K.BODY_TRUNCATED),
    (http_exceptions.HttpProcessingError, K.INVALID_RESPONSE),
)
"""What each of aiohttp's exceptions means in every phase."""

_FAILED_AT = re.compile(r"Connect call failed \('([^']+)', (\d+)")
_OFFENDING = re.compile(r":(\n\n| (bytearray\()?b?['\"]).*", re.DOTALL)
"""The end of a parser's message: the line that it failed on, as Python writes bytes."""
_COUNTS = re.compile(r".*received (\d+) of (\d+).*")
_ERRNO = re.compile(r"\[Errno (\d+)\]")


# X509_V_ERR_… of OpenSSL's x509_vfy.h; Python names none of them.
_VERDICTS = {
    9: K.TLS_NOT_YET_VALID,
    10: K.TLS_EXPIRED,
    18: K.TLS_SELF_SIGNED,
    19: K.TLS_UNKNOWN_ISSUER,
    20: K.TLS_UNKNOWN_ISSUER,
    21: K.TLS_UNKNOWN_ISSUER,
    62: K.TLS_HOSTNAME_MISMATCH,
    64: K.TLS_HOSTNAME_MISMATCH,
}
_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"})
"""OpenSSL's reasons when the other side answers in clear text."""
_PLACE = re.compile(r"^\[[^\]]*\] | \(_ssl\.c:\d+\)$")

_SUMMARIES = {
    K.CONNECT_REFUSED: "connection refused",
    K.CONNECT_TIMEOUT: "the connection timed out",
    K.CONNECT_FAILED: "cannot connect",
    K.NETWORK_UNREACHABLE: "no route to the host",
    K.TOO_MANY_OPEN_FILES: "this process has too many open files",
    K.TLS_FAILED: "TLS failed",
    K.READ_TIMEOUT: "no response in time",
    K.CONNECTION_CLOSED: "the connection was closed without a response",
    K.CONNECTION_RESET: "the connection was lost",
    K.INVALID_RESPONSE: "the response is not valid HTTP",
}
"""What happened, without the advice on options that a failure's meaning holds."""
_SAYS_ALL = frozenset(
    {K.CONNECT_REFUSED, K.CONNECT_TIMEOUT, K.NETWORK_UNREACHABLE, K.TOO_MANY_OPEN_FILES}
)
"""Kinds whose summary needs no detail: that would be the address, or the same words again."""


class KnownFailure:
    """A mixin for exceptions of this program that say themselves which failure they are."""

    failure: Failure


def explain(error: BaseException, phase: Phase) -> Failure | None:
    """Return the failure that an exception of aiohttp, ssl, asyncio or the system stands for.

    phase: how far the request had come. None for any other exception, which is a bug of ours.
    """
    if isinstance(error, KnownFailure):
        return error.failure
    if (inner := _inner(error)) is not None:
        return explain(inner, phase)
    if isinstance(error, aiohttp.ClientPayloadError):
        return _of_payload(error)
    for kind_of_error, kind in KINDS:
        if isinstance(error, kind_of_error):
            return _at(kind, phase, _words(error))
    if isinstance(error, ssl.SSLError):
        return Failure.of(_kind_of_tls(error), _tls_words(error))
    if isinstance(error, TimeoutError) and getattr(error, "errno", None) is None:
        return _of_timeout(phase)
    if isinstance(error, OSError):
        return _of_os_error(error, phase)
    if isinstance(error, aiohttp.ClientError):
        return _at(K.CONNECTION_CLOSED, phase, _words(error))
    return None


def describe(error: Exception) -> str:
    """Say in one line what an exception means, for those who do not use this program's options."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"{error.host}: the name could not be resolved"
    where, phase = "", Phase.CONNECT
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ClientConnectorCertificateError):
        where = f"{error.host}:{error.port}: "
    elif isinstance(error, aiohttp.ClientError):
        phase = Phase.HEADERS
    failure = explain(error, phase)
    if failure is None:
        return f"{type(error).__name__}: {_words(error)}"
    summary = _SUMMARIES.get(failure.kind) or (
        "the TLS certificate is not valid"
        if failure.phase is Phase.TLS
        else failure.kind.value.replace("_", " ")
    )
    detail = "" if failure.kind in _SAYS_ALL else failure.detail
    return f"{where}{summary}" + (f": {detail}" if detail else "")


def _inner(error: BaseException) -> BaseException | None:
    """Return the error that another one only wraps."""
    if isinstance(error, aiohttp.ClientConnectorDNSError | aiohttp.ClientConnectorSSLError):
        return error.os_error
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return error.certificate_error
    # An alert after the handshake, such as "certificate required" in TLS 1.3.
    if isinstance(error, aiohttp.ClientOSError) and isinstance(error.__cause__, ssl.SSLError):
        return error.__cause__
    return None


def _kind_of_tls(error: ssl.SSLError) -> FailureKind:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _VERDICTS.get(getattr(error, "verify_code", 0), K.TLS_INVALID_CERTIFICATE)
    return K.TLS_FAILED


def _tls_words(error: ssl.SSLError) -> str:
    """Return OpenSSL's own words, without its names for errors and places."""
    # Errors that Python code raises, instead of OpenSSL, lack the attributes.
    verdict, reason = getattr(error, "verify_message", ""), getattr(error, "reason", "")
    if reason in _NOT_TLS:
        return "the server does not speak TLS on this port"
    if verdict or reason:
        return str(verdict or reason.replace("_", " ").lower())
    return _PLACE.sub("", error.strerror or str(error))


def _of_timeout(phase: Phase) -> Failure:
    if phase is Phase.DNS:
        return Failure.of(K.DNS_TIMEOUT)
    if phase in (Phase.CONNECT, Phase.TLS):
        return Failure.of(K.CONNECT_TIMEOUT, phase=phase)
    return Failure.of(K.READ_TIMEOUT, phase=phase)


def _of_os_error(error: OSError, phase: Phase) -> Failure:
    if isinstance(error, aiohttp.ClientConnectorError):
        error = error.os_error
    words = _words(error)
    if phase in (Phase.HEADERS, Phase.BODY):
        return _at(K.CONNECTION_RESET, phase, words)
    numbers = _numbers(error)
    for number, kind in _CONNECT.items():
        if number in numbers:
            return Failure.of(kind, words)
    if phase is Phase.TLS:
        return Failure.of(K.TLS_FAILED, words or "the server closed the connection")
    if error.errno and _FAILED_AT.search(str(error)):
        words = f"{words}: {os.strerror(error.errno).lower()}"
    return Failure.of(K.CONNECT_FAILED, words)


def _numbers(error: OSError) -> set[int]:
    """Return the system's error numbers; one error may stand for several (happy eyeballs)."""
    return {error.errno or 0, *map(int, _ERRNO.findall(str(error)))}


def _of_payload(error: aiohttp.ClientPayloadError) -> Failure:
    """Return the failure of a body that broke off, or was not what its headers announced."""
    cause = error.__cause__
    while cause is not None and not isinstance(
        cause, http_exceptions.HttpProcessingError | OSError
    ):
        cause = cause.__cause__
    words = "" if cause is None else _words(cause)
    if isinstance(cause, http_exceptions.ContentEncodingError):
        return Failure.of(K.BODY_UNDECODABLE, words)
    if isinstance(cause, http_exceptions.ContentLengthError):
        return Failure.of(K.BODY_TRUNCATED, _COUNTS.sub(r"\1 of \2 bytes came", words))
    if cause is None or isinstance(cause, OSError):
        return Failure.of(K.BODY_TRUNCATED, words)
    if "Not enough data" in words:
        return Failure.of(K.BODY_TRUNCATED, "the last chunk is missing")
    return Failure.of(K.INVALID_RESPONSE, words, Phase.BODY)


def _at(kind: FailureKind, phase: Phase, detail: str) -> Failure:
    """Return a failure in the phase that the request had reached, if that is on the network."""
    usual = Failure.of(kind, detail)
    late = (Phase.HEADERS, Phase.BODY)
    return Failure(kind, phase, detail) if {phase, usual.phase} <= {*late} else usual


def _words(error: BaseException) -> str:
    """Return the exception's own words in one printable line, without programmers' details."""
    if isinstance(error, aiohttp.ClientConnectorError):
        error = error.os_error
    if isinstance(error, aiohttp.ServerDisconnectedError):
        # Otherwise its message is the half-read head, as an object.
        return "" if isinstance(error.message, str) else "in the middle of the headers"
    if isinstance(error, OSError):
        if places := _FAILED_AT.findall(str(error)):
            return ", ".join(f"{address} port {port}" for address, port in places)
        text = error.strerror or str(error)
    elif isinstance(error, aiohttp.ServerFingerprintMismatch):
        text = "another fingerprint"
    elif isinstance(error, aiohttp.ClientHttpProxyError):
        text = f"{error.status} {error.message}"
    elif isinstance(error, aiohttp.ClientResponseError | http_exceptions.HttpProcessingError):
        text = _OFFENDING.sub("", error.message)
    else:
        text = str(error)
    return shorten(text)
