"""Ask many URLs at once, and account for every one of them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fetcher.failures import Failure, FailureKind
    from fetcher.jobs.titles import fetch_titles, titles
    from fetcher.model import Outcome, Page, Response, Result, Target
    from fetcher.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "Failure",
    "FailureKind",
    "Outcome",
    "Page",
    "Response",
    "Result",
    "Settings",
    "Target",
    "fetch_titles",
    "titles",
]

_HOMES = {
    "Failure": "failures",
    "FailureKind": "failures",
    "Settings": "settings",
    "fetch_titles": "jobs.titles",
    "titles": "jobs.titles",
}


def __getattr__(name: str) -> Any:
    # Importing aiohttp takes half a second, so it waits until something needs it.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"fetcher.{_HOMES.get(name, 'model')}"), name)
