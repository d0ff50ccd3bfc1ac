"""Paths that stand for several files, such as `lists/*.csv`."""

import glob
from pathlib import Path


def is_pattern(path: Path) -> bool:
    """Whether a path stands for all the files that fit it: `*`, `?`, `[…]`, and `**` for folders.

    One that is the name of a file stands for that.
    """
    return glob.has_magic(str(path)) and not path.exists()


def fitting(pattern: Path) -> list[Path]:
    """The files that fit a pattern, in the order of their names."""
    return [
        file
        for found in sorted(glob.glob(str(pattern), recursive=True))
        if (file := Path(found)).is_file()
    ]
