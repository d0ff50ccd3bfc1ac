"""The stand-in for aiohttp's requests works with the aiohttp that is required."""

import aiohttp

from tests.support.aioresponses_support import MockedResponses, mocked_responses

__all__ = ["mocked_responses"]


async def test_a_registered_reply_is_given(mocked_responses: MockedResponses) -> None:
    """Status, headers and body are those that were registered."""
    mocked_responses.get("http://a.test/", body="<title>x</title>", headers={"X-One": "1"})
    async with aiohttp.ClientSession() as session, session.get("http://a.test/") as reply:
        assert (reply.status, reply.headers["X-One"]) == (200, "1")
        assert await reply.text() == "<title>x</title>"
