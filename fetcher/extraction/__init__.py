"""What the bytes of a body mean: their encoding and the title. Pure: bytes in, values out."""

from fetcher.extraction.content_type import wants_body
from fetcher.extraction.title_reader import TitleReader

__all__ = [
    "TitleReader",
    "wants_body",
]
