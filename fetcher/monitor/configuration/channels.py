"""[[channels]]: the ways to tell people, each opened once to see that it can be."""

import re
from collections.abc import Iterable

from fetcher.monitor.configuration.mistakes import Mistakes, found
from fetcher.monitor.configuration.secrets import Secrets
from fetcher.monitor.configuration.tables import Table
from fetcher.monitor.incidents import check_template
from fetcher.monitor.plan import ChannelSettings
from fetcher.notify.opening import open_channel

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
