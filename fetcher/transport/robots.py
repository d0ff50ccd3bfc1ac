"""robots.txt: what may be fetched, and how often (RFC 9309)."""

import asyncio
import re
from collections import OrderedDict
from dataclasses import dataclass

import protego

from fetcher import urls
from fetcher.failures import Failure, FailureKind
from fetcher.model import NO_PAGE, Page
from fetcher.transport.base import Exchange, Request, Transport
from fetcher.transport.resolver import is_public
from fetcher.urls import Url, UrlError

LARGEST = 512_000
"""Maximum bytes of a robots.txt to read; section 2.5 asks for at least 500 KiB."""
REMEMBERED = 1_000
"""Maximum origins whose rules are remembered."""
FRESH = 86_400.0
"""How long rules are used, in seconds; section 2.4 allows a day."""
FRESH_FAILURE = 60.0
"""How long it is remembered that rules could not be read, in seconds."""
LONGEST_DELAY = 60.0
"""The longest crawl delay, in seconds; with a longer one, a list would never end."""
_HOPS = 5
_LINE_END = re.compile(r"\r\n|\r|\n")
_TOKEN = re.compile(r"[A-Za-z_-]+")
_RULES = frozenset({"allow", "disallow", "crawl-delay"})


def product_token(user_agent: str) -> str:
    """Return the name of a client in a robots.txt: the part before the version."""
    return re.split(r"[/\s(;]", user_agent.strip(), maxsplit=1)[0]


def rules_for(robots: str, token: str) -> str:
    """Return the lines of a robots.txt that apply to one client, as one group for `*`.

    All groups that name the client count together; if there is none, the groups for `*` count
    (section 2.2.1). Names are compared by product token, ignoring case. Lines of other kinds
    neither start nor end a group.
    """
    token = token.lower()
    named: list[str] = []
    common: list[str] = []
    agents: set[str] = set()
    found = in_rules = False
    for line in _LINE_END.split(robots.removeprefix("\ufeff")):
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if key == "user-agent" and colon:
            if in_rules:
                agents, in_rules = set(), False
            match = _TOKEN.match(value)
            if value.startswith("*"):
                agents.add("*")
            elif match:
                agents.add(match[0].lower())
            found = found or token in agents
        elif key in _RULES and colon:
            in_rules = True
            if token in agents:
                named.append(f"{key}: {value}")
            if "*" in agents:
                common.append(f"{key}: {value}")
    return "\n".join(["User-agent: *", *(named if found else common)])


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one origin.

    unreachable: why they could not be read, which means that nothing may be fetched.
    """

    parsed: protego.Protego | None = None
    unreachable: Failure | None = None

    def check(self, url: Url) -> Failure | None:
        """Return why a URL may not be fetched, None if it may."""
        if self.unreachable is not None:
            return self.unreachable
        if self.parsed is None or self.parsed.can_fetch(url.href, "*"):
            return None
        return Failure.of(FailureKind.ROBOTS_DENIED, f"{url.origin}/robots.txt")

    @property
    def crawl_delay(self) -> float:
        """Seconds to leave between two requests, capped; 0 if the rules do not say."""
        delay = self.parsed.crawl_delay("*") if self.parsed is not None else None
        return min(float(delay or 0.0), LONGEST_DELAY)


def parse(robots: bytes, token: str) -> Rules:
    """Parse a robots.txt for the client with this product token."""
    text = robots[:LARGEST].decode("utf-8", "replace")
    return Rules(protego.Protego.parse(rules_for(text, token)))


class _WholeBody:
    """Reads a robots.txt, as much of it as counts."""

    def __init__(self) -> None:
        self.data = bytearray()

    def feed(self, data: bytes) -> bool:
        self.data += data
        return len(self.data) >= LARGEST

    def finish(self) -> Page:
        return NO_PAGE


@dataclass(frozen=True, slots=True)
class _Asked:
    """The rules of one origin, requested at a time of the loop's clock."""

    at: float
    rules: asyncio.Future[Rules]

    def is_stale(self, now: float) -> bool:
        """Return True if they must be fetched again."""
        if not self.rules.done():
            return False
        failed = self.rules.cancelled() or self.rules.exception() is not None
        fresh = FRESH_FAILURE if failed or self.rules.result().unreachable else FRESH
        return now - self.at >= fresh


class Robots:
    """Fetches and remembers the rules of each origin, through the run's own transport."""

    def __init__(self, transport: Transport, user_agent: str) -> None:
        self._transport = transport
        self._token = product_token(user_agent)
        self._known: OrderedDict[tuple[str, bool], _Asked] = OrderedDict()

    async def rules(self, url: Url, public_only: bool = False) -> Rules:
        """Return the rules of a URL's origin, fetched once a day, and sooner after a failure.

        public_only: as in `Request`, for a URL that a public address redirected to.
        """
        key = (url.origin, public_only)
        known, now = self._known.get(key), asyncio.get_running_loop().time()
        if known is None or known.is_stale(now):
            known = _Asked(now, asyncio.ensure_future(self._fetch(url, public_only)))
            self._known[key] = known
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        # Shielded: cancelling one target must not cancel the rules for the others.
        return await asyncio.shield(known.rules)

    async def aclose(self) -> None:
        """Cancel what is still being fetched."""
        asked = [known.rules for known in self._known.values() if not known.rules.done()]
        for known in asked:
            known.cancel()
        if asked:
            await asyncio.wait(asked)

    async def _fetch(self, origin: Url, public_only: bool) -> Rules:
        url = urls.parse(f"{origin.origin}/robots.txt")
        for _ in range(_HOPS + 1):
            body = _WholeBody()
            request = Request(url, lambda status, kind: body, public_only, at_home=False)  # noqa: B023
            exchange = await self._transport.send(request)
            location = exchange.header("Location")
            if exchange.failure is not None or not (300 <= exchange.status < 400 and location):
                return self._judge(exchange, bytes(body.data))
            public_only = public_only or is_public(exchange.ip)
            try:
                url = urls.join(url, location)
            except UrlError:
                break
        return Rules()  # section 2.3.1.2: too many redirects count as "unavailable"

    def _judge(self, exchange: Exchange, body: bytes) -> Rules:
        failure = exchange.failure
        # What --max-bytes lets through counts, as it does of a file larger than LARGEST.
        too_large = failure is not None and failure.kind is FailureKind.BODY_TOO_LARGE
        if exchange.status < 300 and (failure is None or too_large):
            return parse(body, self._token)
        if failure is None and exchange.status < 500:
            return Rules()  # section 2.3.1.3: unavailable, so nothing is forbidden
        why = str(exchange.status) if failure is None else failure.kind.value
        return Rules(unreachable=Failure.of(FailureKind.ROBOTS_UNREACHABLE, why))
