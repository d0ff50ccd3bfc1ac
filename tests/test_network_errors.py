"""No library exception passes unmapped, and a new one in a later release fails a test here."""

import asyncio
import errno
import importlib
import inspect
import pkgutil
import ssl
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from fetcher.failures import Failure, FailureKind, Phase
from fetcher.network_errors import KINDS, describe, explain
from fetcher.transport.connections import Stopped
from fetcher.transport.dns_client import LookupFailed
from tests.transport.asking import assert_plain

K = FailureKind
KEY = ConnectionKey("host.test", 80, False, True, None, None, None)
ASKED: Any = SimpleNamespace(real_url="http://user:secret@host.test/")
SERVER_SIDE = ("web", "worker", "test_utils", "pytest_plugin")

# What each exception of aiohttp is when it comes while waiting for the answer's head. None: it
# belongs to web sockets, uploads of forms, or aiohttp's own insides, and cannot come out of a GET.
EXPECTED: dict[str, FailureKind | None] = {
    "BadContentDispositionHeader": None,
    "BadContentDispositionParam": None,
    "BadHttpMessage": K.INVALID_RESPONSE,
    "BadHttpMethod": K.INVALID_RESPONSE,
    "BadStatusLine": K.INVALID_RESPONSE,
    "ClientConnectionError": K.CONNECTION_CLOSED,
    "ClientConnectionResetError": K.CONNECTION_RESET,
    "ClientConnectorCertificateError": K.TLS_INVALID_CERTIFICATE,
    "ClientConnectorDNSError": K.DNS_NOT_FOUND,
    "ClientConnectorError": K.CONNECTION_RESET,
    "ClientConnectorSSLError": K.TLS_FAILED,
    "ClientError": K.CONNECTION_CLOSED,
    "ClientHttpProxyError": K.PROXY_FAILED,
    "ClientOSError": K.CONNECTION_RESET,
    "ClientPayloadError": K.BODY_TRUNCATED,
    "ClientProxyConnectionError": K.PROXY_FAILED,
    "ClientResponseError": K.INVALID_RESPONSE,
    "ClientSSLError": K.CONNECTION_RESET,
    "ConnectionTimeoutError": K.READ_TIMEOUT,
    "ContentEncodingError": K.BODY_UNDECODABLE,
    "ContentLengthError": K.BODY_TRUNCATED,
    "ContentTypeError": K.INVALID_RESPONSE,
    "DecompressSizeError": K.BODY_TOO_LARGE,
    "EofStream": None,
    "HttpBadRequest": K.INVALID_RESPONSE,
    "HttpProcessingError": K.INVALID_RESPONSE,
    "InvalidHeader": K.INVALID_RESPONSE,
    "InvalidURL": K.INVALID_URL,
    "InvalidURLError": K.INVALID_RESPONSE,
    "InvalidUrlClientError": K.INVALID_URL,
    "InvalidUrlRedirectClientError": K.INVALID_REDIRECT,
    "LineTooLong": K.INVALID_RESPONSE,
    "LookupError": None,
    "NonHttpUrlClientError": K.INVALID_URL,
    "NonHttpUrlRedirectClientError": K.INVALID_REDIRECT,
    "PayloadEncodingError": K.INVALID_RESPONSE,
    "RedirectClientError": K.INVALID_REDIRECT,
    "ServerConnectionError": K.CONNECTION_CLOSED,
    "ServerDisconnectedError": K.CONNECTION_CLOSED,
    "ServerFingerprintMismatch": K.TLS_INVALID_CERTIFICATE,
    "ServerTimeoutError": K.READ_TIMEOUT,
    "SocketTimeoutError": K.READ_TIMEOUT,
    "TooManyMembersError": None,
    "TooManyRedirects": K.TOO_MANY_REDIRECTS,
    "TransferEncodingError": K.INVALID_RESPONSE,
    "UnixClientConnectorError": K.CONNECTION_RESET,
    "UploadAbortedError": K.CONNECTION_RESET,
    "WSHandshakeError": None,
    "WSMessageTypeError": K.INVALID_RESPONSE,
    "WSServerHandshakeError": K.INVALID_RESPONSE,
    "WebSocketError": None,
}


def client_modules() -> Iterator[object]:
    """aiohttp and every module of it that a client has to do with."""
    yield aiohttp
    for module in pkgutil.walk_packages(aiohttp.__path__, "aiohttp."):
        name = module.name.removeprefix("aiohttp.")
        if not name.startswith(SERVER_SIDE):
            yield importlib.import_module(module.name)


def aiohttp_exceptions() -> dict[str, type[BaseException]]:
    """Every exception class that is defined there, by name."""
    return {
        found.__name__: found
        for module in client_modules()
        for found in vars(module).values()
        if inspect.isclass(found)
        and issubclass(found, BaseException)
        and found.__module__.startswith("aiohttp")
        and not found.__module__.startswith("aiohttp.web")
    }


