"""The vocabulary of expectations, and the places where it is written."""

import pickle
import re
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.config import ConfigError, File, settle
from fetcher.judgement.expectations import (
    NOTHING_SPECIAL,
    Expectations,
    JsonCondition,
    Pattern,
    parse_expectations,
)
from fetcher.options import options_of

P, J = Pattern, JsonCondition

# Name, text as on a command line, other ways to write it in TOML or JSON, and what it means.
VALUES: list[tuple[str, str, list[object], object]] = [
    ("status", "200..299,401", [["200..299", 401], "2xx, 401"], ((200, 299), (401, 401))),
    ("status", "200", [200, [200]], ((200, 200),)),
    ("degraded_after", "500ms", [0.5], 0.5),
    ("unhealthy_after", "3s", [3, "3"], 3.0),
    ("final_url", "https://a.example/b", [" https://a.example/b "], "https://a.example/b"),
    ("redirect_to", "/login", [], "/login"),
    ("header", "X-A: b: c", [["X-A: b: c"], {"X-A": "b: c"}], (("X-A", "b: c"),)),
    ("header_matches", "Via: ^v", [{"Via": "^v"}], (("Via", P("^v")),)),
    ("body_contains", "a\nb", [["a", "b"]], ("a", "b")),
    ("body_not_contains", " a ", [[" a "]], (" a ",)),
    ("body_matches", "a+\n(?i)b", [["a+", "(?i)b"]], (P("a+"), P("(?i)b"))),
    ("title", "Home", [" Home"], "Home"),
    ("title_matches", "^H", [], P("^H")),
    ("json", "$.a == 1\nb exists", [["$.a == 1", " b exists"]], (J("$.a == 1"), J("b exists"))),
    ("unchanged", "main h1", [], "main h1"),
    ("certificate_days", "14", [14], 14),
    ("tls_min", "1.2", [1.2], "1.2"),
    ("http_min", "1.1", [1.1], "1.1"),
    ("complete", "true", [True, "yes"], True),
]


def test_every_expectation_is_written_in_every_way() -> None:
    """No field is left out of the table above, but for the one that needs another."""
    assert {row[0] for row in VALUES} == {f.name for f in fields(Expectations)} - {"hash"}


@pytest.mark.parametrize(("name", "text", "others", "value"), VALUES)
def test_one_vocabulary_everywhere(
    name: str, text: str, others: list[object], value: object
) -> None:
    """Flag, variable, section of a file, table of a target and cell mean the same."""
    expected = Expectations(**{name: value})  # type: ignore[arg-type]
    many = options_of(Expectations)[name][0].many
    flag = text.splitlines() if many else text

    def settled(**where: Any) -> Expectations:
        places = {"flags": {}, "environment": {}, "file": None} | where
        return settle(Expectations, section="expect", **places)

    assert settled(flags={f"expect_{name}": flag}) == expected
    assert settled(environment={f"FETCHER_EXPECT_{name.upper()}": text}) == expected
    for other in [text, *others]:
        assert settled(file=File("f.toml", {"expect": {name: other}})) == expected
        assert parse_expectations({name: other}) == expected


def test_names_without_the_prefix_are_others() -> None:
    """A flag `--title` of some other class is not an expectation."""
    flags, environment = {"title": "x"}, {"FETCHER_TITLE": "x"}
    settled = settle(Expectations, flags=flags, environment=environment, section="expect")
    assert settled == Expectations()


WRONG: list[tuple[dict[str, object], str]] = [
    ({"statsu": 200}, "expect.statsu: unknown key; did you mean status?"),
    ({"degraded-after": "1s"}, "expect.degraded-after: unknown key; did you mean degraded_after?"),
    ({"qqq": 1}, "expect.qqq: unknown key; expected one of status, degraded_after, "),
    ({"status": "ok"}, "expect.status: 'ok' is not a status; use for example 200..299,401"),
    ({"status": True}, 'expect.status: expected statuses such as "200..299,401", found true'),
    ({"status": [{}]}, 'expect.status: expected statuses such as "200..299,401", found a table'),
    ({"status": []}, "expect.status: it names no status"),
    ({"degraded_after": "fast"}, "expect.degraded_after: 'fast' is not a duration"),
    ({"degraded_after": 0}, "expect.degraded_after: '0' is too short"),
    ({"final_url": "foo"}, "expect.final_url: 'foo' is not a URL or a path on the same host"),
    ({"header": "X"}, "expect.header: 'X' is not a header; use 'Name: value'"),
    ({"header_matches": {"X": "("}}, "expect.header_matches: the pattern '(' cannot be used"),
    ({"body_contains": 1}, "expect.body_contains: expected text or a list of text, found 1"),
    ({"body_contains": [1]}, "expect.body_contains: expected text or a list of text, found a list"),
    ({"body_contains": [""]}, "expect.body_contains: an empty text is part of every body"),
    ({"body_matches": "a(?!b)"}, "expect.body_matches: the pattern 'a(?!b)' cannot be used: RE2"),
    ({"title_matches": "["}, "expect.title_matches: the pattern '[' cannot be used"),
    ({"json": "$.a = 1"}, "expect.json: '$.a = 1' is not a condition"),
    ({"unchanged": "main["}, "expect.unchanged: 'main[' is not a CSS selector"),
    ({"certificate_days": "soon"}, "expect.certificate_days: 'soon' is not a number of days"),
    ({"certificate_days": -1}, "expect.certificate_days: '-1' is not a number of days"),
    ({"certificate_days": 1.5}, "expect.certificate_days: expected a number of days, found 1.5"),
    ({"tls_min": "1.1"}, "expect.tls_min: '1.1' is not one of 1.2, 1.3"),
    ({"http_min": 2}, 'expect.http_min: expected "1.0" or "1.1", found 2'),
    ({"complete": 1}, "expect.complete: expected true or false, found 1"),
    ({"complete": "maybe"}, "expect.complete: 'maybe' is neither true nor false"),
    ({"hash": "ab"}, "expect: hash needs unchanged"),
    (
        {"degraded_after": "2s", "unhealthy_after": "2s"},
        "expect: degraded_after (2s) must be shorter than unhealthy_after (2s)",
    ),
    (
        {"body_contains": "not found", "body_not_contains": "found"},
        "expect: body_contains 'not found' has what body_not_contains forbids",
    ),
]


