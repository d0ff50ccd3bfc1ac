"""Where it may be worth to parse: ends of titles and metas, as far as parsing is affordable."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetcher.extraction.title_search import Candidates, MetaEnds, TitleEnds


def ends(candidates: Candidates, *buffers: bytes) -> list[int]:
    """Return what is yielded over a buffer that grows."""
    return [end for buffer in buffers for end in candidates.affordable(buffer)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a</title>b</TiTLE c></title/>", [9, 18, 28]),
        (b"</title", []),
        (b"</titles>", []),
        (b"</ title>", []),
        (b"</title\x0c>", [8]),
        (b"", []),
    ],
)
def test_title_ends(data: bytes, expected: list[int]) -> None:
    """A title can end at `</title` with the character that ends the tag's name."""
    assert ends(TitleEnds(), data) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<meta charset=x>", [16]),
        (b"<meta content='Charset'><meta x><META/CHARSET>", [24, 46]),
        (b"<meta name='a>b' charset=x>", [27]),
        (b"<meta charset=x", []),
        (b"<metacharset=x>", []),
        (b"<meta a='>", []),
    ],
)
def test_meta_ends(data: bytes, expected: list[int]) -> None:
    """A `meta` that speaks of a charset is one once its tag is whole."""
    assert ends(MetaEnds(), data) == expected


@settings(deadline=None)
@given(st.binary(max_size=40), st.integers(1, 7))
def test_growing_by_bytes_gives_the_same_title_ends(data: bytes, size: int) -> None:
    """However the bytes arrive, each end is found once."""
    data = data.replace(b"a", b"</title>").replace(b"b", b"</titl")
    grown = [data[:end] for end in range(size, len(data) + size, size)]
    assert ends(TitleEnds(), *grown) == ends(TitleEnds(), data)


def test_growing_by_bytes_gives_the_same_meta_ends() -> None:
    """A `meta` tag that arrives in pieces is found as soon as it is whole."""
    data = b"<p><meta charset=x>"
    assert ends(MetaEnds(), *(data[:end] for end in range(20))) == [19]


def test_endless_meta_is_looked_at_ever_less_often() -> None:
    """A tag that does not end is looked at again when half as much more has come."""
    metas = MetaEnds()
    tag = b"<meta charset='" + b"x" * 4_000
    assert ends(metas, tag, tag + b"'>") == []
    assert metas.retry_at > 6_000
    assert ends(metas, tag + b"x" * 4_000 + b"'>") == [len(tag) + 4_002]


@pytest.mark.parametrize("step", [1_000, 300_000])
@pytest.mark.parametrize(
    ("candidates", "unit"), [(TitleEnds, b"</title>"), (MetaEnds, b"<meta charset=x>")]
)
def test_parsing_is_bound_to_the_bytes_seen(
    candidates: type[Candidates], unit: bytes, step: int
) -> None:
    """Thousands of candidates never ask for more parsing than a small multiple of the bytes."""
    data = unit * (300_000 // len(unit))
    found = ends(candidates(), *(data[:end] for end in range(step, len(data) + step, step)))
    assert found
    assert sum(found) <= 64 * 1024 + 2 * len(data)


def test_what_was_put_off_is_given_later() -> None:
    """The last candidate that was too dear is given when enough bytes have come."""
    data = b"</title>" * 20_000
    candidates = TitleEnds()
    assert max(ends(candidates, data)) < len(data)
    assert ends(candidates, data + b" " * 200_000) == [len(data)]
