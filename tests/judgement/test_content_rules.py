"""What an accepted answer says, held against what was expected."""

import pytest

from fetcher.judgement.expectations import Expectations, JsonCondition, Pattern
from fetcher.judgement.verdict import BodyFindings, Health, Trouble, findings_of
from tests.judgement.making import answered, read, verdict

HEADERS = {"x-app": "v2", "cache-control": "max-age=60"}


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (Expectations(header=(("X-App", "v2"),)), ""),
        (Expectations(header=(("X-App", "v3"),)), 'header X-App: v2, expected "v3"'),
        (Expectations(header=(("X-Other", "a"),)), 'header X-Other is missing, expected "a"'),
        (Expectations(header_matches=(("Cache-Control", Pattern(r"age=\d+")),)), ""),
        (
            Expectations(header_matches=(("Cache-Control", Pattern("^no-")),)),
            "header Cache-Control: max-age=60, expected to match ^no-",
        ),
        (
            Expectations(header_matches=(("ETag", Pattern(".")),)),
            "header ETag is missing, expected to match .",
        ),
    ],
)
def test_headers(expected: Expectations, text: str) -> None:
    """Names in any case; values as they stand."""
    assert verdict(answered(headers=HEADERS), expected).text == text


@pytest.mark.parametrize(
    ("title", "expected", "text"),
    [
        ("Shop", Expectations(title="Shop"), ""),
        ("Shop!", Expectations(title="Shop"), 'title "Shop!", expected "Shop"'),
        (None, Expectations(title="Shop"), 'no title, expected "Shop"'),
        ("My Shop", Expectations(title_matches=Pattern("Shop$")), ""),
        (
            "Shop 2",
            Expectations(title_matches=Pattern("Shop$")),
            'title "Shop 2", expected to match Shop$',
        ),
        (None, Expectations(title_matches=Pattern(".*")), "no title, expected to match .*"),
    ],
)
def test_titles(title: str | None, expected: Expectations, text: str) -> None:
    """A page without one matches nothing."""
    assert verdict(answered(title=title), expected).text == text


@pytest.mark.parametrize(
    ("expected", "body", "text"),
    [
        (
            Expectations(body_contains=("hello",)),
            b"<title>a</title>bye",
            'the body does not contain "hello" (19 B read)',
        ),
        (
            Expectations(body_not_contains=("error",)),
            b"an error!",
            'the body contains "error", expected not to (…an error!…)',
        ),
        (
            Expectations(body_matches=(Pattern("^a$"),)),
            b"",
            "the body does not match ^a$ (an empty body)",
        ),
        (
            Expectations(json=(JsonCondition("$.a >= 3"),)),
            b'{"a": 2}',
            "JSON: found 2, expected $.a >= 3",
        ),
    ],
)
def test_bodies(expected: Expectations, body: bytes, text: str) -> None:
    """From the bytes to the words."""
    page = read(body, expected)
    found = verdict(answered(title=page.title, findings=findings_of(page.fields)), expected)
    assert (found.health, found.trouble) == (Health.UNHEALTHY, Trouble.CONTENT)
    assert found.text == text


@pytest.mark.parametrize(
    ("expected", "found", "last", "text"),
    [
        (Expectations(unchanged="body"), "aa", "", ""),
        (Expectations(unchanged="body"), "aa", "aa", ""),
        (Expectations(unchanged="body"), "aa", "bb", "the body has changed (hash aa…, expected bb"),
        (Expectations(unchanged="body", hash="aa"), "aa", "bb", ""),
        (Expectations(unchanged="h1", hash="bb"), "aa", "", "the text at h1 has changed"),
        (Expectations(unchanged="h1"), "", "aa", "nothing is selected by h1, expected a text"),
        (Expectations(), "aa", "bb", ""),
    ],
)
def test_what_must_be_unchanged(expected: Expectations, found: str, last: str, text: str) -> None:
    """Against the hash that the expectation itself has, else that of last time, if any."""
    judged = verdict(answered(findings=BodyFindings(hash=found)), expected, last)
    assert judged.text.startswith(text)
    assert judged.trouble is (Trouble.CONTENT if text else None)


def test_each_broken_expectation_has_its_reason() -> None:
    """In the order of the rules."""
    expected = Expectations(
        header=(("A", "1"), ("B", "2")), title="t", title_matches=Pattern("t"), unhealthy_after=0.1
    )
    found = verdict(answered(title="x"), expected)
    assert [reason.trouble for reason in found.reasons] == [
        Trouble.TIMEOUT,
        *[Trouble.CONTENT] * 4,
    ]
