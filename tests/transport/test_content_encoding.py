"""Content-Encoding is undone, piece by piece, and a stream that breaks off is seen."""

import asyncio
import gzip
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise

import brotli
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fetcher.transport import content_encoding
from fetcher.transport.content_encoding import PIECE, Undecodable, decoder_for
from tests.support.raw import RawServer, Script, response
from tests.transport.asking import ask


def raw_deflate(data: bytes) -> bytes:
    """Deflate without the header that RFC 1950 asks for."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def zstd(data: bytes) -> bytes:
    """One zstd frame."""
    return bytes(content_encoding._zstd.compress(data))


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd,
}
VARIANTS = [*PACKERS.items(), ("deflate", raw_deflate)]


def unpack(coding: str, *parts: bytes) -> bytes:
    """Undo a coding; checks the pieces and that the stream may end there."""
    decoder = decoder_for(coding)
    assert decoder is not None
    pieces = [piece for part in parts for piece in decoder.unpack(part)]
    assert all(0 < len(piece) <= 2 * PIECE for piece in pieces)
    assert decoder.complete
    return b"".join(pieces)


@pytest.mark.parametrize(("coding", "pack"), VARIANTS)
@given(
    start=st.binary(max_size=300),
    repeats=st.integers(0, 300_000),
    cuts=st.lists(st.integers(0, 400), max_size=4),
)
@example(start=b"\0" * 4, repeats=65_535, cuts=[])  # zlib holds back the last byte
def test_what_was_packed_comes_out(
    coding: str, pack: Callable[[bytes], bytes], start: bytes, repeats: int, cuts: list[int]
) -> None:
    """Wherever the network cuts the packed bytes, single bytes included."""
    data = start + b"ab\n" * repeats
    packed = pack(data)
    ends = [0, *sorted(cuts), len(packed)]
    assert unpack(coding, *(packed[a:b] for a, b in pairwise(ends))) == data
    if len(packed) < 200:
        assert unpack(coding, *(packed[i : i + 1] for i in range(len(packed)))) == data


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
@given(parts=st.lists(st.binary(max_size=50), min_size=1, max_size=5))
def test_several_members_are_one_body(coding: str, parts: list[bytes]) -> None:
    """Concatenated gzip members and zstd frames, as their RFCs allow."""
    packed = b"".join(map(PACKERS[coding], parts))
    assert unpack(coding, packed) == b"".join(parts)


@pytest.mark.parametrize("rubbish", [b"\0" * 64, b"rubbish", b"\x1f"])
@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_rubbish_after_the_end_is_ignored(coding: str, rubbish: bytes) -> None:
    """Padding after the stream, which browsers ignore too."""
    assert unpack(coding, PACKERS[coding](b"body") + rubbish) == b"body"


@pytest.mark.parametrize(("coding", "pack"), VARIANTS)
def test_a_stream_that_breaks_off_is_not_complete(
    coding: str, pack: Callable[[bytes], bytes]
) -> None:
    """At any byte but the first and the last."""
    packed = pack(bytes(range(256)))
    for end in range(1, len(packed)):
        decoder = decoder_for(coding)
        assert decoder is not None
        for _ in decoder.unpack(packed[:end]):
            pass
        assert not decoder.complete, end


@pytest.mark.parametrize("coding", PACKERS)
@given(data=st.binary(min_size=1, max_size=200))
def test_any_bytes_are_unpacked_or_refused(coding: str, data: bytes) -> None:
    """Nothing but Undecodable comes out of hostile input."""
    decoder = decoder_for(coding)
    assert decoder is not None
    with suppress(Undecodable):
        assert sum(map(len, decoder.unpack(data))) < 1_000_000


@given(st.lists(st.sampled_from(["gzip", "deflate", "br", "zstd"]), min_size=2, max_size=5))
def test_codings_are_undone_in_reverse(names: list[str]) -> None:
    """The first named was applied first (RFC 9110, section 8.4)."""
    packed = b"body"
    for name in names:
        packed = PACKERS[name](packed)
    assert unpack(", ".join(names), packed) == b"body"


@pytest.mark.parametrize("coding", ["", "identity", "none", "utf-8", "text/html", "identity, none"])
def test_names_that_are_no_codings_are_ignored(coding: str) -> None:
    """Servers send such things; the body is as it is."""
    assert decoder_for(coding) is None


@pytest.mark.parametrize("coding", ["compress", "gzip, x-compress", "dcz", ", ".join(["gzip"] * 6)])
def test_what_cannot_be_undone_is_said(coding: str) -> None:
    """Codings that exist and are not supported, and too many layers."""
    with pytest.raises(Undecodable):
        decoder_for(coding)


@pytest.mark.parametrize("coding", [" GZIP ", "gzip,", ", gzip", "identity, gzip"])
def test_a_coding_is_found_however_it_is_written(coding: str) -> None:
    """Without regard to case, space and empty elements."""
    assert unpack(coding, gzip.compress(b"body")) == b"body"


def test_a_zstd_window_over_8_mb_is_refused() -> None:
    """It would cost that much memory before the first byte comes out (RFC 9659)."""
    parameter = content_encoding._zstd.CompressionParameter
    options = {parameter.window_log: 25, parameter.checksum_flag: 1}
    packer = content_encoding._zstd.ZstdCompressor(options=options)
    packed = packer.compress(b"x") + packer.flush()
    decoder = decoder_for("zstd")
    assert decoder is not None
    with pytest.raises(Undecodable):
        list(decoder.unpack(packed))


async def test_exactly_what_can_be_undone_is_asked_for() -> None:
    """The Accept-Encoding header names each coding once."""
    async with RawServer() as server:
        await ask(server.url())
    accepted = server.requests[0].headers["accept-encoding"]
    assert accepted.split(", ") == ["gzip", "deflate", "br", "zstd"]


@pytest.mark.parametrize("coding", PACKERS)
async def test_a_packed_page_comes_out_of_the_transport(coding: str) -> None:
    """Over the network, with its length as read."""
    headers = (("Content-Type", "text/html"), ("Content-Encoding", coding.upper()))
    packed = PACKERS[coding](b"page " * 1_000)
    async with RawServer(default=Script((response(packed, headers=headers),))) as server:
        exchange = await ask(server.url())
    assert (exchange.failure, exchange.page.title) == (None, "page " * 1_000)
    assert exchange.bytes_read == 5_000


BOMB = """
import asyncio, resource, sys
from tests.transport.asking import Counting, request, transport

