"""Cache-Control (RFC 9111, section 5.2)."""

import re
from collections.abc import Iterable

_DIRECTIVE = re.compile(
    r"""([!#$%&'*+.^_`|~0-9A-Za-z-]+)        # a token (RFC 9110, section 5.6.2)
        (?:=("(?:[^"\\]|\\.)*"|[^\s,;"]*))?  # and its argument, quoted or not""",
    re.VERBOSE,
)

FOREVER = 2**31
"""What a number of seconds too large to count means, in seconds (section 1.2.2)."""


class Directives:
    """The directives of one message.

    values: those of all its Cache-Control fields. Names are compared without regard to case; what
    is not understood does no harm.
    """

    def __init__(self, values: Iterable[str]) -> None:
        self._arguments: dict[str, set[str]] = {}
        for name, argument in _DIRECTIVE.findall(",".join(values)):
            self._arguments.setdefault(name.lower(), set()).add(argument.strip('"'))

    def __contains__(self, name: str) -> bool:
        return name in self._arguments

    def seconds(self, name: str) -> int | None:
        """The argument of a directive that has a number of seconds; None when it is absent.

        One that is not valid, or that is there twice with different values, counts as 0: such an
        answer is encouraged to be taken for stale (section 4.2.1).
        """
        arguments = self._arguments.get(name)
        if arguments is None:
            return None
        (argument, *others) = arguments
        if others or not (argument.isascii() and argument.isdecimal()):
            return 0
        return min(int(argument[:12]), FOREVER)
