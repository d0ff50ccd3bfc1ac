"""Settings as command-line options, and the options of every command that reads URLs."""

import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from typing import Annotated, Any

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.config import PREFIX, ConfigError, File, flag_of, read_file, settle
from fetcher.options import Option, options_of, prefix_of, section_of

SECTIONS = {
    "fetch": "fetcher.settings:Settings",
    "titles": "fetcher.jobs.job_settings:TitlesSettings",
    "scrape": "fetcher.jobs.job_settings:ScrapeSettings",
    "check": "fetcher.jobs.job_settings:CheckSettings",
    "expect": "fetcher.judgement.expectations:Expectations",
}
"""The sections of a configuration file, and the class of settings that each may hold.

By name: importing what a command does not need takes a tenth of its start.
"""

_UNSET = frozenset({"none", "false", "any", "anywhere", "nothing"})
"""Defaults that go without saying."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the user set: the configuration file, and flags by the full names of their settings."""

    file: File | None
    flags: Mapping[str, Any]

    def settle(self, kind: type, section: str) -> Any:
        """Make the settings of one section; exits with 2 if one is wrong."""
        try:
            return settle(
                kind,
                flags=self.flags,
                environment=os.environ,
                file=self.file,
                section=section,
            )
        except ConfigError as error:
            give_up(ExitCode.USAGE, error)


def with_options(*kinds: type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the options of some settings classes, and `--config`, to a command.

    The command receives what was set as its keyword argument `given`.
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        parameters = [p for p in _parameters(command) if p.name != "given"]
        declared = [
            (prefix_of(kind) + name, option, default, section_of(kind, option))
            for kind in kinds
            for name, (option, default) in options_of(kind).items()
        ]

        @wraps(command)
        def run(config: str | None, **arguments: Any) -> Any:
            flags = {name: arguments.pop(name) for name, *_ in declared}
            # A list option that is absent is an empty list rather than None.
            flags = {name: None if value == [] else value for name, value in flags.items()}
            return command(**arguments, given=Given(_file(config), flags))

        options = [_parameter(*item) for item in declared]
        run.__signature__ = inspect.Signature([*parameters, *options, _CONFIG])  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in [*parameters, *options, _CONFIG]}
        return run

    return decorate


def _file(path: str | None) -> File | None:
    path = path or os.environ.get(PREFIX + "CONFIG")
    if not path:
        return None
    try:
        return read_file(path, {section: (_load(name),) for section, name in SECTIONS.items()})
    except ConfigError as error:
        give_up(ExitCode.USAGE, error)
    except OSError as error:
        give_up(ExitCode.USAGE, f"cannot read the configuration {path}: {error.strerror}")


def _load(name: str) -> type:
    module, _, attribute = name.partition(":")
    kind: type = getattr(import_module(module), attribute)
    return kind


def _parameters(command: Callable[..., Any]) -> list[inspect.Parameter]:
    return list(inspect.signature(command, eval_str=True).parameters.values())


def _parameter(name: str, option: Option, default: Any, section: str) -> inspect.Parameter:
    flag = flag_of(name, option)
    short = [f for f in option.flags if f != flag]
    shown, variable = option.show(default), f"env: {PREFIX}{name.upper()}"
    notes = variable if shown in _UNSET else f"default: {shown}; {variable}"
    text = f"{option.help} [{notes}]"
    if bool in option.types:
        flags = [f"{flag}/--no-{flag[2:]}", *short]
        return _keyword(
            name,
            Annotated[
                bool | None,
                typer.Option(*flags, help=text, show_default=False, rich_help_panel=section),
            ],
        )
    kind = list[str] if option.many else str
    how = typer.Option(
        *short,
        flag,
        help=text,
        metavar=option.metavar,
        show_default=False,
        rich_help_panel=section,
    )
    return _keyword(name, Annotated[kind | None, how])


def _keyword(name: str, annotation: Any) -> inspect.Parameter:
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation
    )


_CONFIG = _keyword(
    "config",
    Annotated[
        str | None,
        typer.Option(
            "--config",
            help="Read settings from this TOML file. Flags override environment variables, which "
            "override the file, which overrides the defaults. "
            f"[env: {PREFIX}CONFIG]",
            metavar="FILE",
            show_default=False,
            rich_help_panel="General",
        ),
    ],
)


Urls = Annotated[
    list[str] | None,
    typer.Argument(metavar="URL", help="URLs to fetch; without a scheme, https and then http."),
]
Lists = Annotated[
    list[str] | None,
    typer.Option(
        "-l",
        "--list",
        metavar="FILE",
        help="Read URLs from this file; - is standard input; repeatable. One URL per line, CSV, "
        "TSV, JSON lines, TOML, or a sitemap (a file or its URL); each also as .gz.",
        show_default=False,
        rich_help_panel="Input",
    ),
]
ListFormat = Annotated[
    str | None,
    typer.Option(
        "--list-format",
        metavar="text|csv|tsv|jsonl|toml|sitemap",
        help="Format of the lists. [default: by suffix, otherwise by content]",
        rich_help_panel="Input",
    ),
]
UrlColumn = Annotated[
    str | None,
    typer.Option(
        "--url-column",
        metavar="NAME",
        help="CSV column that holds the URLs, by name or by number from 1. [default: found by "
        "header or content]",
        rich_help_panel="Input",
    ),
]
UrlField = Annotated[
    str | None,
    typer.Option(
        "--url-field",
        metavar="NAME",
        help="JSON field that holds the URL; a.b for a nested one. [default: url, href, link, …]",
        rich_help_panel="Input",
    ),
]
Quiet = Annotated[
    bool,
    typer.Option(
        "-q",
        "--quiet",
        help="Print neither progress nor a summary.",
        rich_help_panel="General",
    ),
]
Verbose = Annotated[
    bool,
    typer.Option(
        "-v",
        "--verbose",
        help="Explain each failure as it happens.",
        rich_help_panel="General",
    ),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Continue where an earlier run of this command stopped.",
        rich_help_panel="Output",
    ),
]
