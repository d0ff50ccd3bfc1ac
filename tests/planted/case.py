"""One planted case: what stands at a URL, and what a check must say of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

from fetcher.judgement.expectations import Expectations, parse_expectations
from fetcher.judgement.verdict import Checked, Health, Trouble
from tests.planted.places import Place

Expect = Mapping[str, Any]
NOTHING: Expect = MappingProxyType({})


class Wanted(Protocol):
    """A verdict that is wanted, with words of its reason."""

    @property
    def health(self) -> Health: ...
    @property
    def trouble(self) -> Trouble | None: ...
    @property
    def words(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Case:
    """One URL with a server of its own, and the verdict on it.

    name: also the first label of its host name. path: what is asked for. health, trouble: of the
    verdict. words: what its reason must hold, in any case of letters. expect: what is expected of
    the answer beyond the ordinary, by the names that expectations have everywhere.
    """

    name: str
    place: Place
    health: Health = Health.HEALTHY
    trouble: Trouble | None = None
    words: tuple[str, ...] = ()
    path: str = "/"
    expect: Expect = field(default_factory=dict)

    @property
    def expected(self) -> Expectations | None:
        """The expectations as the library takes them, None for the ordinary ones."""
        return parse_expectations(self.expect) if self.expect else None


def unhealthy(
    name: str,
    place: Place,
    trouble: Trouble,
    *words: str,
    path: str = "/",
    expect: Expect = NOTHING,
) -> Case:
    """Plant something that must be found unhealthy."""
    return Case(name, place, Health.UNHEALTHY, trouble, words, path, expect)


def degraded(name: str, place: Place, trouble: Trouble, *words: str, path: str = "/") -> Case:
    """Plant something that must be found degraded."""
    return Case(name, place, Health.DEGRADED, trouble, words, path)


def unknown(name: str, place: Place, trouble: Trouble, *words: str, path: str = "/") -> Case:
    """Plant something that nobody can judge from here."""
    return Case(name, place, Health.UNKNOWN, trouble, words, path)


def differences(case: Wanted, health: str, trouble: str | None, reason: str) -> list[str]:
    """Say in what a verdict is not the planted one; nothing when it is."""
    wrong = []
    if (health, trouble) != (case.health, case.trouble):
        wrong.append(f"{health}/{trouble} and not {case.health}/{case.trouble}")
    wrong += [f"{word!r} is not said" for word in case.words if word.lower() not in reason.lower()]
    if wrong:
        wrong.append(f"reason: {reason}")
    return wrong


def differences_of(case: Wanted, checked: Checked) -> list[str]:
    """Say in what a checked URL's verdict is not the planted one."""
    verdict = checked.verdict
    return differences(case, verdict.health, verdict.trouble, verdict.text)
