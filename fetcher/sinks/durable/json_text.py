"""Values as JSON text, for cells that can hold nothing else."""

import json

from fetcher.extraction.fields.values import FieldValue
from fetcher.sinks.jsonl_sink import escaped

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def json_text(value: FieldValue) -> str:
    """Give a value as JSON (RFC 8259) on one line, its characters as JSON lines have them."""
    return escaped(_encode(value))
