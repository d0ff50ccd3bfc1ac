"""nginx starts from a temporary directory, or says why it does not."""

import urllib.request

import pytest

from tests.support.nginx import SKIP_REASON, Nginx, executable

pytestmark = pytest.mark.skipif(executable() is None, reason=SKIP_REASON)


def test_it_serves_files_from_its_directory() -> None:
    """A file in its root is served, and the directory is gone afterwards."""
    server = Nginx("server { listen 127.0.0.1:{port}; root {root}; }")
    (server.root / "page.html").write_text("<title>served</title>")
    with server, urllib.request.urlopen(f"http://127.0.0.1:{server.port}/page.html") as reply:
        assert reply.read() == b"<title>served</title>"
    assert not server.root.exists()


def test_a_bad_configuration_is_reported_in_its_own_words() -> None:
    """The error carries what nginx printed."""
    server = Nginx("no_such_directive on;")
    with pytest.raises(RuntimeError, match="no_such_directive"):
        server.__enter__()
