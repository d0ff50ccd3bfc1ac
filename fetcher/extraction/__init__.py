"""Extraction: the encoding, the title and the text of a body. Pure: bytes in, values out."""

from fetcher.extraction.content_type import wants_body
from fetcher.extraction.title_reader import TitleReader

__all__ = [
    "TitleReader",
    "wants_body",
]
