"""Which announced work is under way, for as many targets as there are."""

from collections.abc import Sequence

from fetcher.monitor.folding.stretches import LONGEST_GAP, Stretch, Stretches, stretches_of
from fetcher.monitor.watched import Window


class Calendar:
    """All maintenance windows, worked out once for all targets that share them.

    Windows must be such that `check_window` accepts. What was worked out is kept for as long as the
    calendar: a configuration that is read anew deserves a new one. Times are seconds since the
    epoch.
    """

    def __init__(self) -> None:
        self._known: dict[Window, Stretches] = {}

    def window_at(self, windows: Sequence[Window], at: float) -> Window | None:
        """Give the first of these windows that is on, None when none is."""
        for window in windows:
            if self._stretches(window).on(at):
                return window
        return None

    def announced(self, windows: Sequence[Window], start: float, end: float) -> tuple[Stretch, ...]:
        """Give when any of these windows is on between two times: cut off there, in order, apart.

        Windows that overlap or touch make one stretch. Of more than 400 days only the last 400 are
        looked at, as in `spans`.
        """
        if not windows or end <= start:
            return ()
        start = max(start, end - LONGEST_GAP)
        stretches = [
            each for window in windows for each in self._stretches(window).within(start, end)
        ]
        joined: list[Stretch] = []
        for first, last in sorted(stretches):
            if joined and first <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
            else:
                joined.append((first, last))
        return tuple(joined)

    def next_windows(
        self, windows: Sequence[Window], after: float
    ) -> tuple[tuple[float, Window], ...]:
        """Give when each of these windows next begins, the soonest first; past ones are left out.

        One that begins again before it has ended begins when a new stretch does.
        """
        begins = [(self._stretches(window).next_after(after), window) for window in windows]
        coming = [(start, window) for start, window in begins if start is not None]
        return tuple(sorted(coming, key=lambda each: each[0]))

    def _stretches(self, window: Window) -> Stretches:
        found = self._known.get(window)
        if found is None:
            found = self._known[window] = stretches_of(window)
        return found
