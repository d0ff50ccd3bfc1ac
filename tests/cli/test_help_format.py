"""The help of every command: what it shows, in which order, and how wide it is."""

import re
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import pytest
from typer.main import get_command

from fetcher.cli.app import COMMANDS, make_app
from fetcher.cli.exits import exit_codes
from fetcher.cli.help_format import SECTIONS, parse_help

WITH_SECTIONS = ("titles", "scrape", "check")
GROUPS = ("", "monitor")
SINGLE = tuple(name for name in COMMANDS if name not in GROUPS)


def shown(command: str, flag: str = "--help", columns: int = 80) -> str:
    """The help of a command, as a terminal of some width shows it."""
    words = command.split()
    app = make_app(words[:1], words[1:])
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as out:
        patch.setenv("COLUMNS", str(columns))
        code = app([*words, flag], prog_name="fetcher", standalone_mode=False)
    assert code == 0
    return out.getvalue()


def titles_of(text: str) -> list[str]:
    """The headings of a help text, in order."""
    return re.findall(r"^([A-Z][\w ]+):$", text, re.MULTILINE)


def section(text: str, title: str) -> str:
    """What stands below one heading."""
    return text.partition(f"\n{title}:\n")[2].partition("\n\n")[0]


def flags_in(text: str) -> list[str]:
    """The long flags that a help text lists, in order."""
    lines = re.findall(r"^  (?:-\w, )?(--\S+)", text, re.MULTILINE)
    return [flag.replace("[no-]", "") for flag in lines]


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("columns", [80, 100, 200])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_no_line_is_too_long(command: str, columns: int, flag: str) -> None:
    """Help fits the terminal, and is no wider than 100 columns; examples stay whole."""
    text = shown(command, flag, columns)
    examples = section(text, "Examples")
    for line in text.splitlines():
        assert len(line) < min(columns, 100) or line in examples
        assert line == line.rstrip()


@pytest.mark.parametrize("command", WITH_SECTIONS)
def test_help_is_in_sections(command: str) -> None:
    """The usage comes first, then the ten most used options, then every other in its section."""
    text = shown(command)
    assert text.startswith(f"Usage: fetcher {command} [OPTIONS] [URL]...\n")
    first, *others = titles_of(text)
    assert (first, *others[:2]) == ("Examples", "Arguments", "Most used options")
    assert others[-1] == "Exit codes"
    in_order = [title for title in SECTIONS if title in others]
    assert others[2:-1] == in_order
    assert {"Input", "Output", "Requests", "Limits", "Retries", "Network", "TLS"} < set(in_order)
    assert "Options" not in in_order
    assert len(flags_in(section(text, "Most used options"))) == 10


@pytest.mark.parametrize("command", SINGLE)
def test_no_option_is_missing(command: str) -> None:
    """Each option has one line in the complete help, and none is there twice."""
    words = command.split()
    found: Any = get_command(make_app(words[:1], words[1:]))
    for word in words:
        found = found.commands[word]
    options = [max(one.opts, key=len) for one in found.params if one.param_type_name == "option"]
    assert sorted(flags_in(shown(command))) == sorted([*options, "--help"])


@pytest.mark.parametrize("command", WITH_SECTIONS)
def test_the_short_help(command: str) -> None:
    """`-h` has one line of what the command does, ten options, examples, and where the rest is."""
    text, complete = shown(command, "-h"), shown(command)
    assert titles_of(text) == ["Most used options", "Examples"]
    flags = flags_in(text)
    assert flags == flags_in(section(complete, "Most used options"))
    number = len(flags_in(complete))
    assert text.endswith(f"\nSee fetcher {command} --help for all {number} options.\n")
    assert COMMANDS[command].summary in text
    assert "env: " not in text
    assert len(text.splitlines()) < 45
    assert section(text, "Examples") == section(complete, "Examples")


@pytest.mark.parametrize("command", SINGLE)
def test_a_summary_is_the_first_line_of_its_help(command: str) -> None:
    """What the list of commands says of one is what its own help says first."""
    text = " ".join(shown(command, "-h").split())
    assert COMMANDS[command].summary in text


@pytest.mark.parametrize("group", GROUPS)
def test_the_help_of_a_group(group: str) -> None:
    """It lists each of its commands with its summary, in the order of the table."""
    text = " ".join(section(shown(group), "Commands").split())
    names = [name.rpartition(" ") for name in COMMANDS]
    members = [name for prefix, _, name in names if prefix == group]
    listed = [f"{name} {COMMANDS[f'{group} {name}'.strip()].summary}" for name in members]
    assert text == " ".join(listed)
    assert shown(group) == shown(group, "-h")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_lists_the_exit_codes(command: str) -> None:
    """Each with its meaning, at the end."""
    lines = [line.split(maxsplit=1) for line in section(shown(command), "Exit codes").splitlines()]
    assert {int(code): meaning for code, meaning in lines} == exit_codes(command)


def test_each_setting_shows_its_default_and_its_variable() -> None:
    """A default that goes without saying is left out; the short help has no variables."""
    text = " ".join(shown("titles").split())
    assert "including the body. [default: 30s; env: FETCHER_TIMEOUT]" in text
    assert "HTTP proxy. [env: FETCHER_PROXY]" in text
    assert "including the body. [default: 30s] --retries" in " ".join(shown("titles", "-h").split())


def test_a_docstring_has_three_parts() -> None:
    """Its summary, further paragraphs, and the examples, one a line."""
    text = parse_help("Do it.\n\nWith\ncare.\n\nExamples:\n    fetcher do\n    fetcher do it\n")
    assert text == ("Do it.", ("With care.",), ("fetcher do", "fetcher do it"))
    assert parse_help(None) == ("", (), ())


@pytest.mark.parametrize("arguments", [("--help",), *((name, "--help") for name in WITH_SECTIONS)])
def test_help_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    """Help is there without the HTTP client, the HTML parser and rich."""
    code = (
        "import sys\nfrom fetcher.cli.main import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "heavy = ('aiohttp', 'selectolax', 'rich', 'jinja2', 'pyarrow')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
