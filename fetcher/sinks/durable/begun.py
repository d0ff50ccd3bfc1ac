"""What must be the same for an output to be gone on with."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from fetcher.sinks.column import Column
from fetcher.sinks.durable.kinds import kind_of


@dataclass(frozen=True, slots=True)
class Begun:
    """How an output was begun.

    format: in words, with what else decides how rows are written. columns: name and kind of each.
    signature: of all that decides what is in the rows.
    """

    format: str
    columns: tuple[tuple[str, str], ...]
    signature: bytes

    @classmethod
    def of(cls, format: str, columns: Sequence[Column], signature: bytes) -> "Begun":
        """Describe an output that begins now."""
        return cls(format, tuple((c.name, str(kind_of(c))) for c in columns), signature)

    def to_text(self) -> str:
        """Give it as JSON, on one line."""
        return json.dumps(asdict(self) | {"signature": self.signature.hex()})

    @classmethod
    def from_text(cls, text: str) -> "Begun":
        """Read what `to_text` gave; raises ValueError, KeyError or TypeError for anything else."""
        values = json.loads(text)
        columns = tuple((str(name), str(kind)) for name, kind in values["columns"])
        return cls(str(values["format"]), columns, bytes.fromhex(values["signature"]))


def difference(then: Begun, now: Begun) -> str:
    """Say in words what differs between two beginnings; "" when nothing does."""
    if then.format != now.format:
        return f"it was begun as {then.format}, and would go on as {now.format}"
    if then.columns != now.columns:
        return f"its columns have changed: {_changed(dict(then.columns), dict(now.columns))}"
    if then.signature != now.signature:
        return "it was begun with other fields, or another function, behind the same columns"
    return ""


def _changed(then: dict[str, str], now: dict[str, str]) -> str:
    gone = [name for name in then if name not in now]
    new = [name for name in now if name not in then]
    other = [
        f"{name} was {then[name]} and is {now[name]}"
        for name in then
        if name in now and then[name] != now[name]
    ]
    parts = [
        f"{', '.join(gone)} was there before" if gone else "",
        f"{', '.join(new)} is new" if new else "",
        *other,
    ]
    return "; ".join(filter(None, parts)) or f"they were in the order {', '.join(then)}"
