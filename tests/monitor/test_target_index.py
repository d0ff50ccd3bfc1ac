"""The index: what is found in it, in which order, and that it stays right while it changes."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from fetcher.judgement.expectations import NOTHING_SPECIAL
from fetcher.monitor.live_view import Query, TargetView
from fetcher.monitor.plan import Interval, MonitorTarget
from fetcher.monitor.target_index import WORST_FIRST, TargetIndex
from fetcher.monitor.target_state import Condition, State

CONDITIONS = st.sampled_from(Condition)
# Few letters, so that they are found in each other; the last ones fold to something else.
TEXTS = st.text("ab \n\tAİß\ud800", max_size=4)
ALL = 1_000


def view(
    key: str,
    condition: Condition = Condition.UP,
    *,
    name: str = "",
    url: str = "",
    group: str = "",
) -> TargetView:
    """A target in a condition."""
    watched = MonitorTarget(
        key, url or key, Interval(60.0), NOTHING_SPECIAL, name=name, group=group
    )
    return TargetView(watched, State(condition))


def keys(index: TargetIndex, **asked: object) -> list[str]:
    """The keys of what a query finds."""
    found = index.find(Query(**{"limit": ALL} | asked))  # type: ignore[arg-type]
    return [one.target.key for one in found.views]


def in_order(views: list[TargetView]) -> list[TargetView]:
    """The order in which targets are shown, the slow way."""
    return sorted(
        views,
        key=lambda one: (
            WORST_FIRST.index(one.state.condition),
            one.target.shown.casefold(),
            one.target.key,
        ),
    )


def test_the_worst_come_first_and_then_it_goes_by_name() -> None:
    """Down, degraded, not known yet, up; in each of them by what people call a target."""
    index = TargetIndex(
        [
            view("u2", name="beta"),
            view("u1", name="Alpha"),
            view("n", Condition.NEW),
            view("d1", Condition.DOWN, name="Zulu"),
            view("d2", Condition.DOWN, name="alpha"),
            view("g", Condition.DEGRADED),
        ]
    )
    assert keys(index) == ["d2", "d1", "g", "n", "u1", "u2"]
    assert keys(index, offset=1, limit=3) == ["d1", "g", "n"]
    assert index.find(Query(offset=4, limit=1)).total == 6
    assert keys(index, offset=6) == []


def test_a_search_finds_name_url_and_group_in_any_case() -> None:
    """All words have to be there, wherever each of them is."""
    index = TargetIndex(
        [
            view("1", name="Shop", url="https://eu.example/", group="Front"),
            view("2", name="Shop", url="https://us.example/", group="Front"),
            view("3", name="Mail", url="https://eu.example/mail", group="Back"),
        ]
    )
    assert keys(index, text="shop") == ["1", "2"]
    assert keys(index, text=" EU front ") == ["1"]
    assert keys(index, text="example/mail") == ["3"]
    assert keys(index, text="shop mail") == []
    assert keys(index, text="  ") == ["3", "1", "2"]


def test_a_name_with_a_line_end_is_one_target() -> None:
    """What a strange name contains moves no other target's words to it."""
    index = TargetIndex([view("1", name="a\nb\n"), view("2", name="c")])
    assert keys(index, text="b") == ["1"]
    assert keys(index, text="c") == ["2"]


def test_counts_by_condition_and_group() -> None:
    """Every condition has a number, in all and in each group; no group is one too."""
    index = TargetIndex([view("1", group="x"), view("2", Condition.DOWN, group="x"), view("3")])
    none = dict.fromkeys(Condition, 0)
    assert index.counts() == none | {Condition.UP: 2, Condition.DOWN: 1}
    assert index.groups() == {
        "x": none | {Condition.UP: 1, Condition.DOWN: 1},
        "": none | {Condition.UP: 1},
    }


