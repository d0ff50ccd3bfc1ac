"""A user's function is found by its name, or it is said why not."""

import subprocess
import sys
from pathlib import Path

import pytest

from fetcher.parse_stage import FunctionError, UserFunction, load_function
from tests.parse_stage import user_functions
from tests.parse_stage.parsers import ROOT, named


def test_a_function_is_imported_by_name() -> None:
    """What comes is the function itself."""
    assert named("one").load() is user_functions.one


def test_a_dotted_name_leads_through_attributes() -> None:
    """Methods of a class are functions too."""
    assert named("Shop.__call__").load() is user_functions.Shop.__call__


def test_a_module_in_the_current_folder_is_found(tmp_path: Path) -> None:
    """A script beside the list of URLs needs no installing, as with `python -m`."""
    (tmp_path / "my_shop.py").write_text("def extract(page):\n    return {}\n")
    code = (
        f"import sys; sys.path[:] = [p for p in sys.path if p] + [{str(ROOT)!r}]\n"
        "from fetcher.parse_stage import load_function\n"
        "print(load_function('my_shop:extract').__code__.co_filename)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(tmp_path / "my_shop.py")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no_such_module_here:f", "there is no module 'no_such_module_here', neither in"),
        ("tests.no_such_part:f", "there is no module 'tests.no_such_part', neither in"),
        (
            "tests.parse_stage.user_functions:missing",
            "there is no 'missing' in tests.parse_stage.user_",
        ),
        ("tests.parse_stage.user_functions:NOT_CALLABLE", "is not a function: it is 3"),
        ("shop", "'shop' names no function; write package.module:function"),
        ("shop:", "'shop:' names no function; write package.module:function"),
        ("my shop:f", "'my shop:f' names no function; write package.module:function"),
        ("shops/one.py:extract", "'shops/one.py:extract' names no function; write shops.one:extra"),
        ("./one.py:extract", "names no function; write one:extract"),
    ],
)
def test_what_is_no_function_is_said(name: str, message: str) -> None:
    """The message names what is missing, and where it was looked for."""
    with pytest.raises(FunctionError) as caught:
        load_function(name)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import no_such_library_here", "cannot be imported: No module named 'no_such_library"),
        ("1 / 0", "cannot be imported: ZeroDivisionError: division by zero"),
        ("def f(:", "cannot be imported: SyntaxError: invalid syntax"),
        ("raise SystemExit(1)", "cannot be imported: SystemExit: 1"),
    ],
)
def test_a_module_that_fails_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, message: str
) -> None:
    """A fault in the module, or something that it needs, is not taken for its absence."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.delitem(sys.modules, "broken_shop", raising=False)
    (tmp_path / "broken_shop.py").write_text(source)
    with pytest.raises(FunctionError) as caught:
        UserFunction("broken_shop:f", str(tmp_path)).load()
    assert f"broken_shop {message}" in str(caught.value)
