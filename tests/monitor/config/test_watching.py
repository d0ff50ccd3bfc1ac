"""Noticing that files have changed."""

import os
from pathlib import Path

from fetcher.monitor.config import FileWatcher


def settle(changed: FileWatcher) -> bool:
    """Ask as often as it takes until what has changed has come to rest."""
    return changed() or changed()


def test_each_change_is_told_once(tmp_path: Path) -> None:
    """What was written, replaced, removed or made anew; not what stayed as it was."""
    file, other = tmp_path / "a.toml", tmp_path / "b.txt"
    file.write_text("a")
    changed = FileWatcher([file, other])
    assert not settle(changed)
    file.write_text("ab")
    assert settle(changed)
    assert not settle(changed)
    written = file.stat()
    new = tmp_path / "new"
    new.write_text("xy")
    os.utime(new, ns=(written.st_atime_ns, written.st_mtime_ns))
    new.replace(file)
    assert settle(changed)
    other.write_text("")
    assert settle(changed)
    other.unlink()
    assert settle(changed)
    assert not settle(changed)


def test_a_file_that_is_being_written_is_told_when_it_is_finished(tmp_path: Path) -> None:
    """As long as it differs from one look to the next it is not read."""
    file = tmp_path / "a.toml"
    file.write_text("")
    changed = FileWatcher([file])
    for number in range(1, 4):
        file.write_text("x" * number)
        assert not changed()
    assert changed()
    assert not changed()


def test_a_change_that_is_taken_back_is_none(tmp_path: Path) -> None:
    """Only what differs from what is known counts."""
    file = tmp_path / "a.toml"
    file.write_text("a")
    changed = FileWatcher([file])
    file.rename(tmp_path / "b.toml")
    assert not changed()
    (tmp_path / "b.toml").rename(file)
    assert not settle(changed)


def test_new_files_that_fit_a_pattern_count(tmp_path: Path) -> None:
    """Files that come and go; those that do not fit do not matter."""
    changed = FileWatcher([tmp_path / "*.csv"])
    (tmp_path / "a.txt").write_text("")
    assert not settle(changed)
    (tmp_path / "a.csv").write_text("")
    assert settle(changed)
    (tmp_path / "a.csv").unlink()
    assert settle(changed)
