"""What the `meta` elements of a page say: its description, and Open Graph."""

from collections.abc import Iterator

from fetcher.extraction.fields.parsedpage import ParsedPage
from fetcher.extraction.title import collapse

_OPEN_GRAPH = "og:"


def description(page: ParsedPage) -> str | None:
    """The first description that is not empty, with white space collapsed.

    Source: HTML standard, "standard metadata names"; a name's case does not matter.
    """
    contents = (
        collapse(meta.get("content", ""))
        for meta in page.metas
        if meta.get("name", "").lower() == "description"
    )
    return next(filter(None, contents), None)


def og_properties(page: ParsedPage) -> Iterator[tuple[str, str]]:
    """Each Open Graph property of a page, without its `og:`, and its content, in order.

    Source: ogp.me. Its attribute is `property`, a list of names (RDFa); pages that say `name`
    instead are understood too. What has no content is left out.
    """
    for meta in page.metas:
        content = collapse(meta.get("content", ""))
        if content:
            for name in (meta.get("property") or meta.get("name", "")).lower().split():
                if name.startswith(_OPEN_GRAPH):
                    yield name.removeprefix(_OPEN_GRAPH), content
