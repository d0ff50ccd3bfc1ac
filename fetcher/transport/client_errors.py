"""Library exceptions to failures: none passes unmapped."""

import errno
import os
import re
import ssl

import aiohttp
from aiohttp import http_exceptions

from fetcher.failures import Failure, FailureKind, Phase
from fetcher.text import shorten
from fetcher.transport.dns_client import LookupFailed
from fetcher.transport.tls import kind_of, words_of

IO_ERRORS = (aiohttp.ClientError, http_exceptions.HttpProcessingError, OSError)
"""All that a network, a server or the system can raise at us; anything else is a bug."""

K = FailureKind

# In the order in which they say something: with one address family unreachable and the other
# one refusing, the refusal is the news.
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
"""What each of aiohttp's exceptions is, where that is the same wherever it happens."""

_FAILED_AT = re.compile(r"Connect call failed \('([^']+)', (\d+)")
_OFFENDING = re.compile(r":(\n\n| (bytearray\()?b?['\"]).*", re.DOTALL)
"""What follows in a parser's message: the line it stumbled over, as Python writes bytes."""
_COUNTS = re.compile(r".*received (\d+) of (\d+).*")
_ERRNO = re.compile(r"\[Errno (\d+)\]")


class Stopped(aiohttp.ClientError):
    """A request that this program itself ended; `failure` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


class Unanswered(aiohttp.ClientError):
    """A connection made for this very request broke; `error` is how.

    aiohttp, if it saw the error itself, would send the request once more on its own account,
    which is right only where an old connection turns out to have been closed.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


class Leftover(aiohttp.ClientError):
    """What came on a connection that was used before is no answer, and may not be meant as one.

    It can be the end of the answer before, from a server that sends a body to HEAD, or a longer
    one than it said.
    """


def explain(error: BaseException, phase: Phase) -> Failure | None:
    """The failure that an exception of aiohttp, ssl, asyncio or the system stands for.

    phase: how far the request had come. None for an exception that is nobody's but ours: a bug.
    """
    if isinstance(error, Stopped):
        return error.failure
    if isinstance(error, LookupFailed):
        return Failure.of(error.kind, error.detail)
    if (inner := _inner(error)) is not None:
        return explain(inner, phase)
    if isinstance(error, aiohttp.ClientPayloadError):
        return _of_payload(error)
    for kind_of_error, kind in KINDS:
        if isinstance(error, kind_of_error):
            return _at(kind, phase, _words(error))
    if isinstance(error, ssl.SSLError):
        return Failure.of(kind_of(error), words_of(error))
    if isinstance(error, TimeoutError) and getattr(error, "errno", None) is None:
        return _of_timeout(phase)
    if isinstance(error, OSError):
        return _of_os_error(error, phase)
    if isinstance(error, aiohttp.ClientError):
        return _at(K.CONNECTION_CLOSED, phase, _words(error))
    return None


def _inner(error: BaseException) -> BaseException | None:
    """The error that another one only wraps."""
    if isinstance(error, Unanswered):
        return error.error
    if isinstance(error, aiohttp.ClientConnectorDNSError | aiohttp.ClientConnectorSSLError):
        return error.os_error
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return error.certificate_error
    # An alert after the handshake, such as "certificate required" in TLS 1.3.
    if isinstance(error, aiohttp.ClientOSError) and isinstance(error.__cause__, ssl.SSLError):
        return error.__cause__
    return None


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
    """The system's error numbers in an error that may stand for several (happy eyeballs)."""
    return {error.errno or 0, *map(int, _ERRNO.findall(str(error)))}


def _of_payload(error: aiohttp.ClientPayloadError) -> Failure:
    """A body that broke off, by whatever means, or was not what its headers said."""
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
    """A failure where the request had come to, if that is on the network at all."""
    usual = Failure.of(kind, detail)
    late = (Phase.HEADERS, Phase.BODY)
    return Failure(kind, phase, detail) if {phase, usual.phase} <= {*late} else usual


def _words(error: BaseException) -> str:
    """The exception's own words in one printable line, without what only a programmer reads."""
    if isinstance(error, aiohttp.ClientConnectorError):
        error = error.os_error
    if isinstance(error, aiohttp.ServerDisconnectedError):
        # Its message is otherwise the half-read head, as an object.
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
