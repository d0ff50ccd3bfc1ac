"""The commands of `fetcher`."""

from collections.abc import Callable, Container
from importlib import import_module
from typing import Annotated, Any

import typer

from fetcher.cli.exits import epilog

COMMANDS = {
    "titles": "Find the page title of each URL, and write one row for each.",
    "scrape": "Take fields from the page of each URL, and write them as rows.",
    "check": "Say of each URL whether it is healthy, and if not, why.",
    "diff": "Compare two results of a check.",
    "demo": "Start a small web site on this machine, and find the titles of its pages.",
}
"""Each command, which lives in the module of its name, and what it does in one line."""


def make_app(wanted: Container[str] = COMMANDS) -> typer.Typer:
    """Make the program; commands that are not wanted are there by name only.

    To import and describe them all takes longer than everything else that `fetcher --help` does.
    """
    app = typer.Typer(
        name="fetcher",
        no_args_is_help=True,
        # Rich would draw a prettier help, and take three times as long for it.
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        epilog=epilog(),
    )
    app.callback()(fetcher)
    for name, summary in COMMANDS.items():
        command = _command(name) if name in wanted else _nothing
        app.command(name, short_help=summary, epilog=epilog(name))(command)
    return app


def fetcher(
    version: Annotated[bool, typer.Option("--version", "-V", help="Print the version.")] = False,
) -> None:
    """Ask many URLs at once, and account for every one of them."""


def _command(name: str) -> Callable[..., Any]:
    command: Callable[..., Any] = getattr(import_module(f"fetcher.cli.{name}"), name)
    return command


def _nothing() -> None:
    """Stand in for a command that was not asked for."""
