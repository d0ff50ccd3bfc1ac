"""Pools for the tests, one of each kind for a module, because processes take time to start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fetcher.pool import Pool


@pytest.fixture(scope="module", params=["thread", "process"])
def pool(request: pytest.FixtureRequest) -> Iterator[Pool]:
    """A pool of four threads, then one of two processes."""
    kind = request.param
    with Pool(kind, 4 if kind == "thread" else 2) as made:
        yield made


@pytest.fixture(scope="module")
def processes() -> Iterator[Pool]:
    """A pool of two processes."""
    with Pool("process", 2) as made:
        yield made
