"""WARC files: what is in them, that others can read them, and that nothing breaks them."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.settings import Settings
from fetcher.transport.archive import ArchiveError, open_archive
from fetcher.transport.archive.archive import Truncation
from fetcher.transport.archive.warc import WarcRecords, WarcWriter
from fetcher.transport.base import Head
from tests.transport.archive.archiving import NOW, TODAY, answer, check, records

CHUNKED = Head(
    b"HTTP/1.1 200 OK", ((b"Transfer-Encoding", b"chunked"), (b"Content-Encoding", b"gzip"))
)


def write(path: Path, *answers: object) -> None:
    """Add answers to a file in a run of its own."""
    writer = WarcWriter(path, Settings())
    for each in answers:
        writer.write(each)  # type: ignore[arg-type]
    writer.close()


def test_an_answer_is_there_with_its_request(tmp_path: Path) -> None:
    """After a record that says who wrote the file, and each referring to it."""
    path = tmp_path / "a.warc.gz"
    write(path, answer(body=b"\x00\xffbody"))
    check(path)
    info, response, request = records(path)
    assert [info.kind, response.kind, request.kind] == ["warcinfo", "response", "request"]
    assert (info.facts["WARC-Filename"], b"fetcher/" in info.content) == ("a.warc.gz", True)
    assert response.block == b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n\x00\xffbody"
    assert request.block == b"GET / HTTP/1.1\r\nHost: h.example\r\n\r\n"
    for record in (response, request):
        assert record.facts["WARC-Target-URI"] == "http://h.example/"
        assert record.facts["WARC-Date"] == TODAY
        assert record.facts["WARC-Warcinfo-ID"] == info.facts["WARC-Record-ID"]
    assert response.facts["WARC-IP-Address"] == "192.0.2.1"
    assert request.facts["WARC-Concurrent-To"] == response.facts["WARC-Record-ID"]
    assert response.facts["WARC-Payload-Digest"].startswith("sha1:")
    assert "WARC-Truncated" not in response.facts


def test_every_record_says_its_version_and_is_packed_alone(tmp_path: Path) -> None:
    """So that readers can begin at each (WARC 1.1, annex D.2)."""
    path = tmp_path / "a.warc.gz"
    write(path, answer())
    members = path.read_bytes().split(b"\x1f\x8b\x08")[1:]
    texts = [gzip.decompress(b"\x1f\x8b\x08" + member) for member in members]
    assert [text[:10] for text in texts] == [b"WARC/1.1\r\n"] * 3


@given(value=st.binary(max_size=30).map(lambda data: bytes(c for c in data if c not in b"\r\n\0")))
def test_heads_are_kept_byte_by_byte(value: bytes) -> None:
    """Also where they are no text in any encoding."""
    head = Head(b"HTTP/1.1 200 \xfc", ((b"X-A", value), (b"x-a", b"2")))
    made = gzip.decompress(WarcRecords("a", {}).of(answer(received=head)))
    assert b"\r\n\r\nHTTP/1.1 200 \xfc\r\nX-A: " + value + b"\r\nx-a: 2\r\n\r\nbody" in made


def test_what_came_in_chunks_is_marked(tmp_path: Path) -> None:
    """The chunks are undone, the packing is not: readers unpack it by the head."""
    path = tmp_path / "a.warc.gz"
    packed = gzip.compress(b"page")
    write(path, answer(pieces=(packed[:5], packed[5:]), received=CHUNKED))
    check(path)
    response = records(path)[1]
    assert response.block.endswith(b"\r\n\r\n" + packed)
    assert b"\r\nX-Crawler-Transfer-Encoding: chunked\r\n" in response.block
    assert b"\r\nContent-Length: %d\r\n" % len(packed) in response.block
    assert response.content == b"page"


def test_an_answer_to_head_keeps_its_head(tmp_path: Path) -> None:
    """It has no chunks that could be undone."""
    path = tmp_path / "a.warc.gz"
    write(path, answer(method="HEAD", body=b"", received=CHUNKED))
    assert b"\r\nTransfer-Encoding: chunked\r\n" in records(path)[1].block


def test_a_304_is_a_revisit(tmp_path: Path) -> None:
    """By the profile that is there for it, with what it refers to (WARC 1.1, section 6.7.3)."""
    path = tmp_path / "a.warc.gz"
    head = Head(b"HTTP/1.1 304 Not Modified", ((b"ETag", b'"x"'),))
    write(path, answer(status=304, body=b"", received=head, original=NOW - 60))
    check_readable = records(path)[1]
    assert check_readable.kind == "revisit"
    assert check_readable.facts["WARC-Profile"].endswith("/1.1/revisit/server-not-modified")
    assert check_readable.facts["WARC-Refers-To-Target-URI"] == "http://h.example/"
    assert check_readable.facts["WARC-Refers-To-Date"] == "2027-01-15T07:59:00Z"
    assert check_readable.block == b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n'


def test_what_is_cut_says_so_and_secrets_are_left_out(tmp_path: Path) -> None:
    """WARC-Truncated with its reason; the request without credentials and cookies."""
    path = tmp_path / "a.warc.gz"
    fields = ((b"authorization", b"Basic x"), (b"Cookie", b"a=sesame"), (b"Accept", b"*/*"))
    head = Head(b"GET / HTTP/1.1", fields)
    write(path, answer(truncation=Truncation.DISCONNECT, sent=head))
    _, response, request = records(path)
    assert response.facts["WARC-Truncated"] == "disconnect"
    assert request.block == b"GET / HTTP/1.1\r\nAccept: */*\r\n\r\n"


@given(place=st.floats(0, 1))
def test_a_cut_file_is_mended(tmp_path_factory: pytest.TempPathFactory, place: float) -> None:
    """Wherever it was cut: all whole records stay, the rest goes, and new ones follow."""
    path = tmp_path_factory.mktemp("cut") / "a.warc.gz"
    write(path, *(answer(f"http://h.example/{number}") for number in range(3)))
    whole = path.read_bytes()
    cut = round(place * len(whole))
    path.write_bytes(whole[:cut])
    write(path, answer("http://h.example/new"))
    kept = _whole_part(whole, cut)
    assert path.read_bytes()[: len(kept)] == kept
    kinds = [record.kind for record in records(path)]
    assert kinds[-3:] == ["warcinfo", "response", "request"]
    assert len(kinds) == len(_sizes(kept)) + 3


def _sizes(data: bytes) -> list[int]:
    """The sizes of a file's members; no test writes their first bytes anywhere else."""
    return [len(part) + 3 for part in data.split(b"\x1f\x8b\x08")[1:]]


