"""aiohttp's parser, made as lenient as curl and browsers, and never silent about a bad body.

On its own it refuses answers that all others accept: a Content-Length that is sent twice, one next
to `Transfer-Encoding: chunked`, bytes after the end. And it reports a malformed chunk to the
connection, but not to the reader of the body.
"""

import re
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp import hdrs
from aiohttp.client_proto import ResponseHandler
from aiohttp.helpers import set_exception
from aiohttp.http_exceptions import BadHttpMessage, BadStatusLine, HttpProcessingError

_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"\r?\ncontent-length[ \t]*:([^\r\n]*)(?=\r?\n)", re.IGNORECASE)
_CODING = re.compile(rb"\r?\ntransfer-encoding[ \t]*:([^\r\n]*)(?=\r?\n)", re.IGNORECASE)
_START = b"HTTP/"

_Fed = tuple[Any, bool, bytes]
_NOTHING: _Fed = ((), False, b"")


class Protocol(ResponseHandler):
    """aiohttp's protocol with the lenient parser."""

    _parser: Any

    def set_response_params(self, **params: Any) -> None:
        """Prepare for the next answer, as aiohttp does."""

        def restart() -> Any:
            ResponseHandler.set_response_params(self, **params)
            fresh, self._parser = self._parser, lenient
            return fresh

        super().set_response_params(**params)
        lenient = self._parser = ResponseParser(self._parser, restart, self.force_close)

    def connection_lost(self, exc: BaseException | None) -> None:
        """End what is being read; a reset does not end a body that lasts until the close.

        A TLS error at this point does: many servers close without a closing alert.
        """
        payload = self._payload
        if isinstance(exc, ConnectionError | TimeoutError) and payload and not payload.is_eof():
            set_exception(payload, aiohttp.ClientPayloadError(str(exc)), exc)
        super().connection_lost(exc)


class ResponseParser:
    """Parses one answer.

    parser: aiohttp's. restart: makes another one. spoiled: called if the connection cannot be used
    again.
    """

    def __init__(
        self, parser: Any, restart: Callable[[], Any], spoiled: Callable[[], None]
    ) -> None:
        self._parser = parser
        self._restart = restart
        self._spoiled = spoiled
        self._seen = b""
        self._payload: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parser, name)

    def feed_data(self, data: bytes) -> _Fed:
        """Parse the next bytes: messages with their payloads, as aiohttp's parser does."""
        if self._payload is None:
            self._seen = self._seen + data if self._seen else data
            if not self._seen.startswith(_START[: len(self._seen)]):
                # aiohttp's accepts RTSP, too, and blank lines before the status line.
                raise BadStatusLine(error="it does not begin with HTTP/")
        try:
            fed: _Fed = self._parser.feed_data(data)
        except HttpProcessingError as error:
            if self._payload is None:
                return self._from_the_start(self._seen, error)
            if self._body_failed(error):
                raise
            return _NOTHING
        if fed[0]:
            message = fed[0][0][0]
            if not message.chunked and hdrs.TRANSFER_ENCODING in message.headers:
                return self._from_the_start(self._seen, None)
            self._note(fed[0])
        return fed

    def _from_the_start(self, data: bytes, error: HttpProcessingError | None) -> _Fed:
        """Parse repaired heads on their own, so that errors after them do not affect them."""
        self._parser = self._restart()
        messages: list[Any] = []
        while self._payload is None:
            end = _BLANK_LINE.search(data)
            if end is None:
                raise error or BadHttpMessage("No end of the headers")
            fed = self._parser.feed_data(repaired(data[: end.end()]))
            if not fed[0]:
                raise error or BadHttpMessage("No end of the headers")
            data = data[end.end() :]
            messages += fed[0]
            self._note(fed[0])
        try:
            more, upgraded, tail = self._parser.feed_data(data)
        except HttpProcessingError as late:
            self._body_failed(late)
            return messages, False, b""
        return [*messages, *more], upgraded, tail

    def _note(self, messages: Any) -> None:
        for message, payload in messages:
            if self._payload is None and (message.code >= 200 or message.code == 101):
                self._payload = payload
                self._seen = b""

    def _body_failed(self, error: HttpProcessingError) -> bool:
        """Tell the body's reader of an error; return True if the body was still being read."""
        self._spoiled()
        if self._payload.is_eof():
            return False  # it concerns bytes after the body, which do not matter
        set_exception(self._payload, aiohttp.ClientPayloadError(error.message), error)
        return True


def repaired(head: bytes) -> bytes:
    """Return a head with only one Content-Length, or one `Transfer-Encoding: chunked`.

    Equal lengths count as one (RFC 9110, section 8.6); next to a chunked Transfer-Encoding, none
    counts (RFC 9112, section 6.3). Different ones stay, to be refused.
    """
    codings = _values(_CODING, head)
    if {*codings, b"identity"} == {b"chunked", b"identity"} and codings[-1] == b"chunked":
        return _with_one(_CODING, _LENGTH.sub(b"", head), b"Transfer-Encoding: chunked")
    lengths = _values(_LENGTH, head)
    if len(set(lengths)) == 1 and not codings:
        return _with_one(_LENGTH, head, b"Content-Length: " + lengths[0])
    return head


def _values(field: re.Pattern[bytes], head: bytes) -> list[bytes]:
    """Return the elements of a list field, in lower case."""
    lines = field.findall(head)
    return [value.strip(b" \t").lower() for line in lines for value in line.split(b",")]


def _with_one(field: re.Pattern[bytes], head: bytes, line: bytes) -> bytes:
    """Return the head with one line instead of all lines of a field."""
    return field.sub(b"", head).replace(b"\n", b"\n" + line + b"\r\n", 1)
