"""JSONPath (RFC 9535): the values at a path in a document."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathError, JSONPathQuery
from jsonpath_rfc9535.function_extensions import ExpressionType, FilterFunction

from fetcher.judgement.patterns import Pattern


class TooDeep(Exception):
    """The document is nested too deeply to look through it."""


class Found(NamedTuple):
    """A value and its own path, `$['items'][0]`; the path is "" where there can be but one."""

    value: object
    path: str


def check_path(text: str) -> None:
    """Raise ValueError, in plain words, for what is no path."""
    _compiled(text)


def values_at(text: str, document: object) -> Iterator[Found]:
    """Give the values at a path, lazily, in the document's order.

    text: a JSONPath; the leading `$` or `$.` may be left out. document: a JSON value, as
    `json.loads` gives it. Raises TooDeep.
    """
    query = _compiled(text)
    single = query.singular_query()
    try:
        for node in query.finditer(document):  # type: ignore[arg-type]
            yield Found(node.value, "" if single else node.path())
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