async def main():
    async with transport(max_bytes=10**10, timeout=50.0) as opened:
        await opened.send(request(sys.argv[1] + "small"))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        reader = Counting()
        exchange = await opened.send(request(sys.argv[1] + sys.argv[2], reader))
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(exchange.failure, reader.got, after - before)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss has other units elsewhere")
@pytest.mark.parametrize("coding", ["deflate", "br", "zstd"])
async def test_a_gigabyte_unfolds_in_little_memory(coding: str) -> None:
    """A process that reads it all grows by a few megabytes (zstd's window is 8 of them)."""
    mega = bytes(1 << 20)
    if coding == "deflate":
        packer = zlib.compressobj(9, wbits=-15)
        block = packer.compress(mega) + packer.flush(zlib.Z_FULL_FLUSH)
        packed = block * 1_024 + packer.flush()
    elif coding == "br":
        maker = brotli.Compressor(quality=1, lgwin=16)
        packed = b"".join(maker.process(mega) for _ in range(1_024)) + maker.finish()
    else:
        packed = zstd(mega) * 1_024
    headers = (("Content-Type", "text/html"), ("Content-Encoding", coding))
    scripts = {f"/{coding}": Script((response(packed, headers=headers),))}
    async with RawServer(scripts) as server:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", BOMB, server.url(), coding, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await child.communicate()
    failure, got, grown = out.decode().split()
    assert (failure, int(got)) == ("None", 1 << 30)
    assert int(grown) < 24_000
