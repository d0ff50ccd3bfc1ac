"""The encoding that the `meta` elements of a parsed document declare."""

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from fetcher.extraction.labels import get_encoding
from fetcher.extraction.prescan import as_declared, extract_from_content

# The only children of `head` that may hold a `meta` themselves.
_HEAD_CONTAINERS = frozenset({"noscript", "template"})


def declared_in_tree(tree: LexborHTMLParser) -> str | None:
    """Return the encoding that the tree's first `meta` with a supported one declares, or None.

    Contents of `template` elements count, as the parser meets them like any other. Source: HTML
    standard, the start tag `meta` in "in head", and "change the encoding".
    """
    return _declared_in_head(tree) or next(filter(None, map(_declared_by, _metas(tree))), None)


def _declared_in_head(tree: LexborHTMLParser) -> str | None:
    """Look among the children of `head`, where nearly every declaration is found at once."""
    node = None if tree.head is None else tree.head.first_child
    while node is not None and node.tag not in _HEAD_CONTAINERS:
        if node.tag == "meta" and (encoding := _declared_by(node)):
            return encoding
        node = node.next
    return None


def _declared_by(meta: LexborNode) -> str | None:
    attributes = meta.attributes
    encoding = get_encoding(attributes.get("charset") or "")
    if encoding is None and (attributes.get("http-equiv") or "").lower() == "content-type":
        encoding = extract_from_content(attributes.get("content") or "")
    return as_declared(encoding)


def _metas(tree: LexborHTMLParser) -> Iterator[LexborNode]:
    pending = tree.css("meta, template")[::-1]
    while pending:
        node = pending.pop()
        if node.tag == "meta":
            yield node
            continue
        for fragment in node.template_fragments():
            pending.extend(fragment.css("meta, template")[::-1])
