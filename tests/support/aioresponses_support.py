"""aioresponses with the argument that aiohttp 3.14 requires of a response."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import pytest
from aiohttp import ClientResponse
from aioresponses import aioresponses
from yarl import URL


class MockedResponse(ClientResponse):
    """A response as aioresponses builds it, which leaves out `stream_writer`.

    See pnuckowski/aioresponses#289; once it is settled this class can go.
    """

    def __init__(self, method: str, url: URL, **arguments: Any) -> None:
        """Take what aioresponses gives and supply the rest."""
        # aiohttp asks it how many bytes of the request were sent.
        arguments.setdefault("stream_writer", Mock(output_size=0))
        super().__init__(method, url, **arguments)


class MockedResponses(aioresponses):
    """`aioresponses` whose replies are `MockedResponse` unless a call says otherwise."""

    def add(self, *arguments: Any, **options: Any) -> None:
        """Register a reply; `get`, `post` and the others come through here."""
        options.setdefault("response_class", MockedResponse)
        super().add(*arguments, **options)


@pytest.fixture
def mocked_responses() -> Iterator[MockedResponses]:
    """Replace aiohttp's requests by registered replies for one test.

    A test module uses it by importing its name.
    """
    mocked = MockedResponses()
    with mocked:
        yield mocked
