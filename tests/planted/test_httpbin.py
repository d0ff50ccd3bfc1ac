"""Each endpoint of httpbin gives the outcome that its documentation promises."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from fetcher.jobs.check import check
from fetcher.judgement.expectations import parse_expectations
from fetcher.judgement.verdict import Checked, Health
from fetcher.model import Target
from fetcher.settings import Settings
from fetcher.transport.base import Method
from tests.planted.case import NOTHING, differences_of
from tests.planted.endpoints import ENDPOINTS, Endpoint
from tests.support.gunicorn import gunicorn


@pytest.fixture(scope="module")
def httpbin() -> Iterator[str]:
    """httpbin under gunicorn; gives the URL of its root."""
    with gunicorn("httpbin:app", ready="/status/200") as root:
        yield root


async def checked(
    url: str, expect: Mapping[str, Any] = NOTHING, method: Method = Method.GET, **changes: Any
) -> Checked:
    """Check one URL, once."""
    settings = Settings(**{"timeout": 30.0, "retries": 0, **changes})
    target = Target(0, url, expected=parse_expectations(expect))
    rows = [row async for row in check([target], settings=settings, method=method, recheck=False)]
    (row,) = rows
    return row


@pytest.mark.parametrize("wanted", ENDPOINTS, ids=lambda wanted: f"{wanted.path} {wanted.health}")
async def test_an_endpoint_has_its_documented_outcome(wanted: Endpoint, httpbin: str) -> None:
    """Verdict, class, reason, status, redirects and size."""
    changes = {"headers": wanted.headers, **wanted.settings}
    row = await checked(httpbin + wanted.path, wanted.expect, **changes)
    assert differences_of(wanted, row) == []
    answer = row.outcome.response
    assert (answer and answer.status) == wanted.status
    assert len(row.outcome.hops) == wanted.redirects
    if wanted.bytes_read is not None:
        assert answer is not None
        assert answer.bytes_read == wanted.bytes_read


@pytest.mark.parametrize("path", ["/get", "/gzip", "/redirect/2", "/image/png"])
async def test_head_asks_for_no_body(path: str, httpbin: str) -> None:
    """What answers GET answers HEAD, and nothing of it is read."""
    row = await checked(httpbin + path, method=Method.HEAD)
    assert row.verdict.health is Health.HEALTHY
    assert row.outcome.response is not None
    assert row.outcome.response.bytes_read == 0


async def test_every_redirect_is_told(httpbin: str) -> None:
    """URL and status of each, first to last."""
    row = await checked(httpbin + "/redirect/3")
    paths = ("/redirect/3", "/relative-redirect/2", "/relative-redirect/1")
    assert [(hop.url, hop.status) for hop in row.outcome.hops] == [
        (httpbin + path, 302) for path in paths
    ]
    assert row.outcome.response is not None
    assert row.outcome.response.url == httpbin + "/get"
