"""Unpacking: gzip by its first bytes, UTF-16, byte order marks."""

import gzip
import tracemalloc
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.sources.base import BLOCK_SIZE, BrokenInput
from fetcher.sources.decompression import Unpacker, unpacked
from tests.sources.readers import CUTS, blocks


def text_of(parts: Iterable[bytes]) -> bytes:
    """Unpack everything."""
    return b"".join(unpacked(parts))


def read_until_broken(parts: Iterable[bytes]) -> tuple[bytes, str]:
    """Unpack what can be unpacked, and say what broke."""
    good = b""
    try:
        for part in unpacked(parts):
            good += part
    except BrokenInput as error:
        return good, str(error)
    return good, ""


@given(st.text(max_size=60), CUTS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.booleans())
def test_every_packing_reads_back(text: str, cuts: list[int], encoding: str, packed: bool) -> None:
    """A text comes back as UTF-8 however it was encoded, compressed and cut."""
    text = "x" + text  # Not something that looks like a mark itself.
    data = text.encode(encoding)
    if packed:
        data = gzip.compress(data[:20]) + gzip.compress(data[20:])
    assert text_of(blocks(data, cuts)) == text.encode()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_xml_in_utf_16_needs_no_mark(encoding: str) -> None:
    """An XML file in UTF-16 is recognised by its first character (XML 1.0, appendix F)."""
    assert text_of(["<a>ü</a>".encode(encoding)]) == "<a>ü</a>".encode()


@pytest.mark.parametrize("cut", [b"\x41", b"\x00\xd8"])
def test_half_a_utf_16_character_shows(cut: bytes) -> None:
    """What is cut in the middle of a character becomes a byte that is not UTF-8."""
    data = b"".join(unpacked([b"\xff\xfea\0" + cut]))
    assert data.startswith(b"a")
    with pytest.raises(UnicodeDecodeError):
        data.decode()


def test_a_cut_gzip_file_gives_what_is_there() -> None:
    """The beginning is read, then the cut is reported."""
    lines = b"".join(b"http://example.com/%d\n" % n for n in range(20_000))
    packed = gzip.compress(lines)
    good, problem = read_until_broken([packed[: len(packed) // 2]])
    assert problem == "the gzip data is truncated"
    assert len(good) > len(lines) // 4
    assert lines.startswith(good)


def test_a_wrong_checksum_costs_no_data() -> None:
    """The error that only the last bytes show does not take the rows before with it."""
    packed = bytearray(gzip.compress(b"http://a/\nhttp://b/\n"))
    packed[-8] ^= 1
    good, problem = read_until_broken([bytes(packed)])
    assert good == b"http://a/\nhttp://b/\n"
    assert problem == "the gzip data is corrupt (incorrect data check)"


def test_zeros_may_follow_gzip_data_but_nothing_else() -> None:
    """Padding is ignored, other bytes are reported."""
    packed = gzip.compress(b"a\n")
    assert read_until_broken([packed + b"\0" * 100]) == (b"a\n", "")
    assert read_until_broken([packed + b"more"]) == (
        b"a\n",
        "unexpected data after the gzip data",
    )


def test_a_bomb_is_never_held() -> None:
    """A hundred megabytes of zeros out of a hundred kilobytes pass in small blocks."""
    packed = gzip.compress(bytes(100_000_000), 9)
    tracemalloc.start()
    try:
        size = 0
        for part in unpacked([packed]):
            assert len(part) <= BLOCK_SIZE
            size += len(part)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size == 100_000_000
    assert peak < 2_000_000


def test_a_whole_first_line_is_not_waited_for() -> None:
    """What cannot be the beginning of a mark passes at once, for lists that grow slowly."""
    assert list(Unpacker().feed(b"a\n")) == [b"a\n"]
