"""Why a webhook could not be reached, in plain words.

What the system's errors mean, in plain words.

The client's side of TLS.
"""

import os
import socket
import ssl

import aiohttp

from fetcher.text import LONGEST, one_line


def system_words(error: OSError) -> str:
    """Say what the system or OpenSSL means, in its own words.

    asyncio puts in their place which of its calls failed.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        words = f"the TLS certificate is not valid: {error.verify_message}"
    elif isinstance(error, ssl.SSLError):
        words = (error.reason or "unknown").replace("_", " ").lower()
    elif isinstance(error, socket.gaierror) or not error.errno:
        words = error.strerror or str(error) or type(error).__name__
    else:
        words = os.strerror(error.errno)
    return one_line(words, LONGEST)


def explain(error: Exception) -> str:
    """Say in plain words what an exception of aiohttp or of the system means."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return f"{error.host}: its TLS certificate is not valid: {_verdict(error)}"
        case aiohttp.ClientConnectorDNSError():
            return f"{error.host}: this name could not be looked up"
        case aiohttp.ClientConnectorSSLError():
            return f"{error.host}:{error.port}: TLS failed: {system_words(error.os_error)}"
        case aiohttp.ClientConnectorError():
            return f"{error.host}:{error.port}: no connection: {system_words(error.os_error)}"
        case aiohttp.ServerDisconnectedError():
            return "the connection was closed without an answer"
        case aiohttp.ClientOSError():
            return f"the connection broke: {system_words(error)}"
        case aiohttp.ClientResponseError():
            return f"the answer is not HTTP: {one_line(error.message, LONGEST)}"
    return one_line(f"{type(error).__name__}: {error}", LONGEST)


def _verdict(error: aiohttp.ClientConnectorCertificateError) -> str:
    inner = error.certificate_error
    if isinstance(inner, ssl.SSLCertVerificationError):
        return inner.verify_message
    return one_line(str(inner), LONGEST)


def client_context(cacert: str | None, *, insecure: bool = False) -> ssl.SSLContext:
    """Make a context that verifies the other side, by one file of certificates or the system's.

    Raises ValueError when that file cannot be read or holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=cacert)
    except OSError as error:
        raise ValueError(f"cacert: {cacert} cannot be used: {error.strerror or error}") from None
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
