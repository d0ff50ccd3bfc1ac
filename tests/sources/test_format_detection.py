"""Telling formats apart."""

import pytest

from fetcher.sources import SourceError
from fetcher.sources.base import ListFormat
from fetcher.sources.list_formats import Detected, Origin, detect


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("dir.csv/list", "text"),
        ("l.csv", "csv"),
        ("L.CSV.GZ", "csv"),
        ("l.tsv", "tsv"),
        ("l.jsonl", "jsonl"),
        ("l.ndjson.gz", "jsonl"),
        ("l.xml", "sitemap"),
        ("l.txt", "text"),
        ("site/robots.txt", "robots"),
    ],
)
def test_suffixes(name: str, expected: Detected) -> None:
    """A suffix decides, with .gz behind it, too."""
    assert detect(Origin(name), b"example.com\n", "auto") == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"http://a/\n", "text"),
        (b"# url, list\nhttp://a/\n", "text"),
        (b"url\nhttp://a/\n", "text"),
        (b"http://a/?x,y\nhttp://b/\n", "text"),
        (b"a,b\nhttp://a/,c\n", "text"),
        (b"[::1]:8080/\n", "text"),
        (b"{not json}\n", "text"),
        (b'"quoted"x\n', "text"),
        (b"", "text"),
        (b"  \n<?xml version='1.0'?>", "sitemap"),
        (b"<urlset>", "sitemap"),
        (b'{"url": "http://a/"}\n', "jsonl"),
        (b'\n"http://a/"\n', "jsonl"),
        (b'{"url": "http:', "jsonl"),
        (b'{\n "url": "http://a/"\n}\n', "json"),
        (b'["http://a/"]', "json"),
        (b'[\n  {"url"', "json"),
        (b"name,url\nx,http://a/\n", "csv"),
        (b"Website;name\nhttp://a/;x\n", "csv"),
        (b"id\tURL\n1\thttp://a/\n", "csv"),
        (b'"url"\n"http://a/"\n', "csv"),
        (b'"url","name"\n"http://a/","x"\n', "csv"),
    ],
)
def test_content(content: bytes, expected: Detected) -> None:
    """Without a suffix the beginning decides; CSV only when a header names a URL's column."""
    assert detect(Origin("list"), content, "auto") == expected


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("l.json", b'["http://a/"]', "json"),
        ("l.json", b'{"url": "http://a/"}\n{"url": "http://b/"}\n', "jsonl"),
        ("l.json", b'{\n "url": "http://a/"}\n', "json"),
        ("l.jsonl", b'[\n"http://a/"\n]', "json"),
        ("l.txt", b"<?xml version='1.0'?><urlset>", "sitemap"),
    ],
)
def test_where_the_content_outweighs_the_suffix(
    name: str, content: bytes, expected: Detected
) -> None:
    """Lines or an array in JSON, and XML that is called text, are told by their beginning."""
    assert detect(Origin(name), content, "auto") == expected


@pytest.mark.parametrize("wanted", ["text", "csv", "tsv", "jsonl", "sitemap"])
def test_a_wanted_format_is_taken(wanted: ListFormat) -> None:
    """What the user says counts more than suffix and content."""
    assert detect(Origin("l.csv"), b"<urlset>", wanted) == wanted


@pytest.mark.parametrize(
    ("url", "content_type", "expected"),
    [
        ("http://a/list.csv?x=.xml", "text/plain", "csv"),
        ("http://a/list", "text/csv; charset=utf-8", "csv"),
        ("http://a/list", "application/x-ndjson", "jsonl"),
        ("http://a/robots.txt", "text/plain", "robots"),
        ("http://a/list", "text/plain", "text"),
    ],
)
def test_fetched_lists(url: str, content_type: str, expected: Detected) -> None:
    """The path of the URL decides, then the Content-Type."""
    assert detect(Origin(url, url, content_type), b"a,b\n", "auto") == expected


@pytest.mark.parametrize("content", [b"<!DOCTYPE html>\n<p>", b"\n<HTML lang=en>", b"<html>"])
def test_an_html_page_is_an_error(content: bytes) -> None:
    """It is most often a login or error page that was saved or sent instead of a list."""
    with pytest.raises(SourceError, match="l is an HTML page; expected a list of URLs"):
        detect(Origin("l"), content, "auto")
