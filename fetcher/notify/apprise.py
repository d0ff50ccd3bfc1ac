"""Tells people by whatever Apprise knows."""

import asyncio
import logging
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ClassVar

from fetcher.notify.channel import Notice, Refused, read_options
from fetcher.options import many
from fetcher.text import LONGEST, encodable, one_line

_heard: ContextVar[list[str] | None] = ContextVar("heard", default=None)
"""What Apprise logs in the course of one notice."""


class _Listener(logging.Handler):
    """Apprise says what went wrong in its log and nowhere else."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what is said, for the notice in the course of which it is."""
        if (heard := _heard.get()) is not None:
            heard.append(record.getMessage())


@dataclass(frozen=True, slots=True)
class AppriseOptions:
    """What Apprise needs to know."""

    required: ClassVar[tuple[str, ...]] = ("urls",)

    urls: tuple[str, ...] = many('Where to send it, as Apprise writes it: ["ntfy://topic"].', str)


class Apprise:
    """Sends notices to all URLs of one channel.

    When the same notice is sent again, it goes only to those that did not take it.
    """

    def __init__(self, name: str, options: AppriseOptions) -> None:
        self._name = name
        self._services = [_service(url, number) for number, url in enumerate(options.urls, 1)]
        self._arrived: dict[str, set[int]] = {}

    @classmethod
    def open(cls, name: str, options: Mapping[str, object]) -> "Apprise":
        """Make one from its options.

        Raises ValueError that names the one that is wrong, or how to install Apprise.
        """
        return cls(name, read_options(AppriseOptions, options))

    @property
    def name(self) -> str:
        """What the configuration calls it."""
        return self._name

    async def send(self, notice: Notice) -> Refused | None:
        """Send to one service after the other."""
        arrived = self._arrived.get(notice.id, set())
        refused = await asyncio.to_thread(self._send, notice, arrived)
        self._arrived = {} if refused is None else {notice.id: arrived}
        return refused

    async def aclose(self) -> None:
        """Do nothing: between two notices nothing is open."""

    def _send(self, notice: Notice, arrived: set[int]) -> Refused | None:
        errors = []
        for number, service in enumerate(self._services):
            if number in arrived:
                continue
            error = _notify(service, notice)
            if error is None:
                arrived.add(number)
            else:
                errors.append(error)
        return Refused("; ".join(errors), partly=bool(arrived)) if errors else None


def _service(url: str, number: int) -> Any:
    """Make what sends to one URL: alone, so that it is known which of them failed."""
    try:
        import apprise
    except ImportError:
        raise ValueError(
            "Apprise is not installed; install it with: pip install 'fetcher[apprise]'"
        ) from None
    _listen()
    service = apprise.Apprise()
    if not service.add(url):
        # What Apprise says about it may hold the URL, and that a password.
        scheme, colon, _ = url.partition("://")
        shown = f", {one_line(scheme, 30)}://…" if colon else ""
        raise ValueError(f"urls: Apprise does not understand number {number}{shown}")
    return service


def _listen() -> None:
    log = logging.getLogger("apprise")
    if not any(isinstance(handler, _Listener) for handler in log.handlers):
        log.addHandler(_Listener(logging.WARNING))
        # It names URLs that it does not understand, with the passwords in them.
        log.propagate = False


def _notify(service: Any, notice: Notice) -> str | None:
    """Send to one service; None when it took it, or else why not."""
    from apprise import NotifyType

    heard: list[str] = []
    token = _heard.set(heard)
    try:
        taken = service.notify(
            title=one_line(notice.subject),
            body=encodable(notice.text),
            notify_type=NotifyType.SUCCESS if notice.good else NotifyType.WARNING,
        )
    except Exception as error:  # any of its many plugins can have faults of its own
        return one_line(f"{service[0].url(privacy=True)}: {type(error).__name__}", LONGEST)
    finally:
        _heard.reset(token)
    if taken:
        return None
    why = "; ".join(heard) or "Apprise does not say why"
    return one_line(f"{type(service[0]).__name__}: {why}", 2 * LONGEST)
