"""Conditions on JSON documents, `$.data.count >= 3`, with paths as JSONPath has them (RFC 9535)."""

import json
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn

from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathError, JSONPathQuery
from jsonpath_rfc9535.function_extensions import ExpressionType, FilterFunction

from fetcher.judgement.patterns import Pattern
from fetcher.text import excerpt, json_excerpt

# What may stand in a path beside an operator: texts, and operators in the filters in brackets.
_TOKEN = re.compile(
    r"""'(?:\\.|[^'\\])*' | "(?:\\.|[^"\\])*" | (?P<open>[\[(]) | (?P<close>[\])])
    | (?P<operator>[=!<>]= | [<>] | (?<=\s)(?:contains|matches)(?=\s) | (?<=\s)(?:exists|absent)\Z)
    """,
    re.VERBOSE,
)
# Such paths are right by RFC 9535 as they stand; others are for the library to say.
_PLAIN = re.compile(r"(?:\$\.)?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[(?:0|[1-9]\d{0,8})\])*", re.ASCII)
_FORMS = "PATH == VALUE (or != < <= > >= contains matches), PATH exists, PATH absent"


@dataclass(frozen=True, slots=True)
class JsonCondition:
    """A condition on the values at a path of a document, as it is written.

    `PATH OPERATOR VALUE`, or `PATH exists`, or `PATH absent`. PATH is a JSONPath (RFC 9535); the
    leading `$.` may be left out. VALUE is JSON, or else the text as it stands. Where a path leads
    to several values, all must be so; where it leads to none, only `absent` holds.

    `==` and `!=` compare by JSON's types: `1` is `1.0` and is neither `"1"` nor `true`. `<`, `<=`,
    `>`, `>=` compare two numbers, or two texts character by character. `contains`: a text has this
    part, a list this element, an object this name. `matches`: a text, or a number or so as JSON
    writes it, matches this Pattern.

    Making one raises ValueError when the text is no such condition.
    """

    text: str

    def __post_init__(self) -> None:
        _parsed(self.text)

    def check(self, document: object) -> tuple[str, str] | None:
        """Return what was expected of a document and what was found in it; None if it holds.

        document: a JSON value, as `json.loads` gives it. Both texts are on one line and short.
        Never raises, whatever the document holds.
        """
        found = _parsed(self.text).fault(document)
        return None if found is None else (excerpt(self.text.strip()), found)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class _Condition:
    """A condition that was read. holds: None for `absent`."""

    path: str
    holds: Callable[[object], bool] | None

    def fault(self, document: object) -> str | None:
        """What was found that should not be, or what was not."""

        there = False
        try:
            for value, path in values_at(self.path, document):
                there = True
                if self.holds is None or not self.holds(value):
                    return json_excerpt(value) + (f" at {excerpt(path)}" if path else "")
        except TooDeep:
            return "a document that is nested too deeply"
        return None if there or self.holds is None else f"nothing at {excerpt(self.path)}"


@lru_cache(maxsize=128)
def _parsed(text: str) -> _Condition:
    path, sign, written = _split(text.strip())
    if not path:
        raise ValueError(f"{text!r} has no path; write {_FORMS}")
    _check_path(path)
    if sign == "exists":
        return _Condition(path, lambda value: True)
    if sign == "absent":
        return _Condition(path, None)
    if not written:
        raise ValueError(f'{text!r} has no value behind {sign}; an empty text is written ""')
    return _Condition(path, _comparison(sign, written))


def _check_path(path: str) -> None:
    if not _PLAIN.fullmatch(path):
        # The library takes longer to be imported than `--help` may wait for.

        check_path(path)


def _split(text: str) -> tuple[str, str, str]:
    """Cut a condition at its operator: the first one outside of brackets and quotation marks."""
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += bool(token["open"]) - bool(token["close"])
        if token["operator"] and not depth:
            return text[: token.start()].strip(), token["operator"], text[token.end() :].strip()
    raise ValueError(f"{text!r} is not a condition; write {_FORMS}")