def test_a_target_that_is_not_watched_any_more_is_not_taken() -> None:
    """A result that comes after its target was removed changes nothing."""
    index = TargetIndex([view("1")])
    index.update(view("2", Condition.DOWN))
    assert keys(index) == ["1"]
    assert index.get("2") is None
    assert index.counts()[Condition.DOWN] == 0


def test_a_list_takes_the_place_of_the_one_before() -> None:
    """After a reload, only what is configured now is found."""
    index = TargetIndex([view("1", group="x"), view("2", Condition.DOWN)])
    index.set_all([view("2"), view("3", group="y")])
    assert (len(index), [one.target.key for one in index]) == (2, ["2", "3"])
    assert keys(index) == ["2", "3"]
    assert (set(index.groups()), index.get("1")) == ({"", "y"}, None)


@given(st.lists(TEXTS, max_size=8), TEXTS)
def test_any_text_finds_what_has_its_words(names: list[str], text: str) -> None:
    """The search agrees with looking at each name, URL and group by itself."""
    views = [view(f"k{n}", name=name, url="u", group="g") for n, name in enumerate(names)]

    def has(one: TargetView) -> bool:
        watched = one.target
        said = f"{watched.name}\t{watched.url}\t{watched.group}".casefold()
        return all(word in said for word in text.casefold().split())

    expected = [one.target.key for one in in_order([one for one in views if has(one)])]
    assert keys(TargetIndex(views), text=text) == expected


class Changing(RuleBasedStateMachine):
    """A index that changes, beside a plain dictionary that is sorted each time."""

    @initialize(
        many=st.lists(st.tuples(TEXTS, st.sampled_from(["", "x", "y"]), CONDITIONS), max_size=12)
    )
    def begin(self, many: list[tuple[str, str, Condition]]) -> None:
        """Take a list."""
        self.reload(many)

    @rule(many=st.lists(st.tuples(TEXTS, st.sampled_from(["", "x", "y"]), CONDITIONS), max_size=12))
    def reload(self, many: list[tuple[str, str, Condition]]) -> None:
        """Take another list."""
        views = [
            view(f"k{n}", condition, name=name, group=group)
            for n, (name, group, condition) in enumerate(many)
        ]
        self.model = {one.target.key: one for one in views}
        self.index = TargetIndex()
        self.index.set_all(views)

    @rule(number=st.integers(0, 12), condition=CONDITIONS, silenced=st.booleans())
    def change(self, number: int, condition: Condition, silenced: bool) -> None:
        """A target gets another condition, or none of this number is there."""
        key = f"k{number}"
        if key not in self.model:
            self.index.update(view(key, condition))
            return
        new = replace(self.model[key], state=State(condition), silenced=silenced)
        self.model[key] = new
        self.index.update(new)

    @rule(
        condition=st.none() | CONDITIONS,
        group=st.sampled_from(["", "x", "z"]),
        text=TEXTS,
        offset=st.integers(0, 6),
        limit=st.integers(0, 6),
    )
    def ask(
        self, condition: Condition | None, group: str, text: str, offset: int, limit: int
    ) -> None:
        """A query finds the same part of the same targets in the same order."""
        found = [
            one
            for one in in_order(list(self.model.values()))
            if condition in (None, one.state.condition)
            and group in ("", one.target.group)
            and all(
                word in f"{one.target.name}\t{one.target.url}\t{one.target.group}".casefold()
                for word in text.casefold().split()
            )
        ]
        answer = self.index.find(Query(text, condition, group, offset, limit))
        assert list(answer.views) == found[offset : offset + limit]
        assert answer.total == len(found)

    @invariant()
    def it_counts_right(self) -> None:
        """The counts are those of the targets that are there."""
        if not hasattr(self, "model"):
            return
        conditions = [one.state.condition for one in self.model.values()]
        assert self.index.counts() == {one: conditions.count(one) for one in Condition}
        for name, counts in self.index.groups().items():
            mine = [o.state.condition for o in self.model.values() if o.target.group == name]
            assert counts == {one: mine.count(one) for one in Condition}
        assert len(self.index) == len(self.model)


TestChanging = Changing.TestCase
