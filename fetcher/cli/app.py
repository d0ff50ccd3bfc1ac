"""The commands of `fetcher`."""

from collections.abc import Callable, Container
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer

from fetcher.cli.help_format import HelpCommand, HelpGroup


class CommandEntry(NamedTuple):
    """One command: what it does in one line, and the module of this room that holds it."""

    summary: str
    module: str


COMMANDS = {
    "titles": CommandEntry(
        "Fetch the page title of every URL and write one row per URL.", "titles_command"
    ),
    "scrape": CommandEntry(
        "Extract fields from each page and write them as rows.", "scrape_command"
    ),
    "check": CommandEntry(
        "Check whether each URL is healthy, and explain why if it is not.", "check_command"
    ),
    "diff": CommandEntry("Compare the results of two runs.", "diff_command"),
    "monitor": CommandEntry(
        "Monitor URLs on a schedule, keep history, and alert when one goes down.", "app"
    ),
    "demo": CommandEntry(
        "Serve a small demo site on this machine and fetch its titles.", "demo_command"
    ),
    "monitor run": CommandEntry(
        "Monitor the targets of a configuration until stopped.", "monitor.run_command"
    ),
    "monitor check-config": CommandEntry(
        "Validate a configuration and summarize it.", "monitor.check_config_command"
    ),
    "monitor status": CommandEntry(
        "Show the state of every target, worst first.", "monitor.status_command"
    ),
    "monitor history": CommandEntry(
        "Show the uptime, incidents and latest checks of one target.", "monitor.history_command"
    ),
    "monitor incidents": CommandEntry("List incidents, latest first.", "monitor.incidents_command"),
    "monitor ack": CommandEntry("Acknowledge an incident.", "monitor.order_commands"),
    "monitor silence": CommandEntry("Mute alerts for matching targets.", "monitor.order_commands"),
    "monitor unsilence": CommandEntry("End a silence, or list silences.", "monitor.order_commands"),
    "monitor test-alert": CommandEntry(
        "Send a test message through the channels.", "monitor.test_alert_command"
    ),
    "monitor export": CommandEntry("Export the history to a file.", "monitor.export_command"),
    "monitor backup": CommandEntry("Back up the database.", "monitor.database_access"),
}
"""Every command by its name, in the order of `--help`; a group's name is part of its commands'."""


def make_app(
    wanted: Container[str] = COMMANDS, within: Container[str] | None = None
) -> typer.Typer:
    """Make the program; commands that are not wanted are there by name only.

    within: the wanted commands of a group; None for all. To import and describe every command takes
    longer than everything else that `fetcher --help` does.
    """
    app = _bare("fetcher", fetcher)
    for name in _members(""):
        if name in wanted and (members := _members(name)):
            group = _bare(name, _load(name))
            for member in members:
                _add(group, f"{name} {member}", load=within is None or member in within)
            app.add_typer(group, short_help=COMMANDS[name].summary)
        else:
            _add(app, name, load=name in wanted)
    return app


def fetcher(
    version: Annotated[bool, typer.Option("--version", "-V", help="Print the version.")] = False,
) -> None:
    """Fetch many URLs concurrently and account for every one."""


def monitor() -> None:
    """Monitor URLs on a schedule, keep history, and alert when one goes down.

    One TOML file configures the monitor; one SQLite file holds its history. Every command except
    run works whether the monitor is running or not.

    Examples:
        fetcher monitor check-config -c config/monitor.toml
        fetcher monitor run -c config/monitor.toml
    """


def _bare(name: str, about: Callable[..., None]) -> typer.Typer:
    app = typer.Typer(
        name=name,
        cls=HelpGroup,
        no_args_is_help=True,
        # Rich would draw a prettier help, and take three times as long for it.
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback()(about)
    return app


def _members(group: str) -> list[str]:
    """Return the names of a group's commands; of the program's own with ""."""
    names = [name.rpartition(" ") for name in COMMANDS]
    return [name for prefix, _, name in names if prefix == group]


def _add(app: typer.Typer, name: str, *, load: bool) -> None:
    """Add a command to the program or a group; without `load` only its name and summary."""
    command = _load(name) if load else _nothing
    own = name.rpartition(" ")[2]
    app.command(own, cls=HelpCommand, short_help=COMMANDS[name].summary)(command)


def _load(name: str) -> Callable[..., Any]:
    """Import a command's function."""
    module = import_module(f"fetcher.cli.{COMMANDS[name].module}")
    command: Callable[..., Any] = getattr(module, name.rpartition(" ")[2].replace("-", "_"))
    return command


def _nothing() -> None:
    """Stand in for a command that was not asked for."""
