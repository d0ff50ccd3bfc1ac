"""A user's function, found by its name in this process and in those that parse."""

import importlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

_FORM = "write package.module:function"


class FunctionError(ValueError):
    """There is no such function; the message says what was looked for, and where."""


@dataclass(frozen=True, slots=True)
class UserFunction:
    """The name of a function, which any process can turn into the function itself.

    name: `package.module:function`. folder: where its modules may lie too, before all other places;
    the current one unless given, as with `python -m`.
    """

    name: str
    folder: str = field(default_factory=os.getcwd)

    def load(self) -> Callable[..., Any]:
        """Return the function; it is imported the first time. Raises FunctionError."""
        return _load(self.name, self.folder)


def load_function(name: str) -> Callable[..., Any]:
    """Import `package.module:function`, from the current folder too.

    A dotted name behind the colon leads through attributes (`module:Class.method`), as in the
    entry points of Python packages. Raises FunctionError.
    """
    return UserFunction(name).load()


@cache
def _load(name: str, folder: str) -> Callable[..., Any]:
    module_name, colon, path = name.partition(":")
    if not all(part.isidentifier() for part in (*module_name.split("."), *path.split("."))):
        raise FunctionError(f"{name!r} names no function; {_form(module_name, colon, path)}")
    found = _import(module_name, folder)
    for attribute in path.split("."):
        try:
            found = getattr(found, attribute)
        except AttributeError:
            raise FunctionError(f"there is no {path!r} in {_place(module_name)}") from None
    if not callable(found):
        raise FunctionError(f"{name} is not a function: it is {found!r:.80}")
    return found  # type: ignore[no-any-return]  # whatever it is, it can be called


def _import(name: str, folder: str) -> Any:
    """Import a module, with the folder first among the places where it can lie."""
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise FunctionError(f"{name} cannot be imported: {error}") from error
        raise FunctionError(
            f"there is no module {error.name!r}, neither in {folder} nor where Python finds "
            "installed ones"
        ) from None
    except (Exception, SystemExit) as error:
        raise FunctionError(
            f"{name} cannot be imported: {type(error).__name__}: {error}"
        ) from error


def _form(module: str, colon: str, path: str) -> str:
    """How the name should be written, close to what was meant where that can be seen."""
    file = module.replace(os.sep, ".").removesuffix(".py").lstrip(".")
    if colon and path.isidentifier() and all(part.isidentifier() for part in file.split(".")):
        return f"write {file}:{path}"
    return _FORM


def _place(module: str) -> str:
    """A module with its file, for it may be another one than was meant."""
    file = getattr(sys.modules[module], "__file__", None)
    return f"{module} ({file})" if file else module
