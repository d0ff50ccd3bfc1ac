"""Errors of the system, of TLS and of asyncio: each has its kind, in every phase."""

import asyncio
import errno
import inspect
import socket
import ssl
from collections.abc import Iterator

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from fetcher.failures import Failure, FailureKind, Phase
from fetcher.network_errors import explain
from tests.transport.asking import assert_plain

K = FailureKind
KEY = ConnectionKey("host.test", 80, False, True, None, None, None)


@pytest.mark.parametrize("phase", [Phase.DNS, Phase.CONNECT, Phase.TLS, Phase.HEADERS, Phase.BODY])
@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_every_error_of_the_system_is_mapped(number: int, phase: Phase) -> None:
    """Bare and as aiohttp wraps it, in every phase; and it stays in that part of the way."""
    words = f"Connect call failed ('127.0.0.1', {number})"
    for error in (OSError(number, words), aiohttp.ClientOSError(number, words)):
        failure = explain(error, phase)
        assert failure is not None
        assert failure.kind is not K.INTERNAL_ERROR
        late = (Phase.HEADERS, Phase.BODY)
        if number != errno.ETIMEDOUT:
            assert (failure.phase in late) == (phase in late)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ECONNREFUSED, K.CONNECT_REFUSED),
        (errno.ETIMEDOUT, K.CONNECT_TIMEOUT),
        (errno.ENETUNREACH, K.NETWORK_UNREACHABLE),
        (errno.EHOSTUNREACH, K.NETWORK_UNREACHABLE),
        (errno.EMFILE, K.TOO_MANY_OPEN_FILES),
        (errno.ENFILE, K.TOO_MANY_OPEN_FILES),
        (errno.EADDRNOTAVAIL, K.CONNECT_FAILED),
        (errno.ECONNABORTED, K.CONNECT_FAILED),
    ],
)
@pytest.mark.parametrize("phase", [Phase.DNS, Phase.CONNECT])
def test_what_the_system_says_of_a_connection(number: int, kind: FailureKind, phase: Phase) -> None:
    """By its number, whatever it is wrapped in."""
    error = OSError(number, f"Connect call failed ('127.0.0.1', {number})")
    failure = explain(aiohttp.ClientConnectorError(KEY, error), phase)
    assert failure is not None
    assert failure.kind is kind
    assert failure.detail.startswith(f"127.0.0.1 port {number}")


def test_of_several_errors_the_one_that_says_most_counts() -> None:
    """No IPv6 here and a refusal over IPv4 is a refusal."""
    text = (
        "Multiple exceptions: [Errno 101] Connect call failed ('2001:db8::1', 80, 0, 0), "
        f"[Errno {errno.ECONNREFUSED}] Connect call failed ('192.0.2.1', 80)"
    )
    failure = explain(aiohttp.ClientConnectorError(KEY, OSError(text)), Phase.CONNECT)
    assert failure == Failure.of(K.CONNECT_REFUSED, "2001:db8::1 port 80, 192.0.2.1 port 80")


def os_errors(base: type[BaseException] = OSError) -> Iterator[type[BaseException]]:
    """OSError and all that Python itself derives from it."""
    yield base
    for kind in base.__subclasses__():
        if kind.__module__ in ("builtins", "socket", "ssl", "asyncio.exceptions"):
            yield from os_errors(kind)


@pytest.mark.parametrize("kind", sorted(set(os_errors()), key=str))
@pytest.mark.parametrize("phase", [Phase.CONNECT, Phase.TLS, Phase.HEADERS, Phase.BODY])
def test_every_os_error_class_is_mapped(kind: type[OSError], phase: Phase) -> None:
    """With a number and without arguments, as asyncio raises some."""
    assert explain(kind(errno.EIO, "some words"), phase) is not None
    assert explain(kind(), phase) is not None


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (ssl.SSLError, K.TLS_FAILED),
        (ssl.SSLZeroReturnError, K.TLS_FAILED),
        (ssl.SSLWantReadError, K.TLS_FAILED),
        (ssl.SSLWantWriteError, K.TLS_FAILED),
        (ssl.SSLSyscallError, K.TLS_FAILED),
        (ssl.SSLEOFError, K.TLS_FAILED),
        (ssl.SSLCertVerificationError, K.TLS_INVALID_CERTIFICATE),
    ],
)
def test_each_tls_error_is_tls_also_after_the_handshake(
    kind: type[ssl.SSLError], expected: FailureKind
) -> None:
    """An alert may come instead of the answer; aiohttp then raises an error caused by it."""
    error = kind(1, "[SSL: SOME_THING] some thing (_ssl.c:2580)")
    late = aiohttp.ClientOSError(1, "[SSL: SOME_THING] some thing (_ssl.c:2580)")
    late.__cause__ = error
    for raised in (error, late):
        failure = explain(raised, Phase.HEADERS)
        assert failure is not None
        assert (failure.kind, failure.phase) == (expected, Phase.TLS)
        assert_plain(failure)


def test_no_tls_error_class_is_missing_above() -> None:
    """Python's list of them has not grown."""
    classes = {c for c in vars(ssl).values() if inspect.isclass(c) and issubclass(c, ssl.SSLError)}
    assert {c.__name__ for c in classes} == {
        "SSLError", "SSLZeroReturnError", "SSLWantReadError", "SSLWantWriteError",
        "SSLSyscallError", "SSLEOFError", "SSLCertVerificationError",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("phase", "kind"),
    [
        (Phase.DNS, K.DNS_TIMEOUT),
        (Phase.CONNECT, K.CONNECT_TIMEOUT),
        (Phase.TLS, K.CONNECT_TIMEOUT),
        (Phase.HEADERS, K.READ_TIMEOUT),
        (Phase.BODY, K.READ_TIMEOUT),
    ],
)
@pytest.mark.parametrize("error", [TimeoutError, asyncio.TimeoutError, socket.timeout])
def test_a_timeout_belongs_to_its_phase(
    error: type[Exception], phase: Phase, kind: FailureKind
) -> None:
    """One class for all of them, so the progress decides."""
    assert explain(error(), phase) == Failure.of(kind, phase=phase)
