"""Opening a channel by its type."""

from collections.abc import Callable, Mapping

from fetcher.notify.channel import Channel

Open = Callable[[str, Mapping[str, object]], Channel]


def open_channel(name: str, kind: str, options: Mapping[str, object]) -> Channel:
    """Create a channel from its configuration; nothing is connected yet.

    kind: webhook, email or apprise. Raises ValueError for an unknown kind, for one whose library is
    not installed, and naming the option that is wrong.
    """
    if kind not in _KINDS:
        raise ValueError(f"unknown channel type {kind!r}; expected {', '.join(_KINDS)}")
    return _KINDS[kind](name, options)


# Each is imported on demand: aiohttp and Apprise are slow to import.


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
