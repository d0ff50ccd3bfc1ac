"""Asking again, at the end of a run, what failed in it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from fetcher import urls
from fetcher.failures import Phase
from fetcher.jobs.spool import Record
from fetcher.model import Outcome, Target
from fetcher.settings import Order, Settings

_NOT_REACHED = frozenset({Phase.DNS, Phase.CONNECT, Phase.TLS})
_ENOUGH = 3
_HOSTS = 10_000


@dataclass(frozen=True, slots=True)
class Recheck:
    """How to ask again: gently, because whatever failed may be overloaded.

    after: seconds to wait first. concurrency: requests at once. host_interval: least seconds
    between two requests to one host.
    """

    after: float = 2.0
    concurrency: int = 8
    host_interval: float = 0.25

    def settings(self, first: Settings) -> Settings:
        """The engine's settings for it, from those of the run."""
        return replace(
            first,
            concurrency=min(first.concurrency, self.concurrency),
            host_concurrency=1,
            host_interval=max(first.host_interval, self.host_interval),
            retries=0,
            order=Order.INPUT,
            # No further than it must: what the first answers say decides what else is asked.
            read_ahead=min(first.read_ahead, 2 * self.concurrency),
        )


class Unreachable:
    """Hosts that could not be reached when they were asked again.

    Of a host that is down for a thousand URLs, three are asked again and not all: each would take
    as long as a time limit.
    """

    def __init__(self) -> None:
        self._in_vain: dict[str, int] = {}

    def note(self, target: Target, outcome: Outcome) -> None:
        """Take account of an answer, or of the lack of one."""
        host = _host(target)
        if _reached(outcome):
            self._in_vain.pop(host, None)
        else:
            if len(self._in_vain) >= _HOSTS:
                self._in_vain.clear()
            self._in_vain[host] = self._in_vain.get(host, 0) + 1

    def targets(self, records: Iterator[Record]) -> Iterator[Target]:
        """The targets to ask again, lazily; each one's index is the number of its record."""
        for record in records:
            first = record.checked
            if record.again and (_reached(first.outcome) or not self._given_up(first.target)):
                yield replace(first.target, index=record.number)

    def _given_up(self, target: Target) -> bool:
        return self._in_vain.get(_host(target), 0) >= _ENOUGH


def _reached(outcome: Outcome) -> bool:
    return outcome.failure is None or outcome.failure.phase not in _NOT_REACHED


def _host(target: Target) -> str:
    text = target.url.strip()
    try:
        return urls.parse(text if urls.has_scheme(text) else f"https://{text}").host
    except urls.UrlError:
        return ""
