"""The help of a command: `-h` is a summary, `--help` has every option in its section.

Typer formats help with rich, which takes three times as long to start, or as one flat list. This
is the middle: plain text, in sections, most used options first.
"""

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from typer.core import TyperCommand, TyperGroup

from fetcher.cli.exits import exit_codes

if TYPE_CHECKING:
    from typer._click import Context, HelpFormatter

SECTIONS = (
    "Input",
    "Output",
    "Fields",
    "Expectations",
    "Requests",
    "Limits",
    "Retries",
    "Network",
    "TLS",
    "Parsing",
    "Options",
    "General",
)
"""The sections of a command's options, in the order in which help shows them."""

GENERAL = "General"
_PLAIN = "Options"
_MOST_USED = "Most used options"
_COLUMN = 26
"""Width of the column of names, in cells; longer names have a line of their own."""

_SHORT = "fetcher.short_help"
_SENTENCE = re.compile(r".*?\.(?=\s|$)", re.DOTALL)
_SWITCH = re.compile(r"--(\S+) / --no-\1\b")
_VARIABLE = re.compile(r" \[env: \w+\]$|; env: \w+(?=\]$)")
_DEFAULT = re.compile(r"\[default: .*\]$")
_MINIMUM = re.compile(r"; x>=\d+(?=\]$)")

F = TypeVar("F", bound=Callable[..., object])


class HelpText(NamedTuple):
    """The parts of a docstring that describes a command."""

    summary: str
    details: tuple[str, ...]
    examples: tuple[str, ...]


class OptionRow(NamedTuple):
    """One line of a list: names, what they mean, and the section they belong to."""

    name: str
    text: str
    section: str
    flags: tuple[str, ...] = ()


def most_used(*flags: str) -> Callable[[F], F]:
    """Name the long flags that a command's help shows first."""

    def mark(command: F) -> F:
        command.__dict__["most_used"] = flags
        return command

    return mark


class HelpCommand(TyperCommand):
    """A command with a short help (`-h`) and a complete one (`--help`)."""

    def parse_args(self, ctx: "Context", args: list[str]) -> list[str]:
        """Parse the arguments, and record which of the two helps is meant."""
        ctx.meta[_SHORT] = "--help" not in args
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: "Context") -> list[str]:
        """Return the parts of the usage line; a required argument stands as it is."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def format_help(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        """Write the help that was asked for."""
        self.format_usage(ctx, formatter)
        if ctx.meta.get(_SHORT):
            self._format_short(ctx, formatter)
        else:
            self._format_complete(ctx, formatter)

    def _format_short(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        text, rows = parse_help(self.help), list(_option_rows(self, ctx))
        _write_paragraphs(formatter, text.summary)
        first = self._most_used(rows)
        title = _MOST_USED if first else _PLAIN
        _write_list(
            formatter, title, [row._replace(text=_brief(row.text)) for row in first or rows]
        )
        _write_examples(formatter, text.examples)
        every = f"all {len(rows)} options" if first else "details"
        formatter.write(f"\nSee {ctx.command_path} --help for {every}.\n")

    def _format_complete(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        text, rows = parse_help(self.help), list(_option_rows(self, ctx))
        _write_paragraphs(formatter, text.summary, *text.details)
        _write_examples(formatter, text.examples)
        _write_list(formatter, "Arguments", list(_argument_rows(self, ctx)))
        first = self._most_used(rows)
        _write_list(formatter, _MOST_USED, first)
        for section in SECTIONS:
            others = [row for row in rows if row.section == section and row not in first]
            _write_list(formatter, section, others)
        _write_exit_codes(ctx, formatter)

    def _most_used(self, rows: list[OptionRow]) -> list[OptionRow]:
        flags: tuple[str, ...] = getattr(self.callback, "most_used", ())
        by_flag = {flag: row for row in rows for flag in row.flags}
        return [by_flag[flag] for flag in flags]


class HelpGroup(TyperGroup):
    """A group of commands; its help is short enough to be the same for `-h` and `--help`."""

    def format_help(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        """Write the commands, and what the group's own options are."""
        self.format_usage(ctx, formatter)
        text = parse_help(self.help)
        _write_paragraphs(formatter, text.summary, *text.details)
        _write_examples(formatter, text.examples)
        commands = [
            OptionRow(name, self.commands[name].get_short_help_str(), _PLAIN)
            for name in self.list_commands(ctx)
        ]
        for title, rows in (("Commands", commands), (_PLAIN, list(_option_rows(self, ctx)))):
            _write_list(formatter, title, rows, max(len(row.name) for row in rows))
        _write_exit_codes(ctx, formatter)
        formatter.write(f"\nSee {ctx.command_path} COMMAND -h for the options of a command.\n")


