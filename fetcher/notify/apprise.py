"""A channel that sends notices through Apprise."""

import asyncio
import logging
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ClassVar

from fetcher.extras import optional_library
from fetcher.notify.channel import Notice, Refused, read_options
from fetcher.options import many
from fetcher.text import LONGEST, clean, shorten, well_formed

_captured: ContextVar[list[str] | None] = ContextVar("captured", default=None)
"""What Apprise logs while one notice is being sent."""


class _LogCapture(logging.Handler):
    """Captures Apprise's log, the only place where it reports what went wrong."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message with the notice that is being sent."""
        if (captured := _captured.get()) is not None:
            captured.append(record.getMessage())


@dataclass(frozen=True, slots=True)
class AppriseOptions:
    """The options of a channel of type apprise."""

    required: ClassVar[tuple[str, ...]] = ("urls",)

    urls: tuple[str, ...] = many('Apprise URLs to send to, such as ["ntfy://topic"].', str)


class Apprise:
    """Sends notices to all URLs of one channel.

    When the same notice is sent again, it goes only to the services that did not accept it.
    """

    def __init__(self, name: str, options: AppriseOptions) -> None:
        self._name = name
        self._services = [_service(url, number) for number, url in enumerate(options.urls, 1)]
        self._accepted: dict[str, set[int]] = {}

    @classmethod
    def open(cls, name: str, options: Mapping[str, object]) -> "Apprise":
        """Create the channel from its options.

        Raises ValueError naming the one that is wrong, or saying how to install Apprise.
        """
        return cls(name, read_options(AppriseOptions, options))

    @property
    def name(self) -> str:
        """The channel's name in the configuration."""
        return self._name

    async def send(self, notice: Notice) -> Refused | None:
        """Send the notice to one service after the other."""
        accepted = self._accepted.get(notice.id, set())
        refused = await asyncio.to_thread(self._send, notice, accepted)
        self._accepted = {} if refused is None else {notice.id: accepted}
        return refused

    async def aclose(self) -> None:
        """Do nothing: no connection stays open between notices."""

    def _send(self, notice: Notice, accepted: set[int]) -> Refused | None:
        errors = []
        for number, service in enumerate(self._services):
            if number in accepted:
                continue
            error = _notify(service, notice)
            if error is None:
                accepted.add(number)
            else:
                errors.append(error)
        return Refused("; ".join(errors), partly=bool(accepted)) if errors else None


def _service(url: str, number: int) -> Any:
    """Create the sender for one URL: one each, so that it is known which of them failed."""
    with optional_library("apprise", "this channel", ValueError):
        import apprise
    _capture_log()
    service = apprise.Apprise()
    if not service.add(url):
        # Apprise's own message may contain the URL, and with it a password.
        scheme, colon, _ = url.partition("://")
        shown = f", {shorten(scheme, 30)}://…" if colon else ""
        raise ValueError(f"urls: Apprise does not support URL number {number}{shown}")
    return service


def _capture_log() -> None:
    log = logging.getLogger("apprise")
    if not any(isinstance(handler, _LogCapture) for handler in log.handlers):
        log.addHandler(_LogCapture(logging.WARNING))
        # Apprise logs unsupported URLs with the passwords in them.
        log.propagate = False


def _notify(service: Any, notice: Notice) -> str | None:
    """Send to one service; return None if it accepted the notice, or else why not."""
    from apprise import NotifyType

    captured: list[str] = []
    token = _captured.set(captured)
    try:
        accepted = service.notify(
            title=clean(notice.subject),
            body=well_formed(notice.text),
            notify_type=NotifyType.SUCCESS if notice.good else NotifyType.WARNING,
        )
    except Exception as error:  # any of its many plugins can have bugs of its own
        return shorten(f"{service[0].url(privacy=True)}: {type(error).__name__}")
    finally:
        _captured.reset(token)
    if accepted:
        return None
    why = "; ".join(captured) or "Apprise does not say why"
    return shorten(f"{type(service[0]).__name__}: {why}", 2 * LONGEST)
