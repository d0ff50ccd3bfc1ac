"""JSON lines keep types, and a line is a line."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fetcher.model import Result
from fetcher.sinks.base import TargetRows
from fetcher.sinks.columns import choose, one_row
from fetcher.sinks.open_sink import StreamSink
from fetcher.sinks.text_rows import JsonLinesEncoder
from fetcher.text import clean

Kept = Callable[[], Any]
Answered = Callable[..., Result]
TEXT = st.text(st.one_of(st.characters(), st.sampled_from('"\\\n\0\x1b\x85\u2028\u202e{}')))


def test_exact_bytes(kept: Kept, answered: Answered, failed: Answered) -> None:
    """One object a line, keys in column order, numbers as numbers, None as null."""
    columns = choose(["title", "status", "elapsed_ms", "url"])
    make = one_row(columns)
    rows = [row for result in (answered("é ["), failed()) for row in make(result)]
    assert JsonLinesEncoder(columns).encode(rows).decode() == (
        '{"title":"é [","status":200,"elapsed_ms":12.3,"url":"http://a.example/"}\n'
        '{"title":null,"status":null,"elapsed_ms":null,"url":"http://a.example/"}\n'
    )


def test_a_batch_is_one_write(kept: Kept) -> None:
    """However many rows there are, the output gets them whole and at once."""
    output = kept()
    sink = StreamSink(output, JsonLinesEncoder(choose(["url"])))
    sink.write([TargetRows("a", (("a",),)), TargetRows("b", (("b",),))])
    sink.write([])
    sink.finish(complete=True)
    assert output.writes == [b'{"url":"a"}\n{"url":"b"}\n']
    assert output.closed


@given(title=TEXT, own=TEXT)
def test_any_text_reads_back(kept: Kept, answered: Answered, title: str, own: str) -> None:
    """Foreign text reads back cleaned, an input cell as it was; nothing breaks the line."""
    columns = choose(["title", "own"], ["own"])
    data = JsonLinesEncoder(columns).encode(one_row(columns)(answered(title, carried=(own,))))
    text = data.decode()
    assert len(text.splitlines()) == 1
    assert clean(text.removesuffix("\n")) == text.removesuffix("\n")
    assert json.loads(text) == {"title": title, "own": own}


def test_every_unsafe_character_is_escaped(kept: Kept, answered: Answered) -> None:
    """Of all of Unicode, what cleaning would change is escaped, and reads back."""
    characters = (chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000)
    unsafe = "".join(char for char in characters if clean(char) != char)
    columns = choose(["own"], ["own"])
    data = JsonLinesEncoder(columns).encode(one_row(columns)(answered(carried=(unsafe,))))
    text = data.decode()
    assert text.isascii()
    assert text.removesuffix("\n").isprintable()
    assert json.loads(text) == {"own": unsafe}


def test_formulas_stay(kept: Kept, answered: Answered) -> None:
    """No spreadsheet reads JSON: a title is not neutralised here."""
    columns = choose(["title"])
    assert (
        JsonLinesEncoder(columns).encode(one_row(columns)(answered("=1+1")))
        == b'{"title":"=1+1"}\n'
    )
