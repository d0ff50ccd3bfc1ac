"""What was found, in a few words that can be shown."""

import json
from collections.abc import Iterator

LONGEST = 200
"""How much of something is shown, in characters."""

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def excerpt(text: str) -> str:
    r"""Give the beginning of a text on one line: at most LONGEST characters, all printable.

    What is not printable stands as an escape, `\n` or `\u202e`; `…` stands for what was left out.
    """
    return _cut("".join([c if c.isprintable() else _escaped(c) for c in text[: LONGEST + 1]]))


def json_excerpt(value: object) -> str:
    """Give the beginning of a JSON value as compact JSON, as `excerpt` does.

    Written only as far as it is shown: a value may be as large as the largest body.
    """
    parts: list[str] = []
    size = 0
    for part in _written(value):
        parts.append(part)
        size += len(part)
        if size > LONGEST:
            break
    return excerpt("".join(parts))


def _written(value: object) -> Iterator[str]:
    if isinstance(value, str):
        # The encoder would write all of it.
        yield _JSON.encode(value[: LONGEST + 1])
    else:
        yield from _JSON.iterencode(value)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
