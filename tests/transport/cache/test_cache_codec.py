"""Bodies made small, and whole again."""

import os
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.transport.cache import cache_codec
from fetcher.transport.cache.cache_codec import PLAIN, ZLIB, ZSTD, UnreadableEntry, pack, unpack


@given(st.binary(max_size=2000) | st.text(max_size=9).map(lambda text: text.encode() * 300))
def test_what_is_packed_comes_back(body: bytes) -> None:
    """Whatever it is, and never larger than it was."""
    coding, packed = pack(body)
    assert len(packed) <= len(body)
    assert unpack(coding, packed, len(body)) == body


def test_only_what_shrinks_is_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With zstd where there is one, else with zlib."""
    page = b"<p>again and again</p>" * 99
    assert pack(os.urandom(5000))[0] == PLAIN
    assert pack(page)[0] == ZSTD
    monkeypatch.setattr(cache_codec, "_zstd", None)
    coding, packed = pack(page)
    assert (coding, unpack(coding, packed, len(page))) == (ZLIB, page)
    with pytest.raises(UnreadableEntry):
        unpack(ZSTD, packed, len(page))


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        (ZLIB, b"rubbish"),
        (ZSTD, b"rubbish"),
        (PLAIN, b"short"),
        (ZLIB, zlib.compress(bytes(10**6))),
    ],
)
def test_what_is_not_what_was_packed_is_unreadable(coding: str, data: bytes) -> None:
    """Rubbish, another size, and a bomb, of which no more is unpacked than was kept."""
    with pytest.raises(UnreadableEntry):
        unpack(coding, data, 100)
