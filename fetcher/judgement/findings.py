"""What the reader of a body found beside the title, as the values that a page carries."""

from collections.abc import Mapping
from typing import NamedTuple

Broken = tuple[str, str, str]
"""An expectation of the body that is not met: its key, what was expected, what was found."""

Sign = tuple[str, str]
"""A sign of bot protection: whose it is, and the mark by which it is known."""


class Findings(NamedTuple):
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


NOTHING = Findings()


def findings_of(fields: Mapping[str, object]) -> Findings:
    """Read a page's fields back."""
    if not fields:
        return NOTHING
    known = {name: fields[name] for name in Findings._fields if name in fields}
    return Findings(**known)  # type: ignore[arg-type]
