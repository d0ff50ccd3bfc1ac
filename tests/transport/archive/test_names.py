"""File names for URLs."""

from hypothesis import given
from hypothesis import strategies as st

from fetcher import urls
from fetcher.transport.archive.folder import file_name, folder_name
from fetcher.urls import UrlError

HARD = [
    "http://h/..%2f..%2fetc%2fpasswd",
    "http://h/%2e%2e/a/../../b",
    "http://h/a\\..\\c",
    "http://h/" + "long/" * 500,
    "http://" + ".".join(["a" * 60] * 4) + "/x",
    "http://[::1]:8080/x",
    "http://con.example/con",
    "http://h/nul.txt",
    "http://h/%00%0a",
    "http://h/日本語",
    "http://bücher.example/ü",
    "http://h/",
    "http://h/?",
    "http://h/A",
    "http://h/a",
    "https://h/a",
    "http://h:81/a",
    "http://h/a?x",
    "http://h/a%3Fx",
    "http://h/a.php?file=../../x",
]


def place(url: str, content_type: str = "text/html", number: int = 1) -> str:
    """Where a URL's body is written."""
    parsed = urls.parse(url)
    return f"{folder_name(parsed)}/{file_name(parsed, content_type, number)}"


def assert_safe(name: str) -> None:
    """Check a path as it may be on the most demanding file system."""
    folder, slash, file = name.partition("/")
    for part in (folder, file):
        assert 0 < len(part.encode()) <= 150
        assert part.isascii()
        assert part == part.lower()
        assert not {*part} - {*"abcdefghijklmnopqrstuvwxyz0123456789._-"}
        assert part[0] not in ".-_"
        assert part[-1] not in ". "
        assert part.partition(".")[0] not in {"con", "prn", "aux", "nul", "com1", "lpt9"}
    assert slash


def test_no_url_leads_out_of_the_directory_or_to_anothers_file() -> None:
    """Those that were made for it."""
    names = [place(url) for url in HARD]
    for name in names:
        assert_safe(name)
    assert len(set(names)) == len(HARD)


@given(
    st.text(max_size=300), st.text(st.characters(codec="utf-8"), max_size=40), st.integers(1, 10**9)
)
def test_every_name_is_safe(path: str, content_type: str, number: int) -> None:
    """Whatever a URL or a content type holds."""
    for text in (f"http://h.example/{path}", f"http://{path}"):
        try:
            name = place(text, content_type, number)
        except UrlError:
            continue
        assert_safe(name)
