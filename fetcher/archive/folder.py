"""An archive that is a directory: a file for each body, and an index of all answers."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from fetcher import urls
from fetcher.archive.base import Answer, ArchiveError, Truncation
from fetcher.archive.names import file_name, folder_name
from fetcher.archive.times import stamp
from fetcher.transport.base import Head
from fetcher.transport.decoding import Undecodable, decoder_for

INDEX = "index.jsonl"
_BLOCK = 65_536


class FolderWriter:
    """Writes the body of each answer to a file of its own, and then a line of `index.jsonl`.

    Bodies are written without Content-Encoding, up to `limit` bytes; one that cannot be decoded is
    written as it came. A line has: url, time, method, status, headers (pairs, as they came), file
    (null where there is no body), truncated (a reason, or null), encoded (the Content-Encoding that
    is left, or ""). Files that no line names are what a killed process left, and count for nothing.
    Raises ArchiveError.
    """

    def __init__(self, directory: Path, limit: int) -> None:
        self._directory = directory
        self._limit = limit
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._index = open(directory / INDEX, "ab+", buffering=0)  # noqa: SIM115
            _mend(self._index)
        except OSError as error:
            raise ArchiveError.of(directory, error) from error

    def write(self, answer: Answer) -> None:
        """Write the body, and then the line that names it."""
        try:
            file, encoded, truncation = self._write_body(answer)
            line = json.dumps(
                {
                    "url": answer.url,
                    "time": stamp(answer.asked),
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
        """Let go of the index."""
        self._index.close()

    def _write_body(self, answer: Answer) -> tuple[str | None, str, Truncation | None]:
        """The file's name in the directory, the coding that is left, and why it is not whole."""
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


def _mend(index: BinaryIO) -> None:
    """Remove the line that a killed process did not finish."""
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
    """Write a line whole or not at all, as far as this process lives."""
    end = index.seek(0, os.SEEK_END)
    try:
        written = index.write(line)
        while written < len(line):
            written += index.write(line[written:])
    except OSError:
        index.truncate(end)
        raise
