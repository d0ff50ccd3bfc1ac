"""A transport that answers by script, on whatever clock the loop has, and notes what it sees."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from fetcher.failures import Failure, FailureKind
from fetcher.model import Page, Target
from fetcher.settings import Settings
from fetcher.transport.base import Exchange, Request
from fetcher.urls import Url


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: what comes, after how many seconds; an exception is raised, as by a bug."""

    what: Exchange | BaseException
    after: float = 0.0


def page(title: str = "ok", after: float = 0.0) -> Reply:
    """A good page."""
    return Reply(Exchange(status=200, page=Page(title), elapsed=after), after)


def status(code: int, after: float = 0.0, **headers: str) -> Reply:
    """An answer with a status and headers; `_` in a header's name stands for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(Exchange(status=code, headers=named, elapsed=after), after)


def redirect(location: str, after: float = 0.0, cookies: tuple[str, ...] = ()) -> Reply:
    """A redirect."""
    return Reply(Exchange(status=302, headers={"Location": location}, set_cookies=cookies), after)


def failing(kind: FailureKind, after: float = 0.0) -> Reply:
    """A request that fails."""
    return Reply(Exchange(Failure.of(kind), elapsed=after), after)


@dataclass(slots=True)
class Sent:
    """One request, and when it began and ended; an `ended` of None was cancelled."""

    href: str
    host: str
    began: float
    ended: float | None = None
    cookie: str = ""
    reply: Reply | None = None


@dataclass(slots=True)
class ScriptedWeb:
    """All of the web.

    replies: by normalised URL; each request takes the next, the last one is repeated. default:
    for every other URL. sent: all requests, in the order in which they began. most, most_by_host:
    how many there ever were at once. opened: whether it is entered now.
    """

    replies: Mapping[str, Sequence[Reply]] = field(default_factory=dict)
    default: Reply = field(default_factory=page)
    sent: list[Sent] = field(default_factory=list)
    most: int = 0
    most_by_host: Counter[str] = field(default_factory=Counter)
    opened: bool = False
    waiting: Callable[[Url], int] = lambda url: 0
    _now: Counter[str] = field(default_factory=Counter)
    _served: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def make(self, settings: Settings, waiting: Callable[[Url], int]) -> Self:
        """Stand in for the class of a transport."""
        self.waiting = waiting
        return self

    async def __aenter__(self) -> Self:
        """Open."""
        self.opened = True
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close; nothing may be under way any more."""
        assert not self._now.total()
        self.opened = False

    async def send(self, request: Request) -> Exchange:
        """Answer by the script."""
        url = request.url
        assert self.opened
        loop = asyncio.get_running_loop()
        sent = Sent(url.href, url.host, loop.time(), cookie=request.cookie)
        self.sent.append(sent)
        replies = self.replies.get(url.href, (self.default,))
        reply = replies[min(self._served[url.href], len(replies) - 1)]
        self._served[url.href] += 1
        self._now[url.host] += 1
        self.most = max(self.most, self._now.total())
        self.most_by_host[url.host] = max(self.most_by_host[url.host], self._now[url.host])
        try:
            await asyncio.sleep(reply.after)
        finally:
            self._now[url.host] -= 1
        sent.ended, sent.reply = loop.time(), reply
        if isinstance(reply.what, BaseException):
            raise reply.what
        return reply.what

    def times(self, href: str) -> int:
        """How often a URL was asked for."""
        return sum(sent.href == href for sent in self.sent)


def targets(urls: Iterable[str]) -> list[Target]:
    """The rows of a list."""
    return [Target(index, url, f"list:{index + 1}") for index, url in enumerate(urls)]


async def trickle(items: Iterable[Target], pause: float) -> AsyncIterator[Target]:
    """An input that takes its time for each row."""
    for item in items:
        await asyncio.sleep(pause)
        yield item
