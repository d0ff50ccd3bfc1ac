"""Whose answers prove that the monitor is online: the control targets', or those of other hosts."""

from fetcher.monitor.connectivity.control_targets import LONGEST_ROUND, ControlRound
from fetcher.monitor.connectivity.evidence import Evidence
from fetcher.monitor.connectivity.gate import Gate, GatedCheck, Held, Released, T
from fetcher.monitor.plan import SelfSettings

PEERS = 3
"""When this many other hosts fall silent at once, the cause is more likely here."""

QUIET_FOR = 2.0
"""How long, in seconds, no host must have answered to count as offline: among a thousand checks a
second, a few failures in a row are chance."""


class ControlGate(Gate[T]):
    """Without an answer from a control target since the middle of a check, its failure waits.

    If none of them answers, the monitor is offline. Answers of targets prove little: some may be in
    the same room. A cut that ends before a check has failed because of it, and before the next
    control round, goes unnoticed; against such short ones, `failures_before_down` helps.
    """

    def __init__(self, settings: SelfSettings) -> None:
        super().__init__(settings)
        # Every held check must see another round before its deadline.
        self._pause = min(settings.control_pause, settings.patience / 2)
        self._started = self._answered = float("-inf")
        self._in_progress = False

    def wants_controls(self, now: float) -> bool:
        """True if checks are held, or the monitor is offline, and it is time for another round."""
        if self.offline is None and not self._held:
            return False
        return not self._is_checking(now) and now >= self._started + self._pause

    def control_round_started(self, now: float) -> None:
        """Note that a check of the control targets has begun."""
        self._started, self._in_progress = now, True

    def control_round_ended(self, answer: ControlRound, now: float) -> list[Released[T]]:
        """Take the outcome of checking the control targets; return those released now."""
        out: list[Released[T]] = []
        self._in_progress = False
        if answer.answered:
            self._answered = answer.ended
            self._go_online(answer.ended)
        elif self.offline is None and self._held:
            self._go_offline(self._earliest(now), answer.why)
        self._reconsider(list(self._held), now, out)
        return out

    def _is_checking(self, now: float) -> bool:
        """True if a round is in progress that may still end with an answer."""
        return self._in_progress and now < self._started + LONGEST_ROUND

    def _record(self, check: GatedCheck[T]) -> bool:
        return True

    def _confirmed_by(self, check: GatedCheck[T]) -> list[str]:
        return []

    def _is_confirmed(self, check: GatedCheck[T]) -> bool:
        return self._answered > check.middle

    def _is_due(self, held: Held[T], now: float) -> bool:
        return held.deadline <= now and not self._is_checking(now)

    def _why_offline(self, held: Held[T]) -> str:
        return "no control target was checked in time"


class PeerGate(Gate[T]):
    """Without an answer from another host since the middle of a check, its failure waits.

    If none has answered, it depends on how many others fell silent since the latest answer of all.
    Hosts that were silent before that answer are not counted, or those that are down permanently
    would excuse each other forever.
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
        """Always False: there are none."""
        return False

    def control_round_started(self, now: float) -> None:
        """Do nothing: there are no control targets."""

    def control_round_ended(self, answer: ControlRound, now: float) -> list[Released[T]]:
        """Return nothing: there are no control targets."""
        return []

    def _record(self, check: GatedCheck[T]) -> bool:
        if check.evidence is Evidence.ONLINE:
            self._record_answer(check.host, check.ended)
            return False
        if check.evidence is Evidence.NOTHING or check.host in self._silent:
            return False
        if self._is_confirmed(check):
            self._silent.add(check.host)
        elif self.offline is None:
            self._lost.add(check.host)
        return True

    def _record_answer(self, host: str, at: float) -> None:
        latest, when = self._answered
        if self.offline is None and len(self._lost) > PEERS and at - when >= QUIET_FOR:
            self._go_offline(self._earliest(at), _silent_text(len(self._lost)))
        self._go_online(at)
        self._silent |= self._lost
        self._silent.discard(host)
        self._lost.clear()
        if at < when:
            return
        if host != latest:
            self._answered_by_another = when
        self._answered = (host, at)

    def _confirmed_by(self, check: GatedCheck[T]) -> list[str]:
        return [host for host in self._held if host != check.host]

    def _is_confirmed(self, check: GatedCheck[T]) -> bool:
        host, when = self._answered
        return (self._answered_by_another if host == check.host else when) > check.middle

    def _why_offline(self, held: Held[T]) -> str:
        check = held.check
        if not held.is_news:
            return ""
        if check.evidence is Evidence.FAULT:
            return check.text or "the way out of here is blocked"
        others = len(self._lost - {check.host})
        return _silent_text(others + 1) if others >= PEERS else ""


def _silent_text(count: int) -> str:
    return f"{count} hosts stopped answering, and no other host answered meanwhile"
