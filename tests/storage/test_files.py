"""A file is replaced whole, or not at all."""

import gzip
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from fetcher.storage.files import check_replaceable, replace_file
from fetcher.storage.output_error import OutputError

WITHOUT_ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")


def names(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file(tmp_path: Path) -> None:
    """All blocks are there, nothing else is, and its permissions are what the umask leaves."""
    replace_file(tmp_path / "r.html", [b"a", b"b"])
    (tmp_path / "usual").touch()
    assert (tmp_path / "r.html").read_bytes() == b"ab"
    assert names(tmp_path) == ["r.html", "usual"]
    assert (tmp_path / "r.html").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_an_old_file_is_there_until_the_new_one_is_whole(tmp_path: Path) -> None:
    """A reader in between sees the old one; then the new one with the old one's permissions."""
    path = tmp_path / "r.html"
    path.write_bytes(b"old")
    path.chmod(0o640)

    def blocks() -> Iterator[bytes]:
        yield b"n"
        assert path.read_bytes() == b"old"
        yield b"ew"

    replace_file(path, blocks())
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    """When the blocks fail, the old file is as it was, and no part of the new one is left."""
    path = tmp_path / "r.html"
    path.write_bytes(b"old")

    def blocks() -> Iterator[bytes]:
        yield b"n"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        replace_file(path, blocks())
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["r.html"]


def test_packed_by_its_suffix(tmp_path: Path) -> None:
    """A name that ends in .gz is written packed."""
    replace_file(tmp_path / "r.html.gz", [b"a", b"b"])
    assert gzip.decompress((tmp_path / "r.html.gz").read_bytes()) == b"ab"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """The file that a symbolic link leads to is replaced, where it is."""
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "real.html").write_bytes(b"old")
    (tmp_path / "r.html").symlink_to(tmp_path / "there" / "real.html")
    replace_file(tmp_path / "r.html", [b"new"])
    assert (tmp_path / "r.html").is_symlink()
    assert (tmp_path / "there" / "real.html").read_bytes() == b"new"


def test_a_long_name(tmp_path: Path) -> None:
    """A name as long as the file system allows leaves room for the temporary one."""
    name = "日" * 80 + "x" * 10 + ".html"
    replace_file(tmp_path / name, [b"new"])
    assert names(tmp_path) == [name]


def test_what_can_be_replaced(tmp_path: Path) -> None:
    """Asking changes nothing: no file is made, and an old one stays as it is."""
    check_replaceable(tmp_path / "r.html")
    assert names(tmp_path) == []
    (tmp_path / "r.html").write_bytes(b"old")
    check_replaceable(tmp_path / "r.html")
    assert (tmp_path / "r.html").read_bytes() == b"old"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("folder", "it is a directory"),
        ("missing/r.html", "its directory does not exist"),
        ("file/r.html", "a part of its path is not a directory"),
        ("x" * 300, "its name is too long"),
    ],
)
def test_what_cannot_be_replaced(tmp_path: Path, name: str, reason: str) -> None:
    """It is said beforehand, with the name that was given and not that of a temporary file."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    before = names(tmp_path)
    with pytest.raises(OutputError) as caught:
        check_replaceable(tmp_path / name)
    assert str(caught.value) == f"cannot write to {tmp_path / name}: {reason}"
    assert names(tmp_path) == before


@WITHOUT_ROOT
@pytest.mark.parametrize("name", ["closed/r.html", "fixed.html"])
def test_what_may_not_be_written(tmp_path: Path, name: str) -> None:
    """Neither into a folder that is closed, nor over a file that is read-only."""
    (tmp_path / "closed").mkdir(0o500)
    (tmp_path / "fixed.html").touch(0o400)
    with pytest.raises(OutputError, match="permission denied"):
        check_replaceable(tmp_path / name)
