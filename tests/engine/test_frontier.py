"""The frontier's rules, each in one example; `test_frontier_rules.py` has them all at once."""

from fetcher.engine.frontier import Frontier


def drain(frontier: Frontier[str], now: float = 0.0) -> list[tuple[float, str]]:
    """Start everything as early as it may, each ending at once; return when each started."""
    started = []
    while True:
        while (popped := frontier.pop(now)) is not None:
            started.append((now, popped[1]))
            frontier.done(popped[0])
        due = frontier.next_due(now)
        if due is None:
            return started
        now = due


def test_hosts_take_turns() -> None:
    """A list sorted by host is started as if it were shuffled fairly."""
    frontier: Frontier[str] = Frontier(4)
    for host in "abc":
        for number in range(3):
            frontier.push(host, f"{host}{number}")
    order = [item for _, item in drain(frontier)]
    assert order == ["a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2"]


def begin(frontier: Frontier[str], starts: int) -> list[str]:
    """Start so many items, which end when they are told to."""
    popped = [frontier.pop(0.0) for _ in range(starts)]
    return [found[1] for found in popped if found is not None]


def hosts_of(counts: dict[str, int], limit: int) -> Frontier[str]:
    """A frontier with so many items of each host."""
    frontier: Frontier[str] = Frontier(limit)
    for host, count in counts.items():
        for number in range(count):
            frontier.push(host, f"{host}{number}")
    return frontier


def test_a_slot_of_a_full_host_is_filled_at_once() -> None:
    """A host at its limit starts as soon as one of its own ends, before all whose turn it is."""
    frontier = hosts_of({"slow": 9, "a": 9, "b": 9}, limit=2)
    assert begin(frontier, 4) == ["slow0", "a0", "b0", "slow1"]
    for host in ("a", "b", "slow"):
        frontier.done(host)
    assert begin(frontier, 2) == ["slow2", "a1"]


def test_all_slots_of_a_full_host_are_filled_again() -> None:
    """Several of its requests end at the same moment: each slot is filled as soon as it may be."""
    frontier = hosts_of({"slow": 9, "a": 9, "b": 9}, limit=3)
    assert len(begin(frontier, 9)) == 9
    for host in ("slow", "slow", "slow", "a", "b"):
        frontier.done(host)
    started = begin(frontier, 5)
    assert [item for item in started if "slow" in item] == ["slow3", "slow4", "slow5"]
    assert frontier.pop(0.0) is None


def test_a_host_that_is_still_busy_at_its_turn_fills_its_slots() -> None:
    """Its requests take longer than a round of all hosts: it never came to its limit by turns."""
    frontier = hosts_of({"slow": 9, "a": 9, "b": 9}, limit=3)
    assert begin(frontier, 3) == ["slow0", "a0", "b0"]
    frontier.done("a")
    frontier.done("b")
    assert begin(frontier, 4) == ["slow1", "slow2", "a1", "b1"]


def test_slow_hosts_have_no_more_than_every_second_start() -> None:
    """However many of their requests end, those that wait for their turn have the other half."""
    frontier = hosts_of({"x": 9, "y": 9}, limit=2)
    assert len(begin(frontier, 4)) == 4
    for number in range(4):
        frontier.push(f"new{number}", f"new{number}")
    started = []
    for host in "xyxyxy":
        frontier.done(host)
        started += begin(frontier, 1)
    assert started == ["x2", "new0", "y2", "new1", "x3", "new2"]


def test_a_start_out_of_turn_counts_as_a_turn() -> None:
    """Whoever filled its slot at once is behind those that waited meanwhile."""
    frontier = hosts_of({"slow": 9, "a": 9, "b": 9}, limit=1)
    assert begin(frontier, 2) == ["slow0", "a0"]
    frontier.done("slow")
    assert begin(frontier, 1) == ["slow1"]
    frontier.done("slow")
    assert begin(frontier, 1) == ["b0"]
    assert begin(frontier, 1) == ["slow2"]


def test_a_host_that_is_forgotten_and_comes_back_is_another_one() -> None:
    """The place among the turns that it left behind does it no harm."""
    frontier = hosts_of({"slow": 2, "a": 2}, limit=1)
    assert begin(frontier, 2) == ["slow0", "a0"]
    frontier.done("slow")
    assert begin(frontier, 1) == ["slow1"]
    frontier.done("slow")
    frontier.push("slow", "again")
    assert begin(frontier, 1) == ["again"]
    assert frontier.waiting("a") == 1
    frontier.done("a")
    frontier.done("slow")
    assert begin(frontier, 2) == ["a1"]
    frontier.done("a")
    assert frontier.idle()
    assert not frontier._hosts


def test_an_interval_holds_for_each_host_alone() -> None:
    """Starts on one host are spaced; another host's start in between does not count."""
    frontier: Frontier[str] = Frontier(4, interval=2.0)
    for item in ("a0", "a1", "a2", "b0", "b1"):
        frontier.push(item[0], item)
    assert drain(frontier) == [(0, "a0"), (0, "b0"), (2, "a1"), (2, "b1"), (4, "a2")]


def test_a_rate_holds_for_all_hosts_together() -> None:
    """Starts are spread over the second whatever host they go to."""
    frontier: Frontier[str] = Frontier(4, rate=2.0)
    for number in range(4):
        frontier.push(f"h{number}", f"h{number}")
    assert [when for when, _ in drain(frontier)] == [0, 0.5, 1.0, 1.5]


def test_a_retry_keeps_its_time_and_goes_first() -> None:
    """What was put off comes when it may, before work that was not begun, and holds no slot."""
    frontier: Frontier[str] = Frontier(1)
    frontier.push_later("a", "retry", 5.0)
    frontier.push("a", "new")
    assert frontier.pop(0.0) == ("a", "new")
    assert frontier.waiting("a") == 0
    frontier.push("a", "newer")
    frontier.done("a")
    assert frontier.active == 0
    assert frontier.pop(5.0) == ("a", "retry")


def test_nothing_else_starts_before_a_hosts_pace_is_known() -> None:
    """With `pace_first` the first item of a host goes alone until its crawl delay is known."""
    frontier: Frontier[str] = Frontier(4, pace_first=True)
    for number in range(3):
        frontier.push("a", f"a{number}")
    assert frontier.pop(0.0) == ("a", "a0")
    assert frontier.pop(0.0) is None
    frontier.pace("a", 3.0, 1.0)
    assert frontier.pop(3.9) is None
    assert frontier.pop(4.0) == ("a", "a1")
    assert frontier.pop(6.9) is None
    assert frontier.pop(7.0) == ("a", "a2")


def test_many_held_hosts_are_cheap() -> None:
    """Hosts that are put on hold while it is their turn neither block others nor get lost."""
    frontier: Frontier[str] = Frontier(1)
    for number in range(1000):
        frontier.push(f"h{number}", f"h{number}")
        if number % 2:
            frontier.hold(f"h{number}", 9.0)
    assert frontier.startable == 500
    started = drain(frontier)
    assert [when for when, _ in started] == [0.0] * 500 + [9.0] * 500
    assert frontier.idle()