def parse_help(docstring: str | None) -> HelpText:
    """Split a docstring into its summary, further paragraphs, and its lines of examples.

    The examples are what follows a line `Examples:`.
    """
    text, _, examples = (docstring or "").partition("\nExamples:\n")
    summary, *details = [" ".join(part.split()) for part in text.strip().split("\n\n")]
    lines = [line.strip() for line in examples.splitlines()]
    return HelpText(summary, tuple(details), tuple(filter(None, lines)))


def _option_rows(command: TyperCommand | TyperGroup, ctx: "Context") -> Iterator[OptionRow]:
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx)
        if param.param_type_name != "option" or record is None:
            continue
        name = _SWITCH.sub(r"--[no-]\1", record[0])
        text = _MINIMUM.sub("", record[1])
        section = getattr(param, "rich_help_panel", None) or _PLAIN
        if param.name == "help":
            text, section = _help_text(command), GENERAL if _in_sections(command) else _PLAIN
        yield OptionRow(name, text, section, tuple(param.opts))


def _argument_rows(command: TyperCommand, ctx: "Context") -> Iterator[OptionRow]:
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx)
        if param.param_type_name == "argument" and record is not None:
            # Typer adds the Python type, and that it is required, as the usage line shows.
            text = record[1].partition("  [")[0]
            yield OptionRow(record[0].partition(" <")[0], text, "")


def _help_text(command: TyperCommand | TyperGroup) -> str:
    if isinstance(command, TyperGroup):
        return "Show this help and exit."
    return "Show help and exit: -h for a summary, --help for everything."


def _in_sections(command: TyperCommand | TyperGroup) -> bool:
    return bool(getattr(command.callback, "most_used", ()))


def _brief(text: str) -> str:
    """The first sentence of an option's text, with its default."""
    text, default = _VARIABLE.sub("", text), ""
    if found := _DEFAULT.search(text):
        text, default = text[: found.start()], found[0]
    sentence = _SENTENCE.match(text)
    return f"{sentence[0] if sentence else text.strip()} {default}".strip()


def _write_paragraphs(formatter: "HelpFormatter", *paragraphs: str) -> None:
    for paragraph in paragraphs:
        formatter.write("\n")
        for line in _wrapped(paragraph, formatter.width - 2):
            formatter.write(f"  {line}\n")


def _write_examples(formatter: "HelpFormatter", examples: Iterable[str]) -> None:
    """Write commands to copy: a long one is not broken."""
    lines = [f"  {line}\n" for line in examples]
    if lines:
        formatter.write("\nExamples:\n" + "".join(lines))


def _write_list(
    formatter: "HelpFormatter", title: str, rows: list[OptionRow], column: int = _COLUMN
) -> None:
    """Write a titled list in two columns; nothing when it is empty."""
    if not rows:
        return
    formatter.write(f"\n{title}:\n")
    for row in rows:
        lines = _wrapped(row.text, formatter.width - column - 4)
        name = f"  {row.name}"
        if len(row.name) > column:
            formatter.write(f"{name}\n")
            name = ""
        formatter.write(f"{name:<{column + 4}}{lines[0] if lines else ''}".rstrip() + "\n")
        for line in lines[1:]:
            formatter.write(f"{'':<{column + 4}}{line}\n")


def _write_exit_codes(ctx: "Context", formatter: "HelpFormatter") -> None:
    command = ctx.command_path.partition(" ")[2]
    rows = [OptionRow(str(code), text, "") for code, text in exit_codes(command).items()]
    _write_list(formatter, "Exit codes", rows, 3)


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False)
