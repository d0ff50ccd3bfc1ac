"""What the tests of durable outputs share."""

from pathlib import Path

import pytest

from tests.sinks.durable.making import NAMES, fill

COUNT = 60


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with one output of each format, each written in one go."""
    folder = tmp_path_factory.mktemp("undisturbed")
    for name in NAMES:
        fill(folder / name, COUNT)
    return folder
