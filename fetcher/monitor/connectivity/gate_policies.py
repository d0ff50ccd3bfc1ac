"""The gate of those who name no control targets: what other hosts answer counts.

The gate of those who name control targets: only their answers count.
"""

from fetcher.monitor.connectivity.control_targets import LONGEST_ROUND, ControlRound
from fetcher.monitor.connectivity.evidence import Shows
from fetcher.monitor.connectivity.gate import Gate, Held, Passing, Released, T
from fetcher.monitor.plan import SelfSettings

OTHERS = 3
"""So many other hosts that fall silent at once are more likely to have one cause, and that here."""

DARK = 2.0
"""How long nobody must have answered, in seconds, for it to be called dark: among a thousand checks
a second, a few failures in a row are chance."""


class OthersGate(Gate[T]):
    """Believes a failure when another host has answered since the middle of the check.

    When none has, it depends on how many others fell silent since the latest answer of all. Hosts
    that were silent before that answer are not counted, or those that are down for good would
    excuse each other for ever.
    """

    def __init__(self, settings: SelfSettings) -> None:
        super().__init__(settings)
        self._answered = ("", float("-inf"))
        self._answered_by_another = float("-inf")
        self._lost: set[str] = set()
        """Hosts that fell silent since the latest answer."""
        self._silent: set[str] = set()
        """Hosts that did so before it, and have not answered since."""

    def wants_controls(self, now: float) -> bool:
        """Never: there are none."""
        return False

    def asking_controls(self, now: float) -> None:
        """Nothing: there are none to ask."""

    def hear(self, answer: ControlRound, now: float) -> list[Released[T]]:
        """Nothing: nobody was asked."""
        return []

    def _noted(self, check: Passing[T]) -> bool:
        if check.shows is Shows.ONLINE:
            self._see(check.host, check.ended)
            return False
        if check.shows is Shows.NOTHING or check.host in self._silent:
            return False
        if self._is_vouched_for(check):
            self._silent.add(check.host)
        elif self.blind is None:
            self._lost.add(check.host)
        return True

    def _see(self, host: str, at: float) -> None:
        """Take note of an answer."""
        latest, when = self._answered
        if self.blind is None and len(self._lost) > OTHERS and at - when >= DARK:
            self._darken(self._earliest(at), _words(len(self._lost)))
        self._lighten(at)
        self._silent |= self._lost
        self._silent.discard(host)
        self._lost.clear()
        if at < when:
            return
        if host != latest:
            self._answered_by_another = when
        self._answered = (host, at)

    def _vouched_by(self, check: Passing[T]) -> list[str]:
        return [host for host in self._waiting if host != check.host]

    def _is_vouched_for(self, check: Passing[T]) -> bool:
        host, when = self._answered
        return (self._answered_by_another if host == check.host else when) > check.middle

    def _doubts(self, held: Held[T]) -> str:
        check = held.check
        if not held.telling:
            return ""
        if check.shows is Shows.FAULT:
            return check.text or "the way out of here is blocked"
        others = len(self._lost - {check.host})
        return _words(others + 1) if others >= OTHERS else ""


def _words(count: int) -> str:
    return f"{count} hosts fell silent, and no other answered meanwhile"


class ControlGate(Gate[T]):
    """Believes a failure when a control target has answered since the middle of the check.

    When none of them does, nothing can be seen. That targets answer proves little: some may stand
    in the same room. A cut that is over before a check has failed of it and a control after that
    goes unnoticed; against such short ones a target's `failures_before_down` helps.
    """

    def __init__(self, settings: SelfSettings) -> None:
        super().__init__(settings)
        # Whoever waits must see another round before their patience is over.
        self._pause = min(settings.control_pause, settings.patience / 2)
        self._asked = self._answered = float("-inf")
        self._asking = False

    def wants_controls(self, now: float) -> bool:
        """Whether something waits, or nothing can be seen, and it is time for another round."""
        if self.blind is None and not self._waiting:
            return False
        return not self._is_asking(now) and now >= self._asked + self._pause

    def asking_controls(self, now: float) -> None:
        """Note that a round of asking the control targets begins."""
        self._asked, self._asking = now, True

    def hear(self, answer: ControlRound, now: float) -> list[Released[T]]:
        """Take what a round of asking the control targets came to; return those through now."""
        out: list[Released[T]] = []
        self._asking = False
        if answer.answered:
            self._answered = answer.ended
            self._lighten(answer.ended)
        elif self.blind is None and self._waiting:
            self._darken(self._earliest(now), answer.why)
        self._look_again(list(self._waiting), now, out)
        return out

    def _is_asking(self, now: float) -> bool:
        """Whether a round is under way that may still come to something."""
        return self._asking and now < self._asked + LONGEST_ROUND

    def _noted(self, check: Passing[T]) -> bool:
        return True

    def _vouched_by(self, check: Passing[T]) -> list[str]:
        return []

    def _is_vouched_for(self, check: Passing[T]) -> bool:
        return self._answered > check.middle

    def _is_due(self, held: Held[T], now: float) -> bool:
        return held.deadline <= now and not self._is_asking(now)

    def _doubts(self, held: Held[T]) -> str:
        return "no control target was asked in time"
