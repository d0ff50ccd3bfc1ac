"""Everything that can be wrong with a configuration, and how it is told."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetcher.monitor.config import PlanError, read_plan, read_targets
from fetcher.monitor.config.loader import SECTIONS
from tests.monitor.config.plans import ONE, mistakes_of, write

HOOK = '[[channels]]\nname = "team"\ntype = "webhook"\nurl = "http://127.0.0.1:1/"\n'

MISTAKES = [
    ("[monitr]", "monitor.toml:1: unknown section [monitr]; did you mean monitor?"),
    ("[zz]", "monitor.toml:1: unknown section [zz]; expected one of monitor, self, page, fetch, "),
    ("fetch = 1", "monitor.toml: fetch must be a table, written [fetch]"),
    ("lists = 1", "monitor.toml: lists must be tables, each written [[lists]]"),
    ("lists = [1]", "monitor.toml: lists must be tables, each written [[lists]]"),
    (
        "[monitor]\nkeep_dayz = '1d'",
        "monitor.toml:2: [monitor] keep_dayz: unknown key; did you mean keep_days?",
    ),
    (
        "[monitor]\n\nmax_size = true",
        'monitor.toml:3: [monitor] max_size: expected a size such as "10MB", found true',
    ),
    ("[monitor]\ndatabase = ' '", "monitor.toml:2: [monitor] database: expected a file's name, "),
    ("[self]\npatience = 'long'", "monitor.toml:2: [self] patience: 'long' is not a duration; "),
    (
        "[self]\ncontrols = ['ftp://a.example']",
        "monitor.toml:2: [self] controls: 'ftp://a.example' is not a valid URL: the scheme",
    ),
    ("[page]\nlisten = '8900'", "monitor.toml:2: [page] listen: '8900' is not ADDRESS:PORT; "),
    ("[page]\nlisten = 'a:99999'", "monitor.toml:2: [page] listen: 'a:99999' is not ADDRESS"),
    ("[page]\nlisten = '::1:8900'", "monitor.toml:2: [page] listen: '::1:8900' is not ADDRESS"),
    ("[page]\nlisten = 'a b:80'", "monitor.toml:2: [page] listen: 'a b:80' is not ADDRESS"),
    ("[page]\npublic_url = 'x y'", "monitor.toml:2: [page] public_url: 'x y' is not a URL: "),
    ("[page]\nuser = 'me'", "monitor.toml:2: [page] user: set password as well"),
    ("[page]\npassword = 'me'", "monitor.toml:2: [page] password: set user as well"),
    ("[page]\nprivate = true", "monitor.toml:2: [page] private: needs a token or a password "),
    (
        "[fetch]\norder = 'input'",
        "monitor.toml:2: [fetch] order: cannot be set for a monitor",
    ),
    ("[fetch]\ntimout = 1", "monitor.toml:2: [fetch] timout: unknown key; did you mean timeout?"),
    ("[fetch]\ncacert = 'no'", "monitor.toml:2: [fetch] cacert: cannot read certificates from no"),
    ("[expect]\nstatus = 'x'", "monitor.toml:2: [expect] status: 'x' is not a status; use"),
    ("[expect]\nstatuss = 1", "monitor.toml:2: [expect] statuss: unknown key; did you mean status"),
    (
        "[expect]\nunchanged = 'body'",
        "monitor.toml:3: expect.unchanged needs expect.hash in a monitor: ",
    ),
    ("[expect]\nhash = 'ab'", "monitor.toml:1: [expect]: hash needs unchanged, which says what "),
    (
        "[defaults]\ninterval = '50ms'",
        "monitor.toml:2: [defaults] interval: '50ms' is shorter than 100ms",
    ),
    ("[defaults]\ninterval = 'x'", "monitor.toml:2: [defaults] interval: 'x' is not a duration"),
    (
        "[defaults]\ninterval = '5s'\ncron = '* * * * *'",
        "monitor.toml:3: [defaults] cron: cannot be combined with interval",
    ),
    ("[defaults]\ncron = '61 * * * *'", "monitor.toml:2: [defaults] cron: "),
    ("[defaults]\ncron = '1 * * * *'\ntimezone = 'Mars'", "monitor.toml:2: [defaults] cron: "),
    (
        "[defaults]\nfailures_before_down = 0",
        "monitor.toml:2: [defaults] failures_before_down: '0' is not a whole number of at least 1",
    ),
    (
        "[defaults]\nremind_every = 0",
        "monitor.toml:2: [defaults] remind_every: '0' is not longer than zero; write \"never\"",
    ),
    (
        "[defaults]\nchannels = ['team']",
        "monitor.toml:2: [defaults] channels: unknown channel 'team'; none are defined",
    ),
    (
        HOOK + "[defaults]\nescalate_to = ['teem']",
        "monitor.toml:6: [defaults] escalate_to: unknown channel 'teem'; did you mean team?",
    ),
    ("[[targets]]\nname = 'a'", "monitor.toml:1: [[targets]]: missing url; write url = "),
    ("[[targets]]\nurl = 1", "monitor.toml:2: [[targets]] url: expected text, found 1"),
    ("[[targets]]\nurl = ''", "monitor.toml:2: [[targets]] url: empty; write a URL"),
    (
        "[[targets]]\nurl = 'htp:/x'",
        "monitor.toml:2: [[targets]] url: 'htp:/x' is not a valid URL: ",
    ),
    (
        "[[targets]]\nurl = 'a'\nname = \"a\\nb\"",
        "monitor.toml:3: [[targets]] name: contains characters that cannot be shown",
    ),
    (
        "[[targets]]\nurl = 'b'\nexpect.status = 'x'",
        "monitor.toml:3: [[targets]] expect.status: 'x' is not a status",
    ),
    (
        "[[targets]]\nurl = 'b'\n[targets.expect]\n\ntitel = 'x'",
        "monitor.toml:5: [[targets]] expect.titel: unknown key; did you mean title?",
    ),
    (
        "[[targets]]\nurl = 'b'\nexpect = 200",
        "monitor.toml:3: [[targets]] expect: expected a table such as { status = 200 }, found 200",
    ),
    (
        "[[targets]]\nurl = 'a.example'",
        "monitor.toml:3: [[targets]]: https://a.example/ is already a target at monitor.toml:1; "
        "give them names",
    ),
    (
        "[[targets]]\nurl = 'b'\nname = 'x'\n[[targets]]\nurl = 'c'\nname = 'x'",
        "monitor.toml:4: [[targets]]: the name 'x' is taken by monitor.toml:1; use another one",
    ),
    ("[[lists]]\n", "monitor.toml:1: [[lists]]: missing file; write file = "),
    ("[[lists]]\nfile = 'no.txt'", "monitor.toml:2: [[lists]] file: no.txt does not exist"),
    ("[[lists]]\nfile = 'sub'", "monitor.toml:2: [[lists]] file: sub is not a regular file"),
    ("[[lists]]\nfile = '*.csv'", "monitor.toml:2: [[lists]] file: no file matches *.csv"),
    (
        "[[lists]]\nfile = 'http://a.example/'",
        "monitor.toml:2: [[lists]] file: 'http://a.example/' is not a file; a monitor reads its "
        "lists",
    ),
    (
        "[[lists]]\nfile = 'list.txt'\nformat = 'xls'",
        "monitor.toml:3: [[lists]] format: 'xls' is not one of auto, text, csv, tsv, jsonl, toml",
    ),
    ("[[maintenance]]\n", "monitor.toml:1: [[maintenance]]: set cron and duration, start and end"),
    (
        "[[maintenance]]\ncron = '0 3 * * *'",
        "monitor.toml:1: [[maintenance]]: cron needs a duration",
    ),
    (
        "[[maintenance]]\ncron = '0 3 * * *'\nend = 2026-01-01T00:00:00Z",
        "monitor.toml:1: [[maintenance]]: cron cannot be combined with start or end",
    ),
    ("[[maintenance]]\ncron = 'x'\nduration = '1h'", "monitor.toml:1: [[maintenance]]: "),
    (
        "[[maintenance]]\nstart = 2026-01-01T00:00:00\nduration = '1h'",
        "monitor.toml:1: [[maintenance]]: 2026-01-01 00:00:00 has no offset; add one, such as",
    ),
    (
        "[[maintenance]]\nstart = 2026-01-01T00:00:00\nduration = '1h'\ntimezone = 'X/Y'",
        "monitor.toml:1: [[maintenance]]: unknown time zone 'X/Y'; use a full name such as",
    ),
    (
        "[[maintenance]]\nstart = 2026-01-02T00:00:00Z\nend = 2026-01-01T00:00:00Z",
        "monitor.toml:1: [[maintenance]]: ",
    ),
    ("[[maintenance]]\nstart = 'soon'", "monitor.toml:2: [[maintenance]] start: 'soon' is not a "),
    ("[[maintenance]]\nstart = 5", "monitor.toml:2: [[maintenance]] start: expected a date with a"),
    ("[[channels]]\ntype = 'webhook'", "monitor.toml:1: [[channels]]: missing name; write name"),
    (
        "[[channels]]\nname = 'a b'",
        "monitor.toml:2: [[channels]] name: expected letters and digits,",
    ),
    ("[[channels]]\nname = 'a'", "monitor.toml:1: [[channels]] type: expected a type such as "),
    ("[[channels]]\nname = 'a'\ntype = 'pigeon'", "monitor.toml:1: [[channels]]: "),
    (HOOK + "text = '$subjct'", "monitor.toml:5: [[channels]] text: unknown: $subjct; known are"),
    (HOOK + "text = 5", "monitor.toml:5: [[channels]] text: expected text, found 5"),
    (HOOK + "metod = 'x'", "monitor.toml:1: [[channels]]: metod"),
    (HOOK + HOOK, "monitor.toml:6: [[channels]] name: duplicate channel name 'team'"),
]


@pytest.mark.parametrize(("text", "told"), MISTAKES)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    """File, line, key, what was found and what was expected; nothing else is wrong then."""
    (tmp_path / "list.txt").write_text("https://list.example/\n")
    (tmp_path / "sub").mkdir()
    (mistake,) = mistakes_of(tmp_path, f"{text}\n{ONE}")
    assert mistake.startswith(told)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """What is not there, and what is not TOML, is told with the file's name."""
    path = str(tmp_path / "gone.toml")
    with pytest.raises(PlanError, match=r"^cannot read .*gone.toml: No such file"):
        read_plan(path, {})
    assert mistakes_of(tmp_path, "[monitor\n")[0].startswith("monitor.toml is not valid TOML: ")
    assert mistakes_of(tmp_path, "") == (
        "monitor.toml: no targets configured; add [[targets]] or [[lists]]",
    )


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """A configuration with every mistake above tells each, in the order of the lines."""
    (tmp_path / "bad.csv").write_text("url,expect_status\nb.example,200\nhttp://[x,200\nc,x\n,1\n")
    text = """
        [fetch]
        order = "input"
        timeout = "fast"
        [[lists]]
        file = "bad.csv"
        [[targets]]
        url = "htp:/x"
        expect = { status = "x", titel = "y" }
        [monitor]
        max_size = "big"
        """
    assert [mistake.partition(": ")[0] for mistake in mistakes_of(tmp_path, text)] == [
        *("monitor.toml:3", "monitor.toml:4", "monitor.toml:8", "monitor.toml:9", "monitor.toml:9"),
        *("monitor.toml:11", "bad.csv:3", "bad.csv:4", "bad.csv:5"),
    ]


