"""The types of fields, and the conversion of a text to them.

Numbers are read as people write them (`1.299,00 €`, `$1,299.00`, `12 990 kr`, `4.5 out of 5`),
JSON within bounds, for it comes from strangers.
"""

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from fetcher.text import well_formed

FieldValue: TypeAlias = "str | int | float | bool | list[FieldValue] | dict[str, FieldValue] | None"
"""The value of a field: any JSON value. Numbers are finite, texts are valid Unicode."""


class FieldType(StrEnum):
    """What the text of a field is read as."""

    TEXT = "text"
    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    JSON = "json"


MAX_DEPTH = 64
"""Depth of nested arrays and objects; published data is nested a tenth as deeply."""

MAX_CHARACTERS = 1024 * 1024
"""Length of one JSON text: its values take about twenty times as much memory."""

_TRUE = frozenset({"1", "on", "t", "true", "y", "yes"})
_FALSE = frozenset({"0", "f", "false", "n", "no", "off"})

# A sign, a three-letter code (ISO 4217), or the abbreviation of a currency without a sign.
_CURRENCY = (
    r"(?:[$¢-¥֏؋৲৳฿៛₠-⃀﷼﹩＄￠￡￥￦]|(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])"
    r"|(?<!\w)(?:kr|zł|Kč|Ft|lei|руб|TL|лв)(?!\w))"
)
_NUMBER = re.compile(
    rf"(?P<minus>(?<!\w)[-−]\s?)?"
    rf"(?P<before>{_CURRENCY}\s?)?"
    # Spaces and apostrophes can only group digits.
    r"(?P<digits>(?:\d{1,3}(?:[\s'’]\d{3}(?!\d))++|\d++)(?:[.,]\d++)*+|(?<!\w)\.\d++)"
    r"(?P<exponent>[eE][-+]?\d{1,3}(?!\w))?"
    r"(?P<scale>[kKMB](?!\w))?"
)
_AFTER = re.compile(rf"\s?{_CURRENCY}")
_NO_DIGITS = re.compile(r"[^\d.,]")
_ARABIC_SIGNS = str.maketrans({"٫": ".", "٬": ","})

# The first group has no leading zero. In India all groups but the last have two digits.
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{2,3})*[.,]\d{3}")

_INT64 = 2**63


def convert(text: str, type: FieldType) -> FieldValue:
    """Convert a text to a type; return None if that is not possible."""
    return _READERS[type](text)


def fits(value: object, type: FieldType, *, many: bool) -> bool:
    """True if a default is a possible value of its field: None always is, a list if `many`."""
    if value is None:
        return True
    if many:
        return isinstance(value, list) and all(fits(item, type, many=False) for item in value)
    if isinstance(value, bool) and type in (FieldType.INT, FieldType.FLOAT):
        return False
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return isinstance(value, _HELD[type])


def read_bool(text: str) -> bool | None:
    """Read `true`, `yes`, `on`, `y`, `t`, `1` and their opposites in any case; else None."""
    word = text.strip().lower()
    if word in _TRUE:
        return True
    return False if word in _FALSE else None


