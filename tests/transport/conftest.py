"""One certificate authority for all tests of the transport."""

import pytest

from tests.support.tls import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority whose certificates the TLS servers have."""
    return Authority.create(tmp_path_factory.mktemp("authority"))
