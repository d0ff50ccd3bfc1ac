"""The text of an element as its reader sees it."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

# HTML standard, rendering, "hidden elements"; and what holds a fallback or a user's input. With
# scripting on, as readers have it, `noscript` is not shown either.
_UNSEEN_TAGS = (
    "area base basefont datalist head iframe link meta noembed noframes noscript param rp script "
    "style template textarea title"
)

# Their edges are not the edges of words: HTML standard, "phrasing content" and "obsolete elements".
_INLINE_TAGS = (
    "a abbr acronym b bdi bdo big blink cite code data del dfn em font i ins kbd label mark nobr q "
    "ruby s samp small span strike strong sub sup time tt u var wbr"
)

_UNSEEN = frozenset({*_UNSEEN_TAGS.split(), "-comment"})
_INLINE = frozenset(_INLINE_TAGS.split())

_NOT_SHOWN = "[hidden]:not([hidden=until-found i]), dialog:not([open])"


def hidden_in(tree: LexborHTMLParser) -> frozenset[int]:
    """Find the elements that an attribute hides; by `mem_id`."""
    return frozenset(node.mem_id for node in tree.css(_NOT_SHOWN))


def seen(root: LexborNode, hidden: frozenset[int]) -> list[str]:
    """Return the pieces of an element's visible text, in order, to be joined with nothing between.

    There is at least one piece for each node that was looked at. The element itself counts as
    seen, be it a `script`, as for `innerText` (HTML standard), which this follows: what is hidden
    by its element or its attributes is left out, style sheets are not read.
    """
    pieces: list[str] = []
    # What to look at next, last first. A text stands for the end of an element.
    pending: list[LexborNode | str] = _children(root)
    while pending:
        node = pending.pop()
        if isinstance(node, str):
            pieces.append(node)
            continue
        tag = node.tag
        if tag == "-text":
            pieces.append(node.text_content or "")
        elif tag in _UNSEEN or (hidden and node.mem_id in hidden):
            pieces.append("")
        else:
            edge = "" if tag in _INLINE else " "
            pieces.append(edge)
            if edge:
                pending.append(edge)
            pending.extend(_children(node))
    return pieces


def _children(node: LexborNode) -> list[LexborNode | str]:
    children: list[LexborNode | str] = [*node.iter(include_text=True)]
    children.reverse()
    return children


def joined(pieces: list[str]) -> str:
    """Join pieces, with each run of white space, no-break spaces too, made one space."""
    return " ".join("".join(pieces).split())
