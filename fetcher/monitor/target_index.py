"""All targets as they are now, and how to find them."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence

from fetcher.monitor.live_view import Query, SearchResult, TargetView
from fetcher.monitor.target_state import Condition

WORST_FIRST = (Condition.DOWN, Condition.DEGRADED, Condition.NEW, Condition.UP)
"""What people want to see first; of a new target nobody knows yet that it is healthy."""


class TargetIndex:
    """All targets in memory, for queries while checks go on.

    A target's position among all, by name, is fixed when the list is set; the positions of those in
    one condition are kept sorted, so that a page of the worst is a slice and needs no sorting. Text
    is searched in one block of bytes (UTF-8), which takes a tenth of the memory that separate
    strings would.
    """

    def __init__(self, views: Iterable[TargetView] = ()) -> None:
        self.set_all(views)

    def __len__(self) -> int:
        return len(self._views)

    def __iter__(self) -> Iterator[TargetView]:
        """Iterate over all targets by name."""
        return iter(self._views)

    def set_all(self, views: Iterable[TargetView]) -> None:
        """Replace all targets; keys are unique."""
        self._views = sorted(views, key=_by_name)
        self._positions = {view.target.key: position for position, view in enumerate(self._views)}
        self._texts = b"\n".join([_searched(view) for view in self._views])
        self._in_condition = {condition: array("I") for condition in Condition}
        self._groups: dict[str, dict[Condition, int]] = {}
        for position, view in enumerate(self._views):
            self._in_condition[view.state.condition].append(position)
            self._group(view)[view.state.condition] += 1

    def update(self, view: TargetView) -> None:
        """Replace the view of a target; ignored if the target is not in the index.

        Its name, URL and group are the same as before: when they change, all are set again.
        """
        position = self._positions.get(view.target.key)
        if position is None:
            return
        before, after = self._views[position].state.condition, view.state.condition
        self._views[position] = view
        if before is not after:
            left, joined = self._in_condition[before], self._in_condition[after]
            del left[bisect_left(left, position)]
            joined.insert(bisect_left(joined, position), position)
            counts = self._group(view)
            counts[before] -= 1
            counts[after] += 1

    def get(self, key: str) -> TargetView | None:
        """Return one target, None if there is none with this key."""
        position = self._positions.get(key)
        return None if position is None else self._views[position]

    def counts(self) -> Mapping[Condition, int]:
        """Return the number of targets in each condition."""
        return {condition: len(positions) for condition, positions in self._in_condition.items()}

    def groups(self) -> Mapping[str, Mapping[Condition, int]]:
        """Return the same for each group of targets; "" for those without."""
        return {name: dict(counts) for name, counts in self._groups.items()}

    def find(self, query: Query) -> SearchResult:
        """Find targets, worst first, then by name.

        Case does not matter; if there are several words, all of them must occur.
        """
        wanted = (query.condition,) if query.condition else WORST_FIRST
        if query.group or query.text.strip():
            parts = self._matching(query, wanted)
        else:
            parts = [self._in_condition[condition] for condition in wanted]
        positions = _slice(parts, query.offset, query.limit)
        return SearchResult([self._views[position] for position in positions], sum(map(len, parts)))

    def _group(self, view: TargetView) -> dict[Condition, int]:
        found = self._groups.get(view.target.group)
        if found is None:
            found = self._groups[view.target.group] = dict.fromkeys(Condition, 0)
        return found

    def _matching(self, query: Query, wanted: Sequence[Condition]) -> Sequence[Sequence[int]]:
        """Return the positions of the matching targets, for each wanted condition."""
        found: dict[Condition, list[int]] = {condition: [] for condition in wanted}
        for position in self._containing(query.text):
            view = self._views[position]
            if query.group and view.target.group != query.group:
                continue
            if (positions := found.get(view.state.condition)) is not None:
                positions.append(position)
        return list(found.values())

    def _containing(self, text: str) -> Iterable[int]:
        """Return the positions of the targets that contain every word of a text."""
        words = [_bytes(word) for word in text.casefold().split()]
        if not words:
            return range(len(self._views))
        first, *others = words
        lines = enumerate(self._texts.split(b"\n"))
        found = [(position, line) for position, line in lines if first in line]
        for word in others:
            found = [(position, line) for position, line in found if word in line]
        return [position for position, _ in found]


def _by_name(view: TargetView) -> tuple[str, str]:
    return view.target.shown.casefold(), view.target.key


def _searched(view: TargetView) -> bytes:
    """Return what is searched for text, on one line."""
    target = view.target
    return _bytes(
        " ".join(f"{target.name}\t{target.address}\t{target.group}".casefold().split("\n"))
    )


def _bytes(text: str) -> bytes:
    # Text from a command line or a file may hold lone surrogates, which UTF-8 cannot encode.
    return text.encode("utf-8", "surrogatepass")


def _slice(parts: Sequence[Sequence[int]], offset: int, limit: int) -> list[int]:
    """Return up to `limit` elements from an offset on, as if the parts were one sequence."""
    found: list[int] = []
    offset, limit = max(offset, 0), max(limit, 0)
    for part in parts:
        found += part[offset : offset + limit - len(found)]
        offset = max(offset - len(part), 0)
        if len(found) >= limit:
            break
    return found