@pytest.mark.parametrize(("raw", "message"), WRONG)
def test_what_is_wrong_is_named(raw: dict[str, object], message: str) -> None:
    """The message names the key, what was found there, and what was expected."""
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        parse_expectations(raw)


def test_a_target_can_break_what_is_expected_of_all() -> None:
    """Each is right by itself, but no answer can meet both."""
    base = Expectations(unhealthy_after=1.0)
    with pytest.raises(ValueError, match=r"degraded_after \(2s\) must be shorter than"):
        parse_expectations({"degraded_after": "2s"}, base)


def test_settings_that_do_not_go_together_are_a_configuration_error() -> None:
    """The section is named, because the settings may come from several places."""
    flags, environment = {"expect_degraded_after": "5s"}, {"FETCHER_EXPECT_UNHEALTHY_AFTER": "1s"}
    with pytest.raises(ConfigError, match=r"^expect: degraded_after \(5s\) must be shorter"):
        settle(Expectations, flags=flags, environment=environment, section="expect")
    with pytest.raises(ConfigError, match=r"^--expect-status: 'x' is not a status"):
        settle(Expectations, flags={"expect_status": "x"}, environment={}, section="expect")
    environment = {"FETCHER_EXPECT_STATUS": "x"}
    with pytest.raises(ConfigError, match=r"^FETCHER_EXPECT_STATUS: 'x' is not a status"):
        settle(Expectations, flags={}, environment=environment, section="expect")


NEED_A_VALUE = ("status", "degraded_after", "unhealthy_after", "certificate_days", "complete")


@pytest.mark.parametrize("nothing", [None, ""])
@pytest.mark.parametrize("name", [f.name for f in fields(Expectations)])
def test_an_expectation_of_all_can_be_taken_back(name: str, nothing: object) -> None:
    """With JSON's null, and most also with an empty text."""
    base = Expectations(
        status=((404, 404),),
        degraded_after=1.0,
        unhealthy_after=2.0,
        final_url="/",
        redirect_to="/",
        header=(("A", "b"),),
        header_matches=(("A", P("b")),),
        body_contains=("a",),
        body_not_contains=("b",),
        body_matches=(P("a"),),
        title="a",
        title_matches=P("a"),
        json=(J("a exists"),),
        unchanged="body",
        certificate_days=1,
        tls_min="1.3",
        http_min="1.1",
        complete=True,
    )
    if nothing == "" and name in NEED_A_VALUE:
        with pytest.raises(ValueError, match=f"^expect.{name}: "):
            parse_expectations({name: nothing}, base)
        return
    changed = parse_expectations({name: nothing}, base)
    assert getattr(changed, name) == getattr(NOTHING_SPECIAL, name)
    others = [f.name for f in fields(Expectations) if f.name != name]
    assert all(getattr(changed, other) == getattr(base, other) for other in others)


ROWS = st.lists(st.sampled_from(VALUES), unique_by=lambda row: row[0])


@given(ROWS, ROWS)
def test_a_targets_own_replace_key_by_key(
    of_all: list[tuple[str, str, list[object], Any]], own: list[tuple[str, str, list[object], Any]]
) -> None:
    """What the target says counts, what it does not say is as for all, whatever is combined."""
    base = parse_expectations({name: text for name, text, _, _ in of_all})
    found = parse_expectations({name: text for name, text, _, _ in own}, base)
    wanted = {row[0]: row[3] for row in [*of_all, *own]}
    assert found == Expectations(**wanted)
    assert pickle.loads(pickle.dumps(found)) == found
    assert hash(found) == hash(Expectations(**wanted))


def test_every_default_is_shown() -> None:
    """`--help` says in a word what holds when nothing is given."""
    for name, (option, default) in options_of(Expectations).items():
        assert option.show(default) not in ("", "None", "()"), name
