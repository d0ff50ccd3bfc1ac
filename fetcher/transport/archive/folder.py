"""An archive that is a directory: a file for each body, and an index of all answers.

File names are safe on every file system, and differ wherever the URLs differ.
"""

import hashlib
import json
import mimetypes
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from fetcher import urls
from fetcher.transport.archive.archive import Answer, ArchiveError, Truncation
from fetcher.transport.base import Head
from fetcher.transport.content_encoding import Undecodable, decoder_for
from fetcher.units import rfc3339
from fetcher.urls import Url

_UNSAFE = re.compile(r"[^a-z0-9-]+")
_UNSAFE_IN_HOST = re.compile(r"[^a-z0-9.-]+")
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)")
"""What Windows treats as a device, whatever follows the dot."""
_LONGEST = 80
_DIGEST = 12
"""Hexadecimal digits, 48 bits: two of a million URLs share one in about one case of 500."""


def folder_name(url: Url) -> str:
    """Return the directory for a URL's host, with its port.

    Hosts with similar names may share one: the names of files depend on whole URLs.
    """
    name = _UNSAFE_IN_HOST.sub("_", url.host.lower()).strip("._-")[:_LONGEST].rstrip("._-")
    return f"host_{name}" if not name or _DEVICE.match(name) else name


def file_name(url: Url, content_type: str, number: int) -> str:
    """Return the file name for an answer to a URL: words of its path, and a digest.

    The digest is of the whole URL, so that names differ where only a query or the case of a letter
    does, also on file systems that ignore case. number: of the answer to this URL, from 1.
    """
    path = url.href.partition("://")[2].partition("/")[2].partition("?")[0]
    words = _UNSAFE.sub("_", path.lower())[:_LONGEST].strip("_-") or "index"
    digest = hashlib.sha256(url.href.encode()).hexdigest()[:_DIGEST]
    count = "" if number == 1 else f"_{number}"
    return f"{words}_{digest}{count}{_extension(content_type)}"


def _extension(content_type: str) -> str:
    essence = content_type.partition(";")[0].strip().lower()
    return mimetypes.guess_extension(essence) or ".bin"


INDEX = "index.jsonl"
_BLOCK = 65_536


class FolderWriter:
    """Writes the body of each answer to a file of its own, and then a line to `index.jsonl`.

    Bodies are written without Content-Encoding, up to `limit` bytes; one that cannot be decoded is
    written as it came. A line has: url, time, method, status, headers (pairs, as they came), file
    (null if there is no body), truncated (a reason, or null), encoded (the Content-Encoding that is
    left, or ""). Files that no line names were left by a killed process and can be ignored. Raises
    ArchiveError.
    """

    def __init__(self, directory: Path, limit: int) -> None:
        self._directory = directory
        self._limit = limit
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._index = open(directory / INDEX, "ab+", buffering=0)  # noqa: SIM115
            _remove_cut_line(self._index)
        except OSError as error:
            raise ArchiveError.of(directory, error) from error

    def write(self, answer: Answer) -> None:
        """Write the body, and then its line in the index."""
        try:
            file, encoded, truncation = self._write_body(answer)
            line = json.dumps(
                {
                    "url": answer.url,
                    "time": rfc3339(answer.asked),
                    "method": answer.method,
                    "status": answer.status,
                    "headers": [
                        [_text(name), _text(value)] for name, value in answer.received.fields
                    ],
                    "file": file,
                    "truncated": truncation,
                    "encoded": encoded,
                }
            )
            _append(self._index, line.encode("ascii") + b"\n")
        except OSError as error:
            raise ArchiveError.of(self._directory, error) from error

    def close(self) -> None:
        """Close the index."""
        self._index.close()

    def _write_body(self, answer: Answer) -> tuple[str | None, str, Truncation | None]:
        """Return the file's path in the directory, the coding left, and why it is truncated."""
        if not any(answer.pieces):
            return None, "", answer.truncation
        coding = ", ".join(_values(answer.received, b"content-encoding"))
        path, file = self._new_file(answer)
        truncation = answer.truncation
        with file:
            try:
                for piece in _decoded(answer.pieces, coding):
                    if file.tell() + len(piece) > self._limit:
                        file.write(piece[: self._limit - file.tell()])
                        truncation = truncation or Truncation.LENGTH
                        break
                    file.write(piece)
                coding = ""
            except Undecodable:
                file.seek(0)
                file.truncate()
                file.writelines(answer.pieces)
        return path.relative_to(self._directory).as_posix(), coding, truncation

    def _new_file(self, answer: Answer) -> tuple[Path, BinaryIO]:
        url = urls.parse(answer.url)
        folder = self._directory / folder_name(url)
        folder.mkdir(exist_ok=True)
        number = 1
        while True:
            path = folder / file_name(url, answer.content_type, number)
            try:
                return path, open(path, "xb")
            except FileExistsError:
                number += 1


def _decoded(pieces: tuple[bytes, ...], coding: str) -> Iterator[bytes]:
    decoder = decoder_for(coding)
    for piece in pieces:
        yield from (piece,) if decoder is None else decoder.unpack(piece)


def _values(head: Head, name: bytes) -> list[str]:
    return [_text(value) for key, value in head.fields if key.lower() == name]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _remove_cut_line(index: BinaryIO) -> None:
    """Remove a line that a killed process did not finish."""
    end = index.seek(0, os.SEEK_END)
    place = end
    while place > 0:
        start = max(0, place - _BLOCK)
        index.seek(start)
        newline = index.read(place - start).rfind(b"\n")
        if newline >= 0:
            place = start + newline + 1
            break
        place = start
    if place < end:
        index.truncate(place)


def _append(index: BinaryIO, line: bytes) -> None:
    """Write a line whole or not at all, unless this process is killed."""
    end = index.seek(0, os.SEEK_END)
    try:
        written = index.write(line)
        while written < len(line):
            written += index.write(line[written:])
    except OSError:
        index.truncate(end)
        raise
