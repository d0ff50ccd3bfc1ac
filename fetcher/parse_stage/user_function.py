"""A user's function, imported by its name in this process and in the workers."""

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
    """The name of a function, which any process can import.

    Attributes:
        name: `package.module:function`.
        folder: searched for modules before all other places; by default the current folder, as
            with `python -m`.
    """

    name: str
    folder: str = field(default_factory=os.getcwd)

    def load(self) -> Callable[..., Any]:
        """Return the function, imported the first time. Raises FunctionError."""
        return _load(self.name, self.folder)


def load_function(name: str) -> Callable[..., Any]:
    """Import `package.module:function`, also from the current folder.

    A dotted name after the colon is an attribute path (`module:Class.method`), as in the entry
    points of Python packages. Raises FunctionError.
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
    """Import a module, searching the folder first."""
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise FunctionError(f"{name} cannot be imported: {error}") from error
        raise FunctionError(
            f"there is no module {error.name!r}, neither in {folder} nor among the installed ones"
        ) from None
    except (Exception, SystemExit) as error:
        raise FunctionError(
            f"{name} cannot be imported: {type(error).__name__}: {error}"
        ) from error


def _form(module: str, colon: str, path: str) -> str:
    """Say how to write the name, close to what was probably meant."""
    file = module.replace(os.sep, ".").removesuffix(".py").lstrip(".")
    if colon and path.isidentifier() and all(part.isidentifier() for part in file.split(".")):
        return f"write {file}:{path}"
    return _FORM


def _place(module: str) -> str:
    """Return a module's name with its file, for it may be another module than was meant."""
    file = getattr(sys.modules[module], "__file__", None)
    return f"{module} ({file})" if file else module