def _whole_part(data: bytes, cut: int) -> bytes:
    end = 0
    for size in _sizes(data):
        if end + size > cut:
            break
        end += size
    return data[:end]


@pytest.mark.parametrize(
    "data",
    [b"my notes", gzip.compress(b"my notes"), gzip.compress(b"WARC/1.1\r\n") + b"rubbish"],
)
def test_what_is_no_warc_file_is_left_alone(tmp_path: Path, data: bytes) -> None:
    """Refused with its place, and not a byte removed."""
    path = tmp_path / "a.warc.gz"
    path.write_bytes(data)
    with pytest.raises(ArchiveError, match=r"no WARC record at byte \d+; name another file"):
        WarcWriter(path, Settings())
    assert path.read_bytes() == data


def test_one_file_is_for_one_process(tmp_path: Path) -> None:
    """A second one is refused, and may come when the first is done."""
    path = tmp_path / "a.warc.gz"
    first = WarcWriter(path, Settings())
    with pytest.raises(ArchiveError, match="another process"):
        WarcWriter(path, Settings())
    first.close()
    write(path, answer())
    check(path)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Before anything is fetched."""
    with pytest.raises(ArchiveError, match=r"missing/a\.warc\.gz"):
        open_archive(tmp_path / "missing" / "a.warc.gz", Settings())
    for name in ("a.warc", "a.gz"):
        with pytest.raises(ArchiveError, match=r"ends in \.warc\.gz"):
            open_archive(tmp_path / name, Settings())


WRITER = """
import random, sys
from pathlib import Path
from fetcher.transport.archive.warc import WarcWriter
from fetcher.settings import Settings
from tests.transport.archive.archiving import answer

writer = WarcWriter(Path(sys.argv[1]), Settings())
for number in range(100_000):
    writer.write(answer(f"http://h.example/{number}", random.randbytes(50_000)))
    print(number, flush=True)
"""


def test_a_killed_process_loses_nothing_that_it_reported(tmp_path: Path) -> None:
    """Killed three times in the middle of writing, and begun again each time."""
    path = tmp_path / "a.warc.gz"
    reported = 0
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        )
        assert process.stdout is not None
        for _ in range(20):
            process.stdout.readline()
        process.kill()
        reported += 20 + len(process.communicate()[0].splitlines())
    write(path, answer("http://h.example/last"))
    check(path)
    found = [record for record in records(path) if record.kind == "response"]
    assert len(found) >= reported + 1
    assert found[-1].facts["WARC-Target-URI"] == "http://h.example/last"


LIMITED = """
import random, resource, sys
from pathlib import Path
from fetcher.transport.archive import ArchiveError
from fetcher.transport.archive.warc import WarcWriter
from fetcher.settings import Settings
from tests.transport.archive.archiving import answer

writer = WarcWriter(Path(sys.argv[1]), Settings())
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
for body in (random.randbytes(30_000), random.randbytes(90_000), b"small"):
    try:
        writer.write(answer(body=body))
    except ArchiveError as error:
        print(error)
"""


def test_a_record_that_does_not_fit_is_taken_back(tmp_path: Path) -> None:
    """The system's own words say why, and what is smaller still has its place."""
    pytest.importorskip("resource", reason="this system has no limits to set")
    path = tmp_path / "a.warc.gz"
    command = [sys.executable, "-c", LIMITED, str(path)]
    root = Path(__file__).parents[3]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout == f"cannot save bodies in {path}: File too large\n"
    check(path)
    found = [len(record.content) for record in records(path) if record.kind == "response"]
    assert found == [30_000, 5]
