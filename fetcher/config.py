"""Where settings come from: flags, environment variables, a file, and their defaults."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from fetcher.options import Option, options_of, prefix_of

S = TypeVar("S")

PREFIX = "FETCHER_"
"""The prefix of environment variables."""


class ConfigError(ValueError):
    """An invalid setting; the message names the file and key, the variable, or the flag."""


@dataclass(frozen=True, slots=True)
class File:
    """A configuration file: its tables of settings, by section."""

    name: str
    tables: Mapping[str, Any]


def read_file(path: str, sections: Mapping[str, Sequence[type]]) -> File:
    """Read a TOML file; each section may hold the settings of the classes given for it.

    Raises ConfigError for invalid TOML and for an unknown section or key, OSError if the file
    cannot be read.
    """
    try:
        tables = tomllib.loads(Path(path).read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: invalid TOML: {error}") from None
    for section, table in tables.items():
        if section not in sections:
            raise ConfigError(f"{path}: unknown section [{section}]{likely(section, sections)}")
        if not isinstance(table, dict):
            raise ConfigError(f"{path}: {section} must be a section, written as [{section}]")
        known = [name for kind in sections[section] for name in options_of(kind)]
        for key in table:
            if key not in known:
                raise ConfigError(f"{path}: [{section}] {key}: unknown key{likely(key, known)}")
    return File(path, tables)


def settle(
    kind: type[S],
    *,
    flags: Mapping[str, Any],
    environment: Mapping[str, str],
    file: File | None = None,
    section: str = "",
) -> S:
    """Make a settings object: flags override the environment, which overrides the file.

    flags: the values on the command line, None for those that are absent; their names are the
    prefix of the class and the name of the setting. environment: all variables; the variable of a
    list holds one element per line. Raises ConfigError, also for settings that contradict each
    other.
    """
    table = file.tables.get(section, {}) if file is not None else {}
    values: dict[str, Any] = {}
    for name, (option, _) in options_of(kind).items():
        full = prefix_of(kind) + name
        variable = PREFIX + full.upper()
        if (flag := flags.get(full)) is not None:
            values[name] = _from_flag(flag, option, full)
        elif variable in environment:
            values[name] = _from_text(environment[variable], option, variable)
        elif file is not None and name in table:
            values[name] = from_value(table[name], option, f"{file.name}: [{section}] {name}")
    try:
        return kind(**values)
    except ValueError as error:
        raise ConfigError(f"{section}: {error}") from None


def likely(name: str, known: Iterable[str]) -> str:
    """Suggest what an unknown name was meant to be, or else list the known names."""
    import difflib  # only needed for mistakes

    names = list(known)
    if not names:
        return "; none are defined"
    close = difflib.get_close_matches(name.lower().replace("-", "_"), names, n=1)
    return f"; did you mean {close[0]}?" if close else f"; expected one of {', '.join(names)}"


def flag_of(name: str, option: Option) -> str:
    """Return the long command-line flag of a setting."""
    long = [flag for flag in option.flags if flag.startswith("--")]
    return long[0] if long else "--" + name.replace("_", "-")


def _from_flag(value: Any, option: Option, name: str) -> Any:
    if isinstance(value, bool):
        return value
    texts = value if option.many else [value]
    parsed = tuple(_parse(text, option, flag_of(name, option)) for text in texts)
    return parsed if option.many else parsed[0]


def _from_text(text: str, option: Option, where: str) -> Any:
    if option.many:
        return tuple([_parse(line, option, where) for line in _lines(text)])
    return _parse(text, option, where)


def from_value(value: Any, option: Option, where: str) -> Any:
    """Convert a value of TOML or JSON to a setting.

    where: the beginning of an error message. Raises ConfigError.
    """
    if option.table is not None and isinstance(value, dict):
        try:
            return option.table(value)
        except ValueError as error:
            raise ConfigError(f"{where}: {error}") from None
    if option.many:
        return tuple([_parse(text, option, where) for text in _elements(value, option, where)])
    if option.separator and isinstance(value, list):
        texts = [_scalar(element, option, where) for element in value]
        return _parse(option.separator.join(texts), option, where)
    return _parse(_scalar(value, option, where), option, where)


def _elements(value: Any, option: Option, where: str) -> list[str]:
    """Return the elements of a list as text, in whatever form it is written."""
    if isinstance(value, str):
        return _lines(value)
    if isinstance(value, dict):
        return [f"{key}: {text}" for key, text in value.items()]
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise ConfigError(f"{where}: expected {option.expected}, found {_shown(value)}")
    return value


def _scalar(value: Any, option: Option, where: str) -> str:
    """Return a single value as text."""
    # In Python, but not in TOML, true is a number.
    if not isinstance(value, option.types) or (
        isinstance(value, bool) and bool not in option.types
    ):
        raise ConfigError(f"{where}: expected {option.expected}, found {_shown(value)}")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _parse(text: str, option: Option, where: str) -> Any:
    try:
        return option.parse(text)
    except ValueError as error:
        raise ConfigError(f"{where}: {error}") from None


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list) else repr(value)
