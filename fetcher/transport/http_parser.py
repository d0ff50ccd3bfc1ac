"""aiohttp's parser made as forgiving as curl and browsers, and never silent about a bad body.

Left alone it refuses answers that everybody else reads: a Content-Length that is there twice, one
next to `Transfer-Encoding: chunked`, bytes after the end. And when a chunk is malformed it tells
the connection, but not whoever waits for the body.
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
    """aiohttp's protocol with the forgiving parser."""

    _parser: Any

    def set_response_params(self, **params: Any) -> None:
        """Prepare for the next answer, as aiohttp does."""

        def begin_again() -> Any:
            ResponseHandler.set_response_params(self, **params)
            fresh, self._parser = self._parser, forgiving
            return fresh

        super().set_response_params(**params)
        forgiving = self._parser = ResponseParser(self._parser, begin_again, self.force_close)

    def connection_lost(self, exc: BaseException | None) -> None:
        """End what is being read; a reset is not the end of a body that lasts until the close.

        A TLS error at this point is: many servers close without saying so in TLS.
        """
        payload = self._payload
        if isinstance(exc, ConnectionError | TimeoutError) and payload and not payload.is_eof():
            set_exception(payload, aiohttp.ClientPayloadError(str(exc)), exc)
        super().connection_lost(exc)


class ResponseParser:
    """Parses one answer.

    parser: aiohttp's. begin_again: makes another one. spoiled: called when the connection cannot
    be used again.
    """

    def __init__(
        self, parser: Any, begin_again: Callable[[], Any], spoiled: Callable[[], None]
    ) -> None:
        self._parser = parser
        self._begin_again = begin_again
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
                # aiohttp's would take RTSP too, and blank lines before the status line.
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
        """Parse mended heads on their own, so that what is wrong after them spoils them not."""
        self._parser = self._begin_again()
        messages: list[Any] = []
        while self._payload is None:
            end = _BLANK_LINE.search(data)
            if end is None:
                raise error or BadHttpMessage("No end of the headers")
            fed = self._parser.feed_data(mended(data[: end.end()]))
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
        """Tell the body's reader; whether it was still being read when the error came."""
        self._spoiled()
        if self._payload.is_eof():
            return False  # it is about bytes after the body, which nobody asked for
        set_exception(self._payload, aiohttp.ClientPayloadError(error.message), error)
        return True


def mended(head: bytes) -> bytes:
    """A response's head with one Content-Length, or one `Transfer-Encoding: chunked`, at the most.

    Repeated equal lengths count as one (RFC 9110, section 8.6); next to a chunked
    Transfer-Encoding there is none (RFC 9112, section 6.3). Different ones are left to be refused.
    """
    codings = _values(_CODING, head)
    if {*codings, b"identity"} == {b"chunked", b"identity"} and codings[-1] == b"chunked":
        return _with_one(_CODING, _LENGTH.sub(b"", head), b"Transfer-Encoding: chunked")
    lengths = _values(_LENGTH, head)
    if len(set(lengths)) == 1 and not codings:
        return _with_one(_LENGTH, head, b"Content-Length: " + lengths[0])
    return head


def _values(field: re.Pattern[bytes], head: bytes) -> list[bytes]:
    """The elements of a list field, lower case."""
    lines = field.findall(head)
    return [value.strip(b" \t").lower() for line in lines for value in line.split(b",")]


def _with_one(field: re.Pattern[bytes], head: bytes, line: bytes) -> bytes:
    """The head with one line in place of all lines of a field."""
    return field.sub(b"", head).replace(b"\n", b"\n" + line + b"\r\n", 1)
