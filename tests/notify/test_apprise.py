"""Apprise, by its own JSON service, against a real receiver."""

import json
import logging
import logging.handlers

import pytest

from fetcher.notify.apprise import Apprise
from tests.notify.receiving import DOWN, UP, receiver, status

pytestmark = [
    # Apprise loads all its plugins, and one of them a module that Python 3.13 has no more.
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning"),
]


def channel(*urls: str) -> Apprise:
    """A channel of Apprise's JSON service."""
    return Apprise.open("ops", {"urls": [url.replace("http://", "json://") for url in urls]})


async def test_a_notice_arrives() -> None:
    """With its subject, its text, and whether it is good news."""
    async with receiver() as it:
        ops = channel(it.url)
        assert await ops.send(DOWN) is None
        assert await ops.send(UP) is None
        await ops.aclose()
    bodies = [json.loads(request.body) for request in it.received]
    assert [body["type"] for body in bodies] == ["warning", "success"]
    assert bodies[1]["title"] == UP.subject
    assert bodies[0]["message"].strip() == DOWN.text.strip()


async def test_the_reason_is_what_apprise_logs() -> None:
    """It says it nowhere else."""
    async with receiver(status(418)) as it:
        refused = await channel(it.url).send(DOWN)
    assert refused is not None
    assert refused.error.startswith("NotifyJSON: ")
    assert "418" in refused.error
    assert not refused.partly


async def test_sent_again_it_goes_to_those_that_did_not_take_it() -> None:
    """The other service has it, and does not get it twice."""
    async with receiver() as good, receiver(status(500), status(200)) as bad:
        ops = channel(good.url, bad.url)
        refused = await ops.send(DOWN)
        assert refused is not None
        assert refused.partly
        assert await ops.send(DOWN) is None
        assert await ops.send(DOWN) is None
    assert len(good.received) == 2
    assert len(bad.received) == 3


async def test_a_receiver_that_is_not_there_is_a_refusal() -> None:
    """Nothing raises."""
    async with receiver() as it:
        url = it.url
    refused = await channel(url).send(DOWN)
    assert refused is not None
    assert refused.error


@pytest.mark.parametrize("url", ["nonsense://u:S3CR3T@host/", "S3CR3T", ""])
def test_a_url_that_apprise_does_not_understand_is_said_by_its_number(url: str) -> None:
    """And not shown, because it may hold a password."""
    with pytest.raises(ValueError, match="urls: Apprise does not support URL number 2") as caught:
        channel("json://127.0.0.1/", url)
    assert "S3CR3T" not in str(caught.value)


def test_what_apprise_logs_does_not_come_into_our_log() -> None:
    """It names a URL that it does not understand."""
    ours = logging.handlers.BufferingHandler(1000)
    logging.getLogger().addHandler(ours)
    try:
        with pytest.raises(ValueError, match="number 1"):
            channel("S3CR3T")
    finally:
        logging.getLogger().removeHandler(ours)
    assert not [record for record in ours.buffer if record.name == "apprise"]
