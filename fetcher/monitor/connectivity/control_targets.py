"""Checking the control targets: whether anyone answers at all."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from fetcher.engine.run import Run
from fetcher.model import Result, Target
from fetcher.settings import Order, Settings
from fetcher.transport.base import Inquiry
from fetcher.urls import without_login

LONGEST_ROUND = 10.0
"""The longest that a round takes, in seconds."""
_TIMEOUT = 5.0
"""A control target should answer within this many seconds."""

_ANY_ANSWER = Inquiry(lambda status, content_type: None)
"""Asks for nothing but a response."""

MakeRun = Callable[[Iterable[Target], Callable[[Target], Inquiry], Settings], Run]


@dataclass(frozen=True, slots=True)
class ControlRound:
    """The outcome of checking all control targets once.

    began, ended: seconds of the event loop's clock. why: what each of them did instead of
    answering, in plain words; "" if one answered.
    """

    began: float
    ended: float
    why: str = ""

    @property
    def answered(self) -> bool:
        """True if one of them answered."""
        return not self.why


class ControlChecker:
    """Checks the control targets; any HTTP response from one of them will do.

    Args:
        urls: Theirs.
        settings: As for all targets; but a control target is tried only once, and briefly.
        make_run: Starts the engine.
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

    async def check(self) -> ControlRound:
        """Check all of them at once, until one answers; takes at most LONGEST_ROUND seconds.

        Each round is a run of its own: names and connections remembered from an earlier one would
        only show that the monitor was online then. Never raises for what a network, or a lack of
        files, does.
        """
        clock = asyncio.get_running_loop().time
        began = clock()
        answers = dict.fromkeys([target.url for target in self._targets], "no answer in time")
        try:
            async with asyncio.timeout(LONGEST_ROUND):
                run = self._make_run(self._targets, lambda target: _ANY_ANSWER, self._settings)
                async with aclosing(aiter(run)) as results:
                    async for result in results:
                        if _is_answer(result):
                            return ControlRound(began, clock())
                        answers[result.target.url] = _failure_text(result)
        except TimeoutError:
            pass
        except OSError as error:
            # Not what a network does: the program cannot open its files, or has too many open.
            return ControlRound(began, clock(), f"control targets cannot be checked: {error}")
        each = "; ".join([f"{without_login(url)}: {text}" for url, text in answers.items()])
        return ControlRound(began, clock(), f"no control target answers ({each})")


def _is_answer(result: Result) -> bool:
    """True if there is an HTTP response, whatever its status."""
    return result.outcome.response is not None and result.outcome.failure is None


def _failure_text(result: Result) -> str:
    failure = result.outcome.failure
    return "no answer" if failure is None else failure.clause
