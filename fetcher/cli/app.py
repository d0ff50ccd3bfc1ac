"""The commands of `fetcher`."""

from collections.abc import Callable, Container, Mapping
from importlib import import_module
from typing import Annotated, Any

import typer

from fetcher.cli.exits import epilog

COMMANDS = {
    "titles": "Find the page title of each URL, and write one row for each.",
    "scrape": "Take fields from the page of each URL, and write them as rows.",
    "check": "Say of each URL whether it is healthy, and if not, why.",
    "diff": "Compare two results of a check.",
    "monitor": "Watch URLs on schedule, remember, and tell people when one is down.",
    "demo": "Start a small web site on this machine, and find the titles of its pages.",
}
"""Each command, and what it does in one line."""

GROUPS = ("monitor",)
"""Those that have commands of their own, which `group` in their folder lists."""


def make_app(
    wanted: Container[str] = COMMANDS, within: Container[str] | None = None
) -> typer.Typer:
    """Make the program; commands that are not wanted are there by name only.

    within: those that are wanted of a group's commands; None for all of them. To import and
    describe them all takes longer than everything else that `fetcher --help` does.
    """
    app = _bare("fetcher", fetcher, epilog())
    for name, summary in COMMANDS.items():
        if name in GROUPS and name in wanted:
            app.add_typer(_group(name, within), name=name, short_help=summary)
        else:
            command = _command(name, _own_module(name)) if name in wanted else _nothing
            app.command(name, short_help=summary, epilog=epilog(name))(command)
    return app


def fetcher(
    version: Annotated[bool, typer.Option("--version", "-V", help="Print the version.")] = False,
) -> None:
    """Ask many URLs at once, and account for every one of them."""


def _group(group: str, wanted: Container[str] | None) -> typer.Typer:
    """Make a group of commands."""
    module = import_module(f"fetcher.cli.{group}.group")
    commands: Mapping[str, str] = module.COMMANDS
    homes: Mapping[str, str] = module.HOMES
    app = _bare(group, getattr(module, group), epilog(group))
    for name, summary in commands.items():
        command = _nothing
        if wanted is None or name in wanted:
            command = _command(name, f"{group}.{homes.get(name, _own_module(name))}")
        app.command(name, short_help=summary, epilog=epilog(f"{group} {name}"))(command)
    return app


def _bare(name: str, about: Callable[..., None], last: str) -> typer.Typer:
    app = typer.Typer(
        name=name,
        no_args_is_help=True,
        # Rich would draw a prettier help, and take three times as long for it.
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        epilog=last,
    )
    app.callback()(about)
    return app


def _command(name: str, home: str) -> Callable[..., Any]:
    """Import a command's function from a module of this room."""
    module = import_module(f"fetcher.cli.{home}")
    command: Callable[..., Any] = getattr(module, name.replace("-", "_"))
    return command


def _own_module(name: str) -> str:
    return f"{name.replace('-', '_')}_command"


def _nothing() -> None:
    """Stand in for a command that was not asked for."""
