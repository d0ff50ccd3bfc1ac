"""minet's command line with a resolver for host names that are made up, and an authority.

    SSL_CERT_FILE=ca.pem python minet_main.py fetch url -i urls.csv -o out.csv

Every name is at 127.0.0.1, but for those below missing.example.com, which do not exist.
minet trusts certifi's certificates and cannot be told of others; here SSL_CERT_FILE has them.
"""

import os
import socket
import sys
from typing import Any

import certifi


def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
    """Stand in for `socket.getaddrinfo`."""
    if host.endswith(".missing.example.com"):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", port))]


if __name__ == "__main__":
    socket.getaddrinfo = getaddrinfo
    ca_file = os.environ["SSL_CERT_FILE"]
    certifi.where = lambda: ca_file

    # After that, because minet asks for the certificates while it is imported.
    from minet.cli.__main__ import main

    sys.exit(main())
