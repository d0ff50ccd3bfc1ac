"""One row of an earlier run's results, and the one kind of error that reading them has."""

from dataclasses import dataclass, field

from fetcher.judgement.verdict import Health, Trouble

_FIRST_BAD_STATUS = 400


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier run found out about one URL; None is what the file does not say.

    url: as it was written then. health: None in a file that judges nothing, as `fetcher titles`
    writes it. reason: the verdict's, or the error of a file that has none. status: HTTP status of
    a complete answer. title: "" when the page had none. elapsed: seconds. fingerprint, expires:
    the certificate's, the latter in seconds since the epoch. hash: of what had to be unchanged.
    source: the row's place (`last.csv:12`).
    """

    url: str
    health: Health | None = None
    trouble: Trouble | None = None
    reason: str | None = None
    status: int | None = None
    title: str | None = None
    final_url: str | None = None
    elapsed: float | None = None
    fingerprint: str | None = None
    expires: float | None = None
    hash: str | None = None
    source: str = field(default="", compare=False)

    @property
    def judged(self) -> Health:
        """The health, or what follows from error and status where there is no verdict.

        Those make a URL unhealthy that `fetcher titles --fail` counts as failed.
        """
        if self.health is not None:
            return self.health
        if self.reason or (self.status is not None and self.status >= _FIRST_BAD_STATUS):
            return Health.UNHEALTHY
        return Health.UNKNOWN if self.status is None else Health.HEALTHY


class EarlierError(Exception):
    """An earlier result cannot be read: names the file, the line, and what was expected.

    name: the file. line: from 1; 0 when it is about the whole file. problem: in plain words.
    """

    def __init__(self, name: str, line: int, problem: str) -> None:
        super().__init__(f"{name}:{line}: {problem}" if line else f"{name}: {problem}")
        self.name = name
        self.line = line
        self.problem = problem
