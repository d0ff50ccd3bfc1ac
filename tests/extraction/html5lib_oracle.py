"""An independent answer to what a document's title is: html5lib's tree, searched at once."""

import re
import xml.etree.ElementTree as ET

import html5lib  # type: ignore[import-untyped]

from fetcher.extraction.encoding.decoders import decode
from fetcher.extraction.encoding.labels import get_encoding
from fetcher.extraction.encoding.sniffing import sniff_bom
from tests.extraction.literal_prescan import literal_prescan

_HTML = "{http://www.w3.org/1999/xhtml}"


def _tree(text: str) -> ET.Element:
    tree: ET.Element = html5lib.parse(text, treebuilder="etree", namespaceHTMLElements=True)
    return tree


def oracle_title(text: str) -> str | None:
    """Return the text of the first HTML title of decoded markup, or None."""
    title = next(_tree(text).iter(f"{_HTML}title"), None)
    if title is None:
        return None
    return re.sub("[\t\n\f\r ]+", " ", title.text or "").strip(" ")


def oracle_encoding(body: bytes, header: str | None) -> str | None:
    """Return the encoding that a document declares: by mark, header, tree or prescan."""
    mark = sniff_bom(body)
    if mark or header:
        return mark[0] if mark else header
    for meta in _tree(decode(body, "windows-1252")).iter(f"{_HTML}meta"):
        charset = get_encoding(meta.get("charset") or "")
        if charset:
            return "utf-8" if charset.startswith("utf-16") else charset
    return literal_prescan(body)
