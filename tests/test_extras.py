"""Optional libraries: the message that a missing one produces."""

import sys
import tomllib
from pathlib import Path

import pytest

from fetcher.extras import EXTRAS, optional_library

ROOT = Path(__file__).parent.parent


def test_every_optional_library_has_its_extra() -> None:
    """The table and pyproject.toml name the same extras with the same libraries."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    declared = {
        requirement.partition(">=")[0]: extra
        for extra, requirements in extras.items()
        if extra not in ("test", "dev")
        for requirement in requirements
    }
    assert declared == EXTRAS


@pytest.mark.parametrize("library", EXTRAS)
def test_a_missing_library_is_explained(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the library in a command that works in a clone, too."""
    monkeypatch.setitem(sys.modules, library, None)
    expected = f"^this needs {library}; install it with: pip install {library}$"
    with (
        pytest.raises(RuntimeError, match=expected),
        optional_library(library, "this", RuntimeError),
    ):
        __import__(library)


def test_a_submodule_counts_as_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is imported first is often `library.part`."""
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with (
        pytest.raises(RuntimeError, match="needs pyarrow"),
        optional_library("pyarrow", "this", RuntimeError),
    ):
        __import__("pyarrow.parquet")


def test_another_missing_module_is_not_blamed_on_the_library() -> None:
    """A broken installation shows its own error."""
    with (
        pytest.raises(ModuleNotFoundError, match="no_such_module"),
        optional_library("pyarrow", "this", RuntimeError),
    ):
        __import__("no_such_module")


def test_a_library_that_is_no_extra_is_refused() -> None:
    """A misspelt name would never match, and the error would pass unexplained."""
    with pytest.raises(ValueError, match="numpy"), optional_library("numpy", "this", RuntimeError):
        pass
