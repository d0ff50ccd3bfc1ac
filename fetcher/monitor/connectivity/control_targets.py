"""Asking control targets: whether anyone answers at all."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from fetcher.engine.run import Run
from fetcher.model import Result, Target
from fetcher.settings import Order, Settings
from fetcher.transport.base import Inquiry
from fetcher.units import meaning
from fetcher.urls import without_login

LONGEST_ROUND = 10.0
"""The longest that a round takes, in seconds."""
_TIMEOUT = 5.0
"""Whoever serves to show that we can see should answer within so many seconds."""

_ANSWER = Inquiry(lambda status, content_type: None)
"""Asks for nothing but an answer."""

MakeRun = Callable[[Iterable[Target], Callable[[Target], Inquiry], Settings], Run]


@dataclass(frozen=True, slots=True)
class ControlRound:
    """What it came to when all control targets were asked.

    began, ended: seconds of the event loop's clock. why: what each of them did instead of
    answering, in plain words; "" when one answered.
    """

    began: float
    ended: float
    why: str = ""

    @property
    def answered(self) -> bool:
        """Whether one of them did."""
        return not self.why


class Controls:
    """Asks control targets; any HTTP answer from one of them will do.

    urls: theirs. settings: as for all targets; but a control target is asked once, and briefly.
    """

    def __init__(self, urls: Sequence[str], settings: Settings, *, make_run: MakeRun = Run) -> None:
        self._targets = [Target(index, url) for index, url in enumerate(urls)]
        self._settings = replace(
            settings,
            concurrency=max(len(urls), 1),
            host_concurrency=max(len(urls), 1),
            rate_limit=None,
            host_interval=0.0,
            timeout=min(settings.timeout, _TIMEOUT),
            connect_timeout=min(settings.connect_timeout, _TIMEOUT),
            retries=0,
            max_redirects=0,
            robots=False,
            order=Order.COMPLETED,
        )
        self._make_run = make_run

    async def ask(self) -> ControlRound:
        """Ask all of them at once, until one answers; takes at most LONGEST_ROUND seconds.

        Each round is a run of its own: what another remembers of names and connections would show
        that we could see then. Never raises for what a network, or the lack of files, does.
        """
        clock = asyncio.get_running_loop().time
        began, silent = clock(), dict.fromkeys([target.url for target in self._targets], "no word")
        try:
            async with asyncio.timeout(LONGEST_ROUND):
                run = self._make_run(self._targets, lambda target: _ANSWER, self._settings)
                async with aclosing(aiter(run)) as results:
                    async for result in results:
                        if _is_answer(result):
                            return ControlRound(began, clock())
                        silent[result.target.url] = _words(result)
        except TimeoutError:
            pass
        except OSError as error:
            # Not what a network does: the program cannot open its files, or has too many open.
            return ControlRound(began, clock(), f"control targets cannot be asked: {error}")
        told = "; ".join([f"{without_login(url)}: {words}" for url, words in silent.items()])
        return ControlRound(began, clock(), f"no control target answers ({told})")


def _is_answer(result: Result) -> bool:
    """Whether there is an HTTP answer, whatever its status."""
    return result.outcome.response is not None and result.outcome.failure is None


def _words(result: Result) -> str:
    failure = result.outcome.failure
    return "no answer" if failure is None else meaning(failure)
