"""The gate of those who name control targets: only their answers count."""

from fetcher.monitor.plan import SelfSettings
from fetcher.monitor.sight.controls import LONGEST_ROUND, ControlRound
from fetcher.monitor.sight.gate import Gate, Held, T
from fetcher.monitor.sight.passing import Passing, Released


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
