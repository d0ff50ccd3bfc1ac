"""What the system's errors mean, in plain words."""

import os
import socket
import ssl

from fetcher.notify.words import LONGEST, one_line


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
