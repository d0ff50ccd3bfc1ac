"""How much of the event loop's time goes into parsing."""

_STRETCH = 0.1
"""Seconds that are judged together: short beside a run, long beside a page."""
_PAGES = 5
"""And so many pages at least: one slow page says nothing about the next."""
_SHARE = 1 / 3
_WORTHWHILE = 0.0005


class ParseShare:
    """Tells when parsing inline is worth moving to processes.

    The rule: over a stretch of 0.1 s and 5 pages or more, parsing took a third of the time and half
    a millisecond a page. Below a third the loop mostly waits for the network, or does other things,
    and processes could save little; below half a millisecond, sending a page away and taking its
    rows back costs the loop a good part of what it saves. Every stretch is judged by itself, so
    heavy pages that come late in a list are noticed too. The first page of all counts for nothing:
    it pays for what is loaded late.
    """

    def __init__(self) -> None:
        self._since: float | None = None
        self._spent = 0.0
        self._pages = 0

    def dominates(self, seconds: float, now: float) -> bool:
        """Count a page that took so many seconds; true when that ends a stretch which says so.

        now: seconds of a monotonic clock.
        """
        if self._since is None:
            self._since = now
            return False
        self._spent += seconds
        self._pages += 1
        elapsed = now - self._since
        if elapsed < _STRETCH or self._pages < _PAGES:
            return False
        verdict = self._spent >= elapsed * _SHARE and self._spent >= self._pages * _WORTHWHILE
        self._since, self._spent, self._pages = now, 0.0, 0
        return verdict
