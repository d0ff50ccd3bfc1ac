"""The encoding of documents that declare none."""

import subprocess
import sys

import pytest

from fetcher.extraction.encoding.decoders import decode
from fetcher.extraction.encoding.guess import encoding_of, is_utf8

# One sentence of news in each language, and encodings in which its pages were written.
SENTENCES = {
    "Сегодня утром в городе открыли новый мост через реку.": ("cp1251", "koi8-r", "cp866"),
    "Σήμερα το πρωί εγκαινιάστηκε στην πόλη μια νέα γέφυρα.": ("cp1253", "iso8859-7"),
    "הבוקר נפתח בעיר גשר חדש מעל הנהר, אחרי חמש שנים.": ("cp1255",),
    "افتتح صباح اليوم في المدينة جسر جديد فوق النهر.": ("cp1256", "iso8859-6"),
    "Bu sabah şehirde nehrin üzerinde yeni bir köprü açıldı, geçiş ücretsiz.": ("cp1254",),
    "Dziś rano w mieście otwarto nowy most nad rzeką, także dla pieszych.": ("cp1250", "iso8859-2"),
    "Heute früh wurde in der Stadt eine neue Brücke über den Fluß eröffnet.": ("cp1252",),
    "เช้าวันนี้มีการเปิดสะพานใหม่ข้ามแม่น้ำในเมือง": ("cp874",),
    "今朝、川に架かる新しい橋が町で開通しました。": ("cp932", "euc-jp"),
    "今天早上，市内一座跨河新桥正式通车。": ("gbk",),
    "今天早上，市內一座跨河新橋正式通車。": ("big5",),
    "오늘 아침 시내에서 강을 건너는 새 다리가 개통되었습니다.": ("cp949",),
}


@pytest.mark.parametrize(
    ("sentence", "codec"),
    [(sentence, codec) for sentence, codecs in SENTENCES.items() for codec in codecs],
)
def test_detection(sentence: str, codec: str) -> None:
    """A page in a legacy encoding that does not say so is recognised."""
    page = f"<!DOCTYPE html><title>{sentence}</title><p>{sentence}</p>"
    found = encoding_of(page.encode(codec), whole=True)
    assert found.source == "detected"
    assert decode(page.encode(codec), found.encoding) == page


def test_detection_finds_the_text_behind_much_ascii() -> None:
    """What is detected is where the bytes are not ASCII, however late."""
    page = b" " * 100_000 + "Сегодня утром в городе открыли новый мост.".encode("koi8-r")
    assert encoding_of(page, whole=True).encoding == "koi8-r"


def test_ascii_and_utf8() -> None:
    """ASCII counts as the standard's fallback, and valid UTF-8 as UTF-8, without detection."""
    ascii_found = encoding_of(b"plain", whole=True)
    utf8_found = encoding_of("žluťoučký".encode(), whole=True)
    assert (ascii_found.encoding, ascii_found.source) == ("windows-1252", "ascii")
    assert (utf8_found.encoding, utf8_found.source) == ("utf-8", "utf8")


@pytest.mark.parametrize(
    ("data", "whole", "expected"),
    [
        (b"caf\xc3\xa9", True, True),
        (b"caf\xc3", True, False),
        (b"caf\xc3", False, True),
        (b"caf\xc3\xa9\xff", False, False),
        (b"\xed\xa0\x80", False, False),
        (b"", True, True),
    ],
)
def test_cut_character_is_valid_unless_at_the_end(data: bytes, whole: bool, expected: bool) -> None:
    """Where reading stopped, UTF-8 may break off within a character."""
    assert is_utf8(data, whole=whole) == expected


def test_bytes_of_no_encoding() -> None:
    """What no encoding fits is taken as the standard's fallback."""
    assert encoding_of(b"\xff\x00\x81\xfe" * 50, whole=True).source == "detected"


def test_detector_is_not_imported_before_it_is_needed() -> None:
    """Reading pages that declare their encoding does not cost the import of the detector."""
    program = (
        "import sys; from fetcher.extraction import TitleReader;"
        "r = TitleReader(''); r.feed(b'<meta charset=koi8-r><title>\\xf0</title>'); r.finish();"
        "assert 'chardet' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