def _json(text: str) -> FieldValue:
    try:
        return read_json(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class _Written:
    """The first number of a text.

    Attributes:
        minus: True if it is negative.
        digits: without spaces, but with its points and commas.
        exponent: such as "e5", or "".
        money: True if a currency is beside it.
    """

    minus: bool
    digits: str
    exponent: str
    money: bool


def read_float(text: str) -> float | None:
    """Read the first number of a text; return None if there is none, or it is ambiguous.

    Of a point and a comma the last one is the decimal sign, and a repeated one groups digits. A
    single one followed by three digits is read as people use it: `1,299` is over a thousand;
    `1.299` is between one and two, as programs write it, but over a thousand beside a currency
    (`1.299 €`), because prices do not have three decimals. Dates, versions and the like
    (`12.11.2026`) are not numbers, nor are numbers scaled by a letter (`1.2M`).
    """
    written = _first(text)
    plain = None if written is None else _plain(written.digits, point_groups=written.money)
    if written is None or plain is None:
        return None
    number = float(plain + written.exponent)
    if not math.isfinite(number):
        return None
    return -number if written.minus else number


def read_int(text: str) -> int | None:
    """Read the first number of a text, which must be whole; else return None.

    As `read_float`, except that a point before three digits groups: `1.299` is over a thousand.
    A number of more than 64 bits is None, because few formats can hold it.
    """
    written = _first(text)
    plain = None if written is None else _plain(written.digits, point_groups=True)
    if written is None or plain is None:
        return None
    whole, _, decimals = plain.partition(".")
    if written.exponent:
        number = float(plain + written.exponent)
        if not number.is_integer():
            return None
        value = int(number)
    elif decimals.strip("0") or len(whole) > 40:
        return None
    else:
        value = int(whole or "0")
    value = -value if written.minus else value
    return value if -_INT64 <= value < _INT64 else None


def _first(text: str) -> _Written | None:
    text = text.translate(_ARABIC_SIGNS)
    found = _NUMBER.search(text)
    if found is None or found["scale"]:
        return None
    money = bool(found["before"] or _AFTER.match(text, found.end()))
    digits = _NO_DIGITS.sub("", found["digits"])
    if not digits.isascii():
        digits = "".join(sign if sign in ".," else str(int(sign)) for sign in digits)
    return _Written(bool(found["minus"]), digits, found["exponent"] or "", money)


def _plain(digits: str, *, point_groups: bool) -> str | None:
    """Return digits with at most one point, the decimal one; None if they are not a number."""
    points = digits.count(".")
    commas = digits.count(",")
    if not points and not commas:
        return digits
    whole, sign, decimals = _split_at_last(digits)
    if points and commas:
        # The last one is the decimal sign, so it can occur only once.
        valid = digits.count(sign) == 1 and _GROUPED.fullmatch(whole)
        return _ungrouped(whole) + "." + decimals if valid else None
    if points + commas > 1:
        return _ungrouped(digits) if _GROUPED.fullmatch(digits) else None
    if (sign == "," or point_groups) and _GROUPED.fullmatch(digits):
        return _ungrouped(digits)
    return f"{whole}.{decimals}"


def _split_at_last(digits: str) -> tuple[str, str, str]:
    position = max(digits.rfind("."), digits.rfind(","))
    return digits[:position], digits[position], digits[position + 1 :]


def _ungrouped(digits: str) -> str:
    return digits.replace(".", "").replace(",", "")


def read_json(text: str) -> FieldValue:
    """Read a JSON text (RFC 8259) into values that any format can hold.

    Line breaks within strings, which many pages have, are accepted. A number too large for a float
    becomes None, a lone surrogate U+FFFD.

    Raises:
        ValueError: it is not JSON (NaN and Infinity are not), longer than `MAX_CHARACTERS` or
            nested deeper than `MAX_DEPTH`.
    """
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"longer than {MAX_CHARACTERS} characters")
    try:
        value = json.loads(text, strict=False, parse_float=_finite, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return _checked(value, MAX_DEPTH)


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _refuse(name: str) -> FieldValue:
    raise ValueError(f"{name} is not JSON")


def _checked(value: FieldValue, depth: int) -> FieldValue:
    if isinstance(value, str):
        return value if value.isascii() else well_formed(value)
    if isinstance(value, dict | list):
        if not depth:
            raise ValueError("nested too deeply")
        depth -= 1
        if isinstance(value, list):
            return [_checked(item, depth) for item in value]
        return {well_formed(key): _checked(item, depth) for key, item in value.items()}
    return value


_READERS: dict[FieldType, Callable[[str], FieldValue]] = {
    FieldType.TEXT: str,
    FieldType.INT: read_int,
    FieldType.FLOAT: read_float,
    FieldType.BOOL: read_bool,
    FieldType.JSON: _json,
}

_HELD: dict[FieldType, tuple[type, ...]] = {
    FieldType.TEXT: (str,),
    FieldType.INT: (int,),
    FieldType.FLOAT: (float, int),
    FieldType.BOOL: (bool,),
    FieldType.JSON: (str, int, float, bool, list, dict),
}
