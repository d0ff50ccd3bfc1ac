"""The JSON-LD in a page."""

from fetcher.extraction.fields.jsontext import read_json
from fetcher.extraction.fields.parsedpage import OF_HTML, ParsedPage
from fetcher.extraction.fields.values import FieldValue

_TYPE = "application/ld+json"

# Of all blocks together; that of one is `jsontext.MAX_CHARACTERS`.
_MAX_CHARACTERS = 4 * 1024 * 1024


def json_ld(page: ParsedPage) -> list[FieldValue]:
    """Return the objects of all `script` elements of type `application/ld+json`, in order.

    Objects in an array are objects of their own; `@graph` stays as it is. What is not JSON, or no
    object, is left out. Source: JSON-LD 1.1, section 7, "Embedding JSON-LD in HTML Documents".
    """
    objects: list[FieldValue] = []
    left = _MAX_CHARACTERS
    for node in page.css(f"script[type*=ld i]{OF_HTML}"):
        type = node.attrs.sget("type").partition(";")[0].strip().lower()
        if type != _TYPE:
            continue
        text = node.text()
        left -= len(text)
        if left < 0:
            break
        objects.extend(_objects(text))
    return objects


def _objects(text: str) -> list[FieldValue]:
    try:
        value = read_json(text)
    except ValueError:
        return []
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]