def test_mistakes_within_targets_hide_no_others(tmp_path: Path) -> None:
    """What can be read of a configuration with mistakes is known all the same."""
    path = write(tmp_path, ONE + "nam = 1\nchannels = ['x']\n[[targets]]\nurl = 'htp:/x'\n[oh]\n")
    assert [target.key for target in read_targets(path)] == ["https://a.example/"]


def test_tables_without_headings_are_told_by_their_number(tmp_path: Path) -> None:
    """Where targets are written in one list, there is no line to tell, but which one it is."""
    text = "targets = [{ url = 'a.example' }, { url = 'b.example', nam = 'b' }]\n"
    assert mistakes_of(tmp_path, text) == (
        "monitor.toml: [[targets]] #2 nam: unknown key; did you mean name?",
    )


def test_a_text_that_looks_like_a_heading_misleads_nobody(tmp_path: Path) -> None:
    """Where lines could be wrong, none are told."""
    text = f"[page]\ntitle = '''\n[[targets]]\n'''\n{ONE}nam = 'x'\n"
    assert mistakes_of(tmp_path, text) == (
        "monitor.toml: [[targets]] #1 nam: unknown key; did you mean name?",
    )


KEYS = (
    *("url", "name", "file", "interval", "cron", "timezone", "expect", "channels", "type", "start"),
    *("duration", "targets", "token", "listen", "database", "controls", "status", "concurrency"),
)
VALUES = st.recursive(
    st.booleans()
    | st.integers(-5, 10**6)
    | st.sampled_from(("", "5s", "https://a.example/", "env:X", "file:x", "* * * * *", "-", "*"))
    | st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=2)
    ),
    max_leaves=4,
)
TABLES = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4)


def toml(value: object) -> str:
    """Write a value as TOML has it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.sampled_from((*SECTIONS, "other")), st.booleans(), TABLES), max_size=5)
)
def test_nothing_that_is_toml_breaks_it(
    tmp_path_factory: pytest.TempPathFactory, sections: list[tuple[str, bool, dict[str, object]]]
) -> None:
    """Whatever is written, there is a plan, or mistakes that name the file."""
    folder = tmp_path_factory.mktemp("any")
    seen: dict[str, bool] = {}
    text = ""
    for name, several, table in sections:
        if name in seen and not (several and seen[name]):
            continue  # which would not be TOML
        seen[name] = several
        text += f"[[{name}]]\n" if several else f"[{name}]\n"
        text += "".join(f"{key} = {toml(value)}\n" for key, value in table.items())
    try:
        plan = read_plan(write(folder, text), {"X": "a secret"})
    except PlanError as error:
        told = error.mistakes
    else:
        assert plan.targets
        return
    assert told
    for mistake in told:
        assert str(folder) in mistake
        assert "a secret" not in mistake
        assert mistake.isprintable()
