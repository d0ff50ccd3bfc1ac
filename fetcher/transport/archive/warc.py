"""An archive that is one WARC file (ISO 28500, WARC 1.1); warcio makes the records."""

import os
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from fetcher import __version__
from fetcher.settings import Settings
from fetcher.storage.files import take_lock
from fetcher.transport.archive.archive import Answer, ArchiveError
from fetcher.transport.base import Head
from fetcher.units import rfc3339

_VERSION = "1.1"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_SECRET = frozenset({b"authorization", b"cookie", b"proxy-authorization"})
_TRANSFER = b"transfer-encoding"
_LEVEL = 6


class _Exact(StatusAndHeaders):  # type: ignore[misc]
    """A head that is written exactly as it came; warcio would percent-encode non-ASCII bytes."""

    def __init__(self, head: Head) -> None:
        protocol, _, rest = head.line.decode("latin-1").partition(" ")
        fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in head.fields]
        super().__init__(rest, fields, protocol=protocol)
        lines = [head.line, *(name + b": " + value for name, value in head.fields)]
        self._bytes = b"".join(line + b"\r\n" for line in lines) + b"\r\n"

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        self.headers_buff = self._bytes


class WarcRecords:
    """Makes the records of one file, each a gzip member of its own (annex D.2).

    Credentials and cookies of requests are left out, as archives are passed on. A body that came
    with a Transfer-Encoding is stored without it: the field is renamed, as in the archives of
    Common Crawl, and a Content-Length is added.

    name: of the file. facts: about the program that writes it.
    """

    def __init__(self, name: str, facts: dict[str, str]) -> None:
        self._buffer = BytesIO()
        self._writer: Any = WARCWriter(self._buffer, gzip=False, warc_version=_VERSION)
        self._info = self._writer.create_warcinfo_record(name, facts)
        self._common = {"WARC-Warcinfo-ID": _identity(self._info)}

    def info(self) -> bytes:
        """Return the record that the others refer to (section 6.2)."""
        return self._packed(self._info)

    def of(self, answer: Answer) -> bytes:
        """Return the records of an answer and its request (sections 6.3, 6.4 and 6.7)."""
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
        """Return the record of a 304, which stands for an earlier one (section 6.7.3)."""
        assert answer.original is not None
        facts = {
            "WARC-Profile": _NOT_MODIFIED,
            "WARC-Refers-To-Target-URI": answer.url,
            "WARC-Refers-To-Date": rfc3339(answer.original) or "",
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
            warc_headers_dict={"WARC-Date": rfc3339(answer.asked), **self._common, **facts},
        )

    def _packed(self, record: Any) -> bytes:
        self._buffer.seek(0)
        self._buffer.truncate()
        self._writer.write_record(record)
        packer = zlib.compressobj(_LEVEL, wbits=zlib.MAX_WBITS | 16)
        return packer.compress(self._buffer.getbuffer()) + packer.flush()


def without_transfer(head: Head, method: str, size: int) -> Head:
    """Return the head of an answer without its Transfer-Encoding; size: of its body, in bytes."""
    if method == "HEAD" or not any(name.lower() == _TRANSFER for name, _ in head.fields):
        return head
    fields = [
        (b"X-Crawler-" + name if name.lower() == _TRANSFER else name, value)
        for name, value in head.fields
    ]
    return Head(head.line, (*fields, (b"Content-Length", b"%d" % size)))


def without_secrets(head: Head) -> Head:
    """Return the head of a request as it may be passed on."""
    return Head(head.line, tuple(pair for pair in head.fields if pair[0].lower() not in _SECRET))


def _identity(record: Any) -> str:
    identity: str = record.rec_headers.get_header("WARC-Record-ID")
    return identity


_BLOCK = 65_536
_START = b"WARC/"


class Damaged(Exception):
    """The file is damaged, or was not written by this program; the message says where."""


def whole_end(file: BinaryIO) -> int:
    """Return where the last whole record ends, in bytes from the start.

    Each record is a gzip member of its own (WARC 1.1, annex D.2). Only the beginning of another one
    may follow the last whole record; anything else raises Damaged, because it could be somebody's
    data. Reads the whole file: gzip has no index.
    """
    file.seek(0)
    end = read = 0
    record = _Record()
    while block := file.read(_BLOCK):
        read += len(block)
        while block:
            try:
                block = record.feed(block)
            except (zlib.error, ValueError) as error:
                raise Damaged(f"there is no WARC record at byte {end}") from error
            if record.is_whole:
                end, record = read - len(block), _Record()
    return end


class _Record:
    """One gzip member as it is read."""

    def __init__(self) -> None:
        self._unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._begun = b""

    @property
    def is_whole(self) -> bool:
        return self._unpacker.eof

    def feed(self, data: bytes) -> bytes:
        """Take bytes; return those that follow the member. Raises zlib.error, ValueError."""
        text = self._unpacker.decompress(data)
        self._begun = (self._begun + text[: len(_START)])[: len(_START)]
        if not _START.startswith(self._begun):
            raise ValueError("it is not a record")
        return self._unpacker.unused_data


class WarcWriter:
    """Writes each answer, with its request, to the end of a WARC file.

    The file is for one process at a time. An existing one is read as a whole, and a record that a
    killed process did not finish is removed. A record that cannot be written whole is removed
    again. Raises ArchiveError.
    """

    def __init__(self, path: Path, settings: Settings) -> None:
        self._path = path
        self._records = WarcRecords(path.name, _facts(settings))
        try:
            self._file: BinaryIO = open(path, "ab+", buffering=0)  # noqa: SIM115
        except OSError as error:
            raise ArchiveError.of(path, error) from error
        try:
            self._end = self._take_over()
            self._append(self._records.info())
        except BaseException:
            self._file.close()
            raise

    def write(self, answer: Answer) -> None:
        """Write an answer's records as one piece."""
        self._append(self._records.of(answer))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _take_over(self) -> int:
        """Lock the file, and remove a cut record; return where the file ends now."""
        try:
            take_lock(self._file)
            end = whole_end(self._file)
            if end < self._file.seek(0, os.SEEK_END):
                self._file.truncate(end)
        except BlockingIOError:
            raise ArchiveError(str(self._path), "another process is writing to it") from None
        except Damaged as error:
            raise ArchiveError(str(self._path), f"{error}; name another file") from error
        except OSError as error:
            raise ArchiveError.of(self._path, error) from error
        return end

    def _append(self, data: bytes) -> None:
        try:
            left = memoryview(data)
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            with suppress(OSError):  # the next run repairs it
                self._file.truncate(self._end)
            raise ArchiveError.of(self._path, error) from error
        self._end += len(data)


def _facts(settings: Settings) -> dict[str, str]:
    return {
        "software": f"fetcher/{__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "http-header-user-agent": settings.user_agent,
        "robots": "obey" if settings.robots else "ignore",
    }
