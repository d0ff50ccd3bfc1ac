"""Channels by their kind."""

from collections.abc import Callable, Mapping

from fetcher.notify.channel import Channel

Open = Callable[[str, Mapping[str, object]], Channel]


def open_channel(name: str, kind: str, options: Mapping[str, object]) -> Channel:
    """Make a channel from its configuration; nothing is connected yet.

    kind: webhook, email or apprise. Raises ValueError that names the option that is wrong, and
    for a kind that does not exist or needs a library that is missing.
    """
    if kind not in _KINDS:
        raise ValueError(f"there is no channel of type {kind!r}; expected {', '.join(_KINDS)}")
    return _KINDS[kind](name, options)


# Each is loaded when it is wanted: aiohttp and Apprise take their time.


def _webhook(name: str, options: Mapping[str, object]) -> Channel:
    from fetcher.notify.webhook import Webhook

    return Webhook.open(name, options)


def _email(name: str, options: Mapping[str, object]) -> Channel:
    from fetcher.notify.email import Email

    return Email.open(name, options)


def _apprise(name: str, options: Mapping[str, object]) -> Channel:
    from fetcher.notify.apprise import Apprise

    return Apprise.open(name, options)


_KINDS: Mapping[str, Open] = {"webhook": _webhook, "email": _email, "apprise": _apprise}
