"""gunicorn serves an application, and says why when it cannot."""

import http.client
import socket
from contextlib import closing

import pytest

from tests.support.gunicorn import gunicorn


def test_an_application_is_served_and_then_gone() -> None:
    """While the context lasts the port answers, and refuses afterwards."""
    with gunicorn("tests.support.wsgi:hello") as root:
        port = int(root.rpartition(":")[2])
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as client:
            client.request("GET", "/")
            answer = client.getresponse()
            assert answer.read() == b"hello"
        assert "gunicorn" in (answer.getheader("Server") or "")
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", port)) != 0


def test_what_does_not_start_says_why() -> None:
    """An application that is not there is named in gunicorn's own words."""
    with (
        pytest.raises(RuntimeError, match="no_such_name"),
        gunicorn("tests.support.wsgi:no_such_name"),
    ):
        pass
