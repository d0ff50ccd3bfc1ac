"""TLS contexts of channels, and plain explanations of network errors."""

import os
import socket
import ssl

import aiohttp

from fetcher.text import shorten


def system_error_text(error: OSError) -> str:
    """Return the message of the system or OpenSSL.

    asyncio replaces it with the name of the call that failed.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        text = f"the TLS certificate is not valid: {error.verify_message}"
    elif isinstance(error, ssl.SSLError):
        text = (error.reason or "unknown").replace("_", " ").lower()
    elif isinstance(error, socket.gaierror) or not error.errno:
        text = error.strerror or str(error) or type(error).__name__
    else:
        text = os.strerror(error.errno)
    return shorten(text)


def explain(error: Exception) -> str:
    """Explain an exception of aiohttp or of the system in plain words."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return f"{error.host}: the TLS certificate is not valid: {_verify_message(error)}"
        case aiohttp.ClientConnectorDNSError():
            return f"{error.host}: the name could not be resolved"
        case aiohttp.ClientConnectorSSLError():
            return f"{error.host}:{error.port}: TLS failed: {system_error_text(error.os_error)}"
        case aiohttp.ClientConnectorError():
            return f"{error.host}:{error.port}: cannot connect: {system_error_text(error.os_error)}"
        case aiohttp.ServerDisconnectedError():
            return "the connection was closed without a response"
        case aiohttp.ClientOSError():
            return f"the connection was lost: {system_error_text(error)}"
        case aiohttp.ClientResponseError():
            return f"the response is not valid HTTP: {shorten(error.message)}"
    return shorten(f"{type(error).__name__}: {error}")


def _verify_message(error: aiohttp.ClientConnectorCertificateError) -> str:
    inner = error.certificate_error
    if isinstance(inner, ssl.SSLCertVerificationError):
        return inner.verify_message
    return shorten(str(inner))


def client_context(cacert: str | None, *, insecure: bool = False) -> ssl.SSLContext:
    """Create a TLS context that verifies the server, by a certificate file or the system's store.

    Raises ValueError if that file cannot be read or contains no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=cacert)
    except OSError as error:
        raise ValueError(f"cacert: cannot use {cacert}: {error.strerror or error}") from None
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
