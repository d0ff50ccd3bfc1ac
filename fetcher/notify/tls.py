"""The client's side of TLS."""

import ssl


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
