"""What a check finds: one verdict for each URL with its reasons, and the findings of its body."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from fetcher.model import Result


class Health(StrEnum):
    """Whether a URL is as it should be; from best to worst, but for UNKNOWN.

    healthy: as wanted. degraded: it answers, but not as well as wanted. unhealthy: it is not as
    wanted. unknown: this check could not find out; nobody should be woken for it.
    """

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"
    UNKNOWN = "unknown"


class Trouble(StrEnum):
    """What kind of trouble there is, by who has to do what about it."""

    GONE = "gone"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"
    BLOCKED = "blocked"
    RATE_LIMITED = "rate_limited"
    REDIRECT = "redirect"
    CONTENT = "content"
    SOFT_404 = "soft_404"
    FLAKY = "flaky"
    INPUT = "input"
    DENIED = "denied"
    LOCAL = "local"

    @classmethod
    def _missing_(cls, value: object) -> "Trouble | None":
        # Earlier results have the old word.
        return cls.LOCAL if value == "here" else None


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is not as it should be.

    text: plain words in one line, without control characters: what was expected, what was found.
    health: what this alone makes of the URL. can_pass: whether it may be gone when the URL is asked
    again a little later.
    """

    health: Health
    trouble: Trouble
    text: str
    can_pass: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a URL is as it should be, and why not.

    reasons: the gravest first; () for a healthy one. flaky: what it came to the first time, where
    only a later try went well; "" otherwise.
    """

    health: Health
    reasons: tuple[Reason, ...] = ()
    flaky: str = ""

    @property
    def trouble(self) -> Trouble | None:
        """The kind of the gravest trouble; None when there is none."""
        return self.reasons[0].trouble if self.reasons else None

    @property
    def text(self) -> str:
        """All reasons in one line, "" when there are none."""
        return "; ".join([reason.text for reason in self.reasons])


HEALTHY = Verdict(Health.HEALTHY)


@dataclass(frozen=True, slots=True)
class Checked(Result):
    """A result and the verdict on it."""

    verdict: Verdict = HEALTHY


Broken = tuple[str, str, str]
"""An expectation of the body that is not met: its key, what was expected, what was found."""

Sign = tuple[str, str]
"""A sign of bot protection: whose it is, and the mark by which it is known."""


class BodyFindings(NamedTuple):
    """What was found in a body.

    broken: expectations of the body that are not met. hash: SHA-256, in hexadecimal, of the body or
    of the selected text; "" when it was not asked for, or nothing was selected. protection: a sign
    of bot protection. soft_404: the heading that says that there is nothing.
    """

    broken: tuple[Broken, ...] = ()
    hash: str = ""
    protection: Sign | None = None
    soft_404: str = ""

    def as_fields(self) -> dict[str, object]:
        """Only what was found, of plain values: most pages have none."""
        return {name: value for name, value in self._asdict().items() if value}


NOTHING = BodyFindings()


def findings_of(fields: Mapping[str, object]) -> BodyFindings:
    """Read a page's fields back."""
    if not fields:
        return NOTHING
    known = {name: fields[name] for name in BodyFindings._fields if name in fields}
    return BodyFindings(**known)  # type: ignore[arg-type]
