"""[[channels]]: notification channels, each opened once to validate it, and their secrets.

A secret is written `env:NAME` for an environment variable or `file:PATH` for a file.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from fetcher.monitor.config.config_errors import Mistakes, found
from fetcher.monitor.config.document import Table
from fetcher.monitor.incidents import check_template
from fetcher.monitor.plan import ChannelSettings
from fetcher.notify.open_channel import open_channel

_MAX_SECRET = 64 * 1024
_REFERENCES = ("env:", "file:")

_COMMON_KEYS = ("name", "type", "text")
"""The keys of every channel; all others are options of its type."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_SECRET_KEY = re.compile(r"password|secret|token|authorization|key", re.IGNORECASE)


class Secrets:
    """Replaces references to secrets by their values, and keeps them out of every message.

    folder: what paths are relative to. files: those that were read.
    """

    def __init__(self, environment: Mapping[str, str], folder: Path, mistakes: Mistakes) -> None:
        self.files: list[Path] = []
        self._environment = environment
        self._folder = folder
        self._mistakes = mistakes

    def fill_in(self, value: object, where: str) -> object:
        """Return a TOML value with all references replaced; a missing secret is a mistake."""
        if isinstance(value, dict):
            return {key: self.fill_in(part, f"{where}.{key}") for key, part in value.items()}
        if isinstance(value, list):
            return [self.fill_in(part, where) for part in value]
        if not isinstance(value, str):
            return value
        if not value.startswith(_REFERENCES):
            return value
        kind, _, name = value.partition(":")
        try:
            secret = self._variable(name) if kind == "env" else self._content(name)
        except ValueError as error:
            self._mistakes.add(f"{where}: {error}")
            return value
        self._mistakes.hidden.setdefault(secret, value)
        return secret

    def hide(self, written: object) -> None:
        """Keep a secret that is written in plain text out of every message."""
        if isinstance(written, str | int) and not isinstance(written, bool):
            text = str(written)
            if text and not text.startswith(_REFERENCES):
                self._mistakes.hidden.setdefault(text, "(not shown)")

    def _variable(self, name: str) -> str:
        value = self._environment.get(name)
        if value is None:
            raise ValueError(f"the environment variable {name!r} is not set")
        if not value:
            raise ValueError(f"the environment variable {name} is empty")
        return value

    def _content(self, name: str) -> str:
        path = self._folder / name
        self.files.append(path)
        try:
            with path.open("rb") as file:
                data = file.read(_MAX_SECRET + 1)
            if len(data) > _MAX_SECRET:
                raise ValueError(f"{path} is too large for a secret")
            text = data.decode().removesuffix("\n").removesuffix("\r")
        except OSError as error:
            raise ValueError(f"cannot read {path}: {error.strerror or error}") from None
        except UnicodeDecodeError:
            raise ValueError(f"{path} is not UTF-8 text") from None
        if not text:
            raise ValueError(f"{path} is empty")
        return text


def read_channels(
    tables: Iterable[Table], secrets: Secrets, mistakes: Mistakes
) -> tuple[ChannelSettings, ...]:
    """Read all channels; one with a name can be referred to even if it has mistakes."""
    channels: dict[str, ChannelSettings] = {}
    for table in tables:
        name = _name(table, mistakes)
        if name is None:
            continue
        if name in channels:
            mistakes.add(f"{table.where('name')}: duplicate channel name {name!r}")
            continue
        channels[name] = _channel(name, table, secrets, mistakes)
    return tuple(channels.values())


def _name(table: Table, mistakes: Mistakes) -> str | None:
    name = table.values.get("name")
    if name is None:
        mistakes.add(f'{table.where()}: missing name; write name = "team"')
    elif not isinstance(name, str) or not _NAME.fullmatch(name):
        # It is part of message ids, and of command lines.
        mistakes.add(
            f"{table.where('name')}: expected letters and digits, and _ . - after the first one, "
            f"found {name!r}"
        )
    else:
        return name
    return None


def _channel(name: str, table: Table, secrets: Secrets, mistakes: Mistakes) -> ChannelSettings:
    kind = table.values.get("type")
    options = {key: value for key, value in table.values.items() if key not in _COMMON_KEYS}
    _hide(options, secrets)
    filled = {key: secrets.fill_in(value, table.where(key)) for key, value in options.items()}
    settings = ChannelSettings(name, str(kind), filled, _text(table, mistakes))
    if not isinstance(kind, str):
        mistakes.add(f'{table.where("type")}: expected a type such as "webhook" or "email"')
        return settings
    try:
        open_channel(name, kind, filled)
    except ValueError as error:
        mistakes.add(f"{table.where()}: {error}")
    return settings


def _text(table: Table, mistakes: Mistakes) -> str:
    """Read the template for messages, which is validated here and filled in for each message."""
    text = table.values.get("text", "")
    try:
        if not isinstance(text, str):
            raise ValueError(f"expected text, found {found(text)}")
        check_template(text)
    except ValueError as error:
        mistakes.add(f"{table.where('text')}: {error}")
        return ""
    return text


def _hide(options: object, secrets: Secrets, key: str = "") -> None:
    """Keep values out of messages whose key suggests a secret, though they are in plain text."""
    if isinstance(options, dict):
        for name, value in options.items():
            _hide(value, secrets, str(name))
    elif _SECRET_KEY.search(key):
        secrets.hide(options)
