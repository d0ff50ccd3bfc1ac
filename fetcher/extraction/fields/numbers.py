"""Numbers as people write them: `1.299,00 €`, `$1,299.00`, `12 990 kr`, `4.5 out of 5`."""

import math
import re
from dataclasses import dataclass

# By sign, by three-letter code (ISO 4217), or by the abbreviations of those without a sign.
_CURRENCY = (
    r"(?:[$¢-¥֏؋৲৳฿៛₠-⃀﷼﹩＄￠￡￥￦]|(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])"
    r"|(?<!\w)(?:kr|zł|Kč|Ft|lei|руб|TL|лв)(?!\w))"
)
_NUMBER = re.compile(
    rf"(?P<minus>(?<!\w)[-−]\s?)?"
    rf"(?P<before>{_CURRENCY}\s?)?"
    # Spaces and apostrophes only ever group.
    r"(?P<digits>(?:\d{1,3}(?:[\s'’]\d{3}(?!\d))++|\d++)(?:[.,]\d++)*+|(?<!\w)\.\d++)"
    r"(?P<exponent>[eE][-+]?\d{1,3}(?!\w))?"
    r"(?P<scale>[kKMB](?!\w))?"
)
_AFTER = re.compile(rf"\s?{_CURRENCY}")
_NO_DIGITS = re.compile(r"[^\d.,]")
_ARABIC_SIGNS = str.maketrans({"٫": ".", "٬": ","})

# The first group of a number has no leading zero. In India the groups before the last have two.
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{2,3})*[.,]\d{3}")

_INT64 = 2**63


@dataclass(frozen=True, slots=True)
class _Written:
    """The first number of a text.

    digits: without spaces, with its points and commas. money: whether a currency stands beside it.
    """

    minus: bool
    digits: str
    exponent: str
    money: bool


def read_float(text: str) -> float | None:
    """Read the first number of a text; None when there is none, or it cannot be told.

    Of a point and a comma the last is the decimal sign, and one that is repeated groups. A single
    one followed by three digits is taken as people use it: `1,299` is a thousand and more,
    `1.299` is one and a bit, as programs write it, but a thousand and more beside a currency
    (`1.299 €`), for prices do not have three decimals. Dates, versions and the like (`12.11.2026`)
    are no numbers, nor is one that a letter scales (`1.2M`).
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
    """Read the first number of a text, which must be whole; None when it is not, or there is none.

    As `read_float`, but that a point before three digits groups: `1.299` is a thousand and more.
    A number that takes more than 64 bits is None, for few formats have a place for it.
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
    """Return digits with at most one point, the decimal one; None when they are no number."""
    points = digits.count(".")
    commas = digits.count(",")
    if not points and not commas:
        return digits
    whole, sign, decimals = _split_at_last(digits)
    if points and commas:
        # The one that comes last is the decimal sign, so it can be there but once.
        well = digits.count(sign) == 1 and _GROUPED.fullmatch(whole)
        return _ungrouped(whole) + "." + decimals if well else None
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