def _comparison(sign: str, written: str) -> Callable[[object], bool]:
    value = _value(written)
    if sign == "==":
        return lambda found: _equal(found, value)
    if sign == "!=":
        return lambda found: not _equal(found, value)
    text = value if isinstance(value, str) else written
    if sign == "contains":
        return lambda found: _contains(found, value, text)
    if sign == "matches":
        pattern = Pattern(text)
        return lambda found: not isinstance(found, list | dict) and pattern.search(_text(found))
    if not isinstance(value, str) and not _is_number(value):
        raise ValueError(f"{written!r} has no order; compare with a number or a text")
    ordered = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}[sign]
    return lambda found: _ordered(ordered, found, value)


def _value(written: str) -> object:
    try:
        return _JSON.decode(written)
    except (ValueError, RecursionError):
        return written


def _no_json(constant: str) -> NoReturn:
    """Python, but not JSON, has NaN and Infinity."""
    raise ValueError(constant)


_JSON = json.JSONDecoder(parse_constant=_no_json)


def _equal(one: object, other: object) -> bool:
    """Compare by JSON's types; in Python `True` is 1."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _ordered(compare: Callable[[Any, Any], bool], one: object, other: object) -> bool:
    alike = isinstance(one, str) and isinstance(other, str)
    return (alike or (_is_number(one) and _is_number(other))) and compare(one, other)


def _contains(found: object, value: object, text: str) -> bool:
    if isinstance(found, str):
        return text in found
    if isinstance(found, list):
        return any(_equal(element, value) for element in found)
    return isinstance(found, dict) and text in found


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


class TooDeep(Exception):
    """The document is nested too deeply to look through it."""


class JsonMatch(NamedTuple):
    """A value and its own path, `$['items'][0]`; the path is "" where there can be but one."""

    value: object
    path: str


def check_path(text: str) -> None:
    """Raise ValueError, in plain words, for what is no path."""
    _compiled(text)


def values_at(text: str, document: object) -> Iterator[JsonMatch]:
    """Yield the values at a path, lazily, in the document's order.

    text: a JSONPath; the leading `$` or `$.` may be left out. document: a JSON value, as
    `json.loads` gives it. Raises TooDeep.
    """
    query = _compiled(text)
    single = query.singular_query()
    try:
        for node in query.finditer(document):  # type: ignore[arg-type]
            yield JsonMatch(node.value, "" if single else node.path())
    except (JSONPathError, RecursionError):  # Only its limit of depth is left to be broken here.
        raise TooDeep from None


class _Re2Function(FilterFunction):
    """A function of filters that takes a pattern.

    In place of the library's own, which backtrack: both the text and the pattern may come from a
    document that a stranger wrote. RE2 takes what I-Regexp (RFC 9485) has, and more.
    """

    arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]  # noqa: RUF012 (as the base has it)
    return_type = ExpressionType.LOGICAL
    form = "{}"

    def __call__(self, text: object, pattern: object) -> bool:
        if not isinstance(text, str) or not isinstance(pattern, str):
            return False
        try:
            return Pattern(self.form.format(pattern)).search(text)
        except ValueError:
            return False


class _Search(_Re2Function):
    """`search(text, pattern)`: whether the pattern matches somewhere (RFC 9535, 2.4.7)."""

    form = "(?-m:{})"


class _Match(_Re2Function):
    """`match(text, pattern)`: whether the pattern matches all of it (RFC 9535, 2.4.6)."""

    form = r"\A(?-m:{})\z"


class _Environment(JSONPathEnvironment):
    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        self.function_extensions["match"] = _Match()
        self.function_extensions["search"] = _Search()


_ENVIRONMENT = _Environment()


# As with patterns: the latest are kept, however many there are in all.
@lru_cache(maxsize=128)
def _compiled(text: str) -> JSONPathQuery:
    path = text.strip()
    if not path.startswith("$"):
        path = f"${path}" if path.startswith(("[", ".")) else f"$.{path}"
    try:
        return _ENVIRONMENT.compile(path)
    except JSONPathError as error:
        words = error.args[0] if error.args else "it cannot be read"
        raise ValueError(
            f"{text!r} is not a JSONPath: {words} (names with other characters than letters, "
            "digits and _ are written ['so'])"
        ) from None
    except RecursionError:
        raise ValueError(
            f"{text[:40]!r}… is not a usable JSONPath: it is nested too deeply"
        ) from None
