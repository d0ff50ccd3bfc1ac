"""Why a webhook could not be reached, in plain words."""

import ssl

import aiohttp

from fetcher.notify.system import system_words
from fetcher.notify.words import LONGEST, one_line


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
