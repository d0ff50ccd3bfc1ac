"""[[channels]]: the ways to tell people, each opened once to see that it can be.

Values that stand elsewhere: `env:NAME` in the environment, `file:PATH` in a file.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from fetcher.monitor.config.config_errors import Mistakes, found
from fetcher.monitor.config.document import Table
from fetcher.monitor.incidents import check_template
from fetcher.monitor.plan import ChannelSettings
from fetcher.notify.open_channel import open_channel

_LARGEST = 64 * 1024
_ELSEWHERE = ("env:", "file:")


class Secrets:
    """Puts secrets in the place of their names; no message shows them from then on.

    folder: what paths are relative to. files: those that were read.
    """

    def __init__(self, environment: Mapping[str, str], folder: Path, mistakes: Mistakes) -> None:
        self.files: list[Path] = []
        self._environment = environment
        self._folder = folder
        self._mistakes = mistakes

    def fill_in(self, value: object, where: str) -> object:
        """Give a value of TOML with all secrets in it; one that is missing is a mistake."""
        if isinstance(value, dict):
            return {key: self.fill_in(part, f"{where}.{key}") for key, part in value.items()}
        if isinstance(value, list):
            return [self.fill_in(part, where) for part in value]
        if not isinstance(value, str):
            return value
        if not value.startswith(_ELSEWHERE):
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
        """Let no message show a secret that is written down where only its name should be."""
        if isinstance(written, str | int) and not isinstance(written, bool):
            text = str(written)
            if text and not text.startswith(_ELSEWHERE):
                self._mistakes.hidden.setdefault(text, "(not shown)")

    def _variable(self, name: str) -> str:
        value = self._environment.get(name)
        if value is None:
            raise ValueError(f"the environment has no variable {name!r}")
        if not value:
            raise ValueError(f"the variable {name} is empty")
        return value

    def _content(self, name: str) -> str:
        path = self._folder / name
        self.files.append(path)
        try:
            with path.open("rb") as file:
                data = file.read(_LARGEST + 1)
            if len(data) > _LARGEST:
                raise ValueError(f"{path} is too long for a secret")
            text = data.decode().removesuffix("\n").removesuffix("\r")
        except OSError as error:
            raise ValueError(f"cannot read {path}: {error.strerror or error}") from None
        except UnicodeDecodeError:
            raise ValueError(f"{path} is not UTF-8 text") from None
        if not text:
            raise ValueError(f"{path} is empty")
        return text


_OWN = ("name", "type", "text")
"""What every channel has; everything else is for its type to say."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_SECRET = re.compile(r"password|secret|token|authorization|key", re.IGNORECASE)


def read_channels(
    tables: Iterable[Table], secrets: Secrets, mistakes: Mistakes
) -> tuple[ChannelSettings, ...]:
    """Read all channels; those that have a name are there for others even when they are wrong."""
    channels: dict[str, ChannelSettings] = {}
    for table in tables:
        name = _name(table, mistakes)
        if name is None:
            continue
        if name in channels:
            mistakes.add(f"{table.where('name')}: there is a channel {name!r} already")
            continue
        channels[name] = _channel(name, table, secrets, mistakes)
    return tuple(channels.values())


def _name(table: Table, mistakes: Mistakes) -> str | None:
    name = table.values.get("name")
    if name is None:
        mistakes.add(f'{table.where()}: it has no name; write name = "team"')
    elif not isinstance(name, str) or not _NAME.fullmatch(name):
        # It is part of what tells messages apart, and of a command line.
        mistakes.add(
            f"{table.where('name')}: expected letters, digits, and _ . - after the first, "
            f"found {name!r}"
        )
    else:
        return name
    return None


def _channel(name: str, table: Table, secrets: Secrets, mistakes: Mistakes) -> ChannelSettings:
    kind = table.values.get("type")
    options = {key: value for key, value in table.values.items() if key not in _OWN}
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
    """Read the template for messages, which is checked here and filled in when one is sent."""
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
    """Keep from messages what is called as secrets are, though it is written down here."""
    if isinstance(options, dict):
        for name, value in options.items():
            _hide(value, secrets, str(name))
    elif _SECRET.search(key):
        secrets.hide(options)
