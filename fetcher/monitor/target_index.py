"""The board on which every target stands as it is now, and on which they are found."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence

from fetcher.monitor.live_view import Query, SearchResult, TargetView
from fetcher.monitor.target_state import Condition

WORST_FIRST = (Condition.DOWN, Condition.DEGRADED, Condition.NEW, Condition.UP)
"""What people want to see first; of a new one nobody knows yet that it is well."""


class TargetIndex:
    """All targets in memory, for questions that are asked while checks go on.

    A target's place among all, by its name, is fixed when the list is set; the places of those in
    one condition are kept in order, so that a page of the worst is a slice and no sorting. A text
    is looked for in one block of bytes (UTF-8), which takes a tenth of the memory that as many
    strings would.
    """

    def __init__(self, views: Iterable[TargetView] = ()) -> None:
        self.set_all(views)

    def __len__(self) -> int:
        return len(self._views)

    def __iter__(self) -> Iterator[TargetView]:
        """Every target by name."""
        return iter(self._views)

    def set_all(self, views: Iterable[TargetView]) -> None:
        """Take these in place of all there were; keys are unique."""
        self._views = sorted(views, key=_by_name)
        self._places = {view.watched.key: place for place, view in enumerate(self._views)}
        self._texts = b"\n".join([_searched(view) for view in self._views])
        self._in_condition = {condition: array("I") for condition in Condition}
        self._groups: dict[str, dict[Condition, int]] = {}
        for place, view in enumerate(self._views):
            self._in_condition[view.state.condition].append(place)
            self._group(view)[view.state.condition] += 1

    def update(self, view: TargetView) -> None:
        """Take the new view of a target; of one that is not on the board, nothing is taken.

        Its name, URL and group are the same as before: where they change, the list is set anew.
        """
        place = self._places.get(view.watched.key)
        if place is None:
            return
        before, after = self._views[place].state.condition, view.state.condition
        self._views[place] = view
        if before is not after:
            left, joined = self._in_condition[before], self._in_condition[after]
            del left[bisect_left(left, place)]
            joined.insert(bisect_left(joined, place), place)
            counts = self._group(view)
            counts[before] -= 1
            counts[after] += 1

    def get(self, key: str) -> TargetView | None:
        """Give one target, None when there is none with this key."""
        place = self._places.get(key)
        return None if place is None else self._views[place]

    def counts(self) -> Mapping[Condition, int]:
        """How many targets are in each condition."""
        return {condition: len(places) for condition, places in self._in_condition.items()}

    def groups(self) -> Mapping[str, Mapping[Condition, int]]:
        """The same for each group of targets; "" for those without."""
        return {name: dict(counts) for name, counts in self._groups.items()}

    def find(self, query: Query) -> SearchResult:
        """Find targets, worst first, then by name.

        Letters of either case are the same; of several words, each has to be there.
        """
        wanted = (query.condition,) if query.condition else WORST_FIRST
        if query.group or query.text.strip():
            parts = self._matching(query, wanted)
        else:
            parts = [self._in_condition[condition] for condition in wanted]
        places = _stretch(parts, query.offset, query.limit)
        return SearchResult([self._views[place] for place in places], sum(map(len, parts)))

    def _group(self, view: TargetView) -> dict[Condition, int]:
        found = self._groups.get(view.watched.group)
        if found is None:
            found = self._groups[view.watched.group] = dict.fromkeys(Condition, 0)
        return found

    def _matching(self, query: Query, wanted: Sequence[Condition]) -> Sequence[Sequence[int]]:
        """The places of those that the query finds, for each condition that is wanted."""
        found: dict[Condition, list[int]] = {condition: [] for condition in wanted}
        for place in self._having(query.text):
            view = self._views[place]
            if query.group and view.watched.group != query.group:
                continue
            if (places := found.get(view.state.condition)) is not None:
                places.append(place)
        return list(found.values())

    def _having(self, text: str) -> Iterable[int]:
        """The places of those that have every word of a text."""
        words = [_bytes(word) for word in text.casefold().split()]
        if not words:
            return range(len(self._views))
        first, *others = words
        lines = enumerate(self._texts.split(b"\n"))
        found = [(place, line) for place, line in lines if first in line]
        for word in others:
            found = [(place, line) for place, line in found if word in line]
        return [place for place, _ in found]


def _by_name(view: TargetView) -> tuple[str, str]:
    return view.watched.shown.casefold(), view.watched.key


def _searched(view: TargetView) -> bytes:
    """What a text is looked for in, on one line."""
    watched = view.watched
    return _bytes(
        " ".join(f"{watched.name}\t{watched.address}\t{watched.group}".casefold().split("\n"))
    )


def _bytes(text: str) -> bytes:
    # What came from a command line or a file may hold lone surrogates, which UTF-8 has no form for.
    return text.encode("utf-8", "surrogatepass")


def _stretch(parts: Sequence[Sequence[int]], offset: int, limit: int) -> list[int]:
    """So many elements from an offset on, over the parts as if they were one."""
    found: list[int] = []
    offset, limit = max(offset, 0), max(limit, 0)
    for part in parts:
        found += part[offset : offset + limit - len(found)]
        offset = max(offset - len(part), 0)
        if len(found) >= limit:
            break
    return found
