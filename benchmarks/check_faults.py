"""The faults that are planted, and the list of hosts that they are planted in."""

import random
from dataclasses import dataclass
from enum import StrEnum

# Names reserved for documentation (RFC 2606, section 3): one of the clients asks only for names
# whose top-level domain exists.
DOMAIN = "bench.example.com"
MISSING_DOMAIN = "missing.example.com"
"""Where no name exists."""

SHARE = 0.1
"""How many of the hosts have a fault, about."""

QUICK = (1, 20)
"""The least and the most milliseconds that most hosts take to answer."""

SLOW = {200: 0.14, 1_000: 0.01}
"""Milliseconds that some healthy hosts take, and how many of them do."""

MOVED_SHARE = 0.02
"""How many of the healthy hosts answer by a redirect to another page of theirs."""

SEED = 4


class Fault(StrEnum):
    """What is wrong with a host; each kind is planted equally often."""

    NOT_FOUND = "404"
    GONE = "410"
    SERVER_ERROR = "500"
    UNAVAILABLE = "503"
    TOO_MANY = "429"
    FORBIDDEN = "403"
    BOT_PAGE = "bot-protection page"
    LOOP = "redirect loop"
    TO_HOME = "redirect to home page"
    SOFT_404 = "soft 404"
    EXPIRED = "expired certificate"
    WRONG_NAME = "certificate of another"
    SELF_SIGNED = "self-signed certificate"
    REFUSED = "connection refused"
    NO_NAME = "no such name"
    SILENT = "never answers"
    RESET = "body cut by a reset"
    SHORT = "wrong content length"
    NOT_HTTP = "not HTTP"


PATHS = {Fault.TO_HOME: "/products/42", Fault.SOFT_404: "/item/7"}
"""What is asked of a host with the fault; "/" where nothing is said."""

MOVED = "/old"
"""What is asked of a healthy host that redirects."""


@dataclass(frozen=True, slots=True)
class Host:
    """One host of the list.

    fault: None for a healthy one. path: what is asked of it. pause: milliseconds before it
    answers.
    """

    name: str
    fault: Fault | None
    path: str
    pause: int


def plan(count: int) -> list[Host]:
    """Return that many hosts, the same at each call, with every fault at least once."""
    chance = random.Random(SEED)
    each = max(1, round(count * SHARE / len(Fault)))
    faults: list[Fault | None] = [fault for fault in Fault for _ in range(each)]
    faults += [None] * (count - len(faults))
    chance.shuffle(faults)
    pauses = iter(_pauses(chance, faults.count(None)))
    return [
        _faulty(n, fault, chance) if fault is not None else _healthy(n, next(pauses), chance)
        for n, fault in enumerate(faults, start=1)
    ]


def _faulty(n: int, fault: Fault, chance: random.Random) -> Host:
    domain = MISSING_DOMAIN if fault is Fault.NO_NAME else DOMAIN
    return Host(f"h{n:04}.{domain}", fault, PATHS.get(fault, "/"), chance.randint(*QUICK))


def _healthy(n: int, pause: int, chance: random.Random) -> Host:
    path = MOVED if chance.random() < MOVED_SHARE else "/"
    return Host(f"h{n:04}.{DOMAIN}", None, path, pause)


def _pauses(chance: random.Random, count: int) -> list[int]:
    """Return the pauses of that many healthy hosts, in any order."""
    slow = [pause for pause, share in SLOW.items() for _ in range(round(count * share))]
    quick = [chance.randint(*QUICK) for _ in range(count - len(slow))]
    return chance.sample(slow + quick, count)
