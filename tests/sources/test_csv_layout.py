"""Finding delimiter, header and URL column."""

import pytest

from fetcher.sources import ListOptions, SourceError
from fetcher.sources.csv_layout import column_names, find_delimiter, find_layout
from fetcher.sources.csv_list import Layout


def layout(text: str, column: str | None = None, *, carry: bool = False) -> Layout:
    """Find the layout of a list."""
    found = find_layout("l.csv", text.encode(), ListOptions(column, carry=carry))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("name,url\na,http://x/\n", ","),
        ("name;url\na,b;http://x/\nc;http://y/?a,b,c\n", ";"),
        ("name\turl\na, b\thttp://x/\n", "\t"),
        ("name|url\na|http://x/\n", "|"),
        ('"last, first",url\n"a, b",http://x/\n', ","),
        ("url\nhttp://x/?a,b\nhttp://y/?a;b\n", None),
        ("name, first;url\na, b;http://x/\nc;http://y/\n", ";"),
        ("http://x/\n", None),
    ],
)
def test_the_delimiter_cuts_rows_alike(text: str, delimiter: str | None) -> None:
    """The delimiter is what cuts all rows into as many cells as the header, or nothing."""
    assert find_delimiter(text.encode()) == delimiter


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("id,URL", 1),
        ("Website,name", 0),
        ("name,Web Site", 1),
        ("link,url", 1),
        ("id,final_url,url", 2),
        ("name,HREF", 1),
        (" url ,x", 0),
    ],
)
def test_a_column_is_found_by_its_name(header: str, column: int) -> None:
    """The usual names are known, in any case, the surest first."""
    found = layout(f"{header}\n1,2,3\n")
    assert (found.column, found.has_header) == (column, True)


def test_an_uncertain_name_must_be_borne_out_by_the_cells() -> None:
    """An address may be a street; then the column that holds URLs is taken."""
    assert layout("address,found at\n1 High St,https://a/\n2 Low St,b.com\n").column == 1
    assert layout("name,address\nA,https://a/\nB,b.com\n").column == 1


def test_a_column_is_found_by_its_content() -> None:
    """Without a telling name the column whose cells look like URLs is taken."""
    found = layout("who,where,when\nx,https://a/,1.5\ny,b.org/path,2026-01-01\n")
    assert (found.column, found.has_header) == (1, True)


def test_a_list_without_a_header_is_recognised() -> None:
    """A first row with a URL in it is a row."""
    found = layout("1,https://a/\n2,b.com\n")
    assert (found.column, found.has_header) == (1, False)


def test_a_url_in_the_first_row_outweighs_a_name() -> None:
    """A cell that says `page` does not make a header of a row with a URL."""
    assert not layout("https://a/,page\n").has_header


@pytest.mark.parametrize("wanted", ["Found At", "found at", " found at", "2"])
def test_a_named_column_is_taken(wanted: str) -> None:
    """By its name in any case, or by its number from 1."""
    assert layout("url,found at,x\nhttps://a/,https://b/,c\n", wanted).column == 1


def test_a_name_comes_before_a_number() -> None:
    """A column called 1 is that one, not the first."""
    assert layout("a,1\nx,y\n", "1").column == 1


def test_a_number_works_without_a_header() -> None:
    """The first row is a row when a URL is in it."""
    found = layout("https://a/,https://b/\n", "2")
    assert (found.column, found.has_header) == (1, False)


@pytest.mark.parametrize("wanted", ["site", "4", "0", "-1", "9" * 5000])
def test_a_missing_column_is_an_error_that_names_the_others(wanted: str) -> None:
    """The message says which columns there are."""
    with pytest.raises(SourceError, match=r"l\.csv has no column .*; it has 3: url, found at, x"):
        layout("url,found at,x\nhttps://a/,https://b/,c\n", wanted)


def test_no_likely_column_is_an_error_that_names_the_columns() -> None:
    """The message says which columns there are, and how to name one."""
    with pytest.raises(SourceError, match=r"columns \(name, age\).*--url-column"):
        layout("name,age\nBob,7\n")


def test_carried_columns_are_the_others() -> None:
    """All but the URL's column are carried, under unique names."""
    found = layout("name,url,,name\na,http://x/,b,c\n", carry=True)
    assert found.header == ("name", "column_3", "name_2")
    assert found.carried == (0, 2, 3)


def test_columns_without_a_header_are_carried_by_number() -> None:
    """They are called after their positions."""
    assert layout("a,http://x/,b\n", carry=True).header == ("column_1", "column_3")


def test_column_names_are_unique() -> None:
    """Repeated and made-up names do not collide."""
    assert column_names(["a", "a", "a_2", "", "column_4"]) == [
        "a",
        "a_2",
        "a_2_2",
        "column_4",
        "column_4_2",
    ]


def test_an_empty_list_has_no_layout() -> None:
    """There is nothing to find in blank lines."""
    assert find_layout("l.csv", b"\n \n", ListOptions()) is None