def make(kind: type[BaseException]) -> BaseException:
    """An instance of one of them, with arguments as aiohttp gives them."""
    if kind.__name__ == "UnixClientConnectorError":
        return kind("/a/path", KEY, OSError(errno.EPIPE, "Broken pipe"))
    if issubclass(kind, aiohttp.ClientConnectorCertificateError):
        return kind(KEY, ssl.SSLCertVerificationError(1, "certificate verify failed"))
    if issubclass(kind, aiohttp.ClientConnectorDNSError):
        return kind(KEY, LookupFailed(K.DNS_NOT_FOUND, "host.test: not found"))
    if issubclass(kind, aiohttp.ClientConnectorSSLError):
        return kind(KEY, ssl.SSLError(1, "[SSL: BAD_THING] bad thing (_ssl.c:1006)"))
    if issubclass(kind, aiohttp.ClientConnectorError):
        return kind(KEY, OSError(errno.EPIPE, "Broken pipe"))
    if issubclass(kind, aiohttp.ClientResponseError):
        return kind(ASKED, (), status=400, message="some words")
    if issubclass(kind, aiohttp.ServerFingerprintMismatch):
        return kind(b"a", b"b", "host.test", 80)
    if kind.__name__ == "HttpProcessingError":
        return kind(code=400, message="some words")
    if kind.__name__ == "WebSocketError":
        return kind(1002, "some words")
    return kind("some words")


def test_the_table_of_aiohttp_exceptions_is_complete() -> None:
    """A name more or less: decide what it means, in errors.py and here."""
    assert sorted(aiohttp_exceptions()) == sorted(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_aiohttp_exception_is_what_it_should_be(name: str) -> None:
    """In the headers phase, with words that need no knowledge of the library."""
    failure = explain(make(aiohttp_exceptions()[name]), Phase.HEADERS)
    expected = EXPECTED[name]
    assert (failure and failure.kind) == expected
    if failure is not None:
        assert_plain(failure)


def test_every_client_error_is_named_or_a_known_general_one() -> None:
    """None falls through to the last resort but those that say nothing particular."""
    general = {"ClientError", "ClientConnectionError", "ServerConnectionError"}
    named = tuple(kind for kind, _ in KINDS)
    treated = (aiohttp.ClientPayloadError, OSError)
    for name, kind in aiohttp_exceptions().items():
        if issubclass(kind, aiohttp.ClientError) and name not in general:
            assert issubclass(kind, (*named, *treated)), name


def test_in_the_table_a_subclass_stands_before_its_base() -> None:
    """The first match wins, so a base before its subclass would hide it."""
    classes = [kind for kind, _ in KINDS]
    for position, kind in enumerate(classes):
        assert not any(issubclass(later, kind) for later in classes[position + 1 :]), kind


@pytest.mark.parametrize("error", [RuntimeError("x"), KeyError("x"), asyncio.QueueEmpty()])
def test_what_no_network_raises_is_a_defect(error: Exception) -> None:
    """It has no failure kind: the engine reports an internal error."""
    assert explain(error, Phase.BODY) is None


def test_wrapped_errors_are_unwrapped() -> None:
    """What this program wraps itself comes out as it went in."""
    denied = Failure.of(K.ADDRESS_DENIED, "host.test is private")
    assert explain(Stopped(denied), Phase.CONNECT) == denied


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            aiohttp.ClientConnectorError(
                KEY, OSError(errno.ECONNREFUSED, "Connect call failed ('10.0.0.1', 80)")
            ),
            "host.test:80: connection refused",
        ),
        (
            aiohttp.ClientConnectorError(KEY, OSError(errno.EPIPE, "Broken pipe")),
            "host.test:80: cannot connect: Broken pipe",
        ),
        (
            aiohttp.ClientConnectorDNSError(KEY, OSError(None, "not found")),
            "host.test: the name could not be resolved",
        ),
        (
            aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError(1, "[SSL: BAD] bad (_ssl.c:1006)")),
            "host.test:80: TLS failed: bad",
        ),
        (
            aiohttp.ClientConnectorCertificateError(KEY, ssl.SSLCertVerificationError(1, "no")),
            "host.test:80: the TLS certificate is not valid: no",
        ),
        (aiohttp.ServerDisconnectedError(), "the connection was closed without a response"),
        (aiohttp.ClientOSError(errno.ECONNRESET, "reset"), "the connection was lost: reset"),
        (
            aiohttp.ClientResponseError(ASKED, (), status=400, message="Bad status line"),
            "the response is not valid HTTP: Bad status line",
        ),
        (aiohttp.ClientPayloadError("x"), "body truncated"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), "connection refused"),
        (ValueError("of\n ours"), "ValueError: of ours"),
    ],
)
def test_a_notification_gets_one_line_without_advice(error: Exception, words: str) -> None:
    """Where it failed and why; no option of the command line, and no secret of the URL."""
    assert describe(error) == words


def test_words_of_the_other_side_lose_their_control_characters() -> None:
    """A reason phrase is a stranger's text; so are escape sequences in it."""
    error = aiohttp.ClientHttpProxyError(ASKED, (), status=502, message="no\r\n\x1b[31m\u202e way")
    failure = explain(error, Phase.CONNECT)
    assert failure is not None
    assert failure.detail == "502 no [31m way"
