"""WARC records (ISO 28500, WARC 1.1), made by warcio."""

import zlib
from io import BytesIO
from typing import Any

from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from fetcher.archive.base import Answer
from fetcher.archive.times import stamp
from fetcher.transport.base import Head

_VERSION = "1.1"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_SECRET = frozenset({b"authorization", b"cookie", b"proxy-authorization"})
_TRANSFER = b"transfer-encoding"
_LEVEL = 6


class _Exact(StatusAndHeaders):  # type: ignore[misc]
    """A head written byte by byte as it came; warcio would percent-encode what is not ASCII."""

    def __init__(self, head: Head) -> None:
        protocol, _, rest = head.line.decode("latin-1").partition(" ")
        fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in head.fields]
        super().__init__(rest, fields, protocol=protocol)
        lines = [head.line, *(name + b": " + value for name, value in head.fields)]
        self._bytes = b"".join(line + b"\r\n" for line in lines) + b"\r\n"

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        self.headers_buff = self._bytes


class Records:
    """Makes the records of one file, each packed as a gzip member of its own (annex D.2).

    name: the file's. facts: what to say of the program that writes it. Credentials and cookies of
    requests are left out, as archives are passed on. What came with a Transfer-Encoding comes
    without: the field is renamed, as in the archives of Common Crawl, and a Content-Length added.
    """

    def __init__(self, name: str, facts: dict[str, str]) -> None:
        self._buffer = BytesIO()
        self._writer: Any = WARCWriter(self._buffer, gzip=False, warc_version=_VERSION)
        self._info = self._writer.create_warcinfo_record(name, facts)
        self._common = {"WARC-Warcinfo-ID": _identity(self._info)}

    def info(self) -> bytes:
        """The record that the others refer to (section 6.2)."""
        return self._packed(self._info)

    def of(self, answer: Answer) -> bytes:
        """The records of an answer and of its request (sections 6.3, 6.4 and 6.7)."""
        revisited = answer.original is not None
        response = self._revisit(answer) if revisited else self._response(answer)
        facts = {"WARC-Concurrent-To": _identity(response)}
        request = self._record(answer, "request", without_secrets(answer.sent), facts)
        return self._packed(response) + self._packed(request)

    def _response(self, answer: Answer) -> Any:
        body = b"".join(answer.pieces)
        facts = {}
        if answer.ip:
            facts["WARC-IP-Address"] = answer.ip
        if answer.truncation is not None:
            facts["WARC-Truncated"] = answer.truncation.value
        head = without_transfer(answer.received, answer.method, len(body))
        return self._record(answer, "response", head, facts, body)

    def _revisit(self, answer: Answer) -> Any:
        """The record of a 304, which stands for an earlier one (section 6.7.3)."""
        assert answer.original is not None
        facts = {
            "WARC-Profile": _NOT_MODIFIED,
            "WARC-Refers-To-Target-URI": answer.url,
            "WARC-Refers-To-Date": stamp(answer.original),
        }
        if answer.ip:
            facts["WARC-IP-Address"] = answer.ip
        return self._record(answer, "revisit", answer.received, facts)

    def _record(
        self, answer: Answer, kind: str, head: Head, facts: dict[str, str], body: bytes = b""
    ) -> Any:
        return self._writer.create_warc_record(
            answer.url,
            kind,
            payload=BytesIO(body),
            length=len(body),
            http_headers=_Exact(head),
            warc_headers_dict={"WARC-Date": stamp(answer.asked), **self._common, **facts},
        )

    def _packed(self, record: Any) -> bytes:
        self._buffer.seek(0)
        self._buffer.truncate()
        self._writer.write_record(record)
        packer = zlib.compressobj(_LEVEL, wbits=zlib.MAX_WBITS | 16)
        return packer.compress(self._buffer.getbuffer()) + packer.flush()


def without_transfer(head: Head, method: str, size: int) -> Head:
    """The head of an answer whose Transfer-Encoding was undone; size: that of its body."""
    if method == "HEAD" or not any(name.lower() == _TRANSFER for name, _ in head.fields):
        return head
    fields = [
        (b"X-Crawler-" + name if name.lower() == _TRANSFER else name, value)
        for name, value in head.fields
    ]
    return Head(head.line, (*fields, (b"Content-Length", b"%d" % size)))


def without_secrets(head: Head) -> Head:
    """The head of a request as it may be passed on."""
    return Head(head.line, tuple(pair for pair in head.fields if pair[0].lower() not in _SECRET))


def _identity(record: Any) -> str:
    identity: str = record.rec_headers.get_header("WARC-Record-ID")
    return identity
