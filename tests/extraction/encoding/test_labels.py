"""The labels of the Encoding standard."""

import pytest
from webencodings.labels import LABELS as REFERENCE  # type: ignore[import-untyped]

from fetcher.extraction.encoding.decoders import decode
from fetcher.extraction.encoding.labels import LABELS, NAMES, get_encoding


def test_table_is_complete() -> None:
    """All 228 labels of the standard have the encoding that an independent table gives them."""
    assert REFERENCE == LABELS
    assert len(LABELS) == 228


def test_every_encoding_has_a_decoder() -> None:
    """Each of the 40 names is known to the decoder."""
    assert len(NAMES) == 40
    assert {name for name in NAMES if decode(b"", name) == ""} == NAMES


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("utf-8", "utf-8"),
        ("\t UTF8\r\n\f", "utf-8"),
        ("Latin1", "windows-1252"),
        ("x-sjis", "shift_jis"),
        ("unicode", "utf-16le"),
        ("hz-gb-2312", "replacement"),
        ("", None),
        ("utf-9", None),
        ("utf 8", None),
        ("utf-8\u00a0", None),
        ("\u212aoi8-r", None),
    ],
)
def test_get_encoding(label: str, name: str | None) -> None:
    """ASCII case and surrounding ASCII white space do not matter, anything else does."""
    assert get_encoding(label) == name
