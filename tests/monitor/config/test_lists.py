"""Targets from list files: every format, their settings, and what is wrong with rows."""

import json
import time
from pathlib import Path

import pytest

from fetcher.monitor.config import read_plan
from fetcher.monitor.plan import Interval
from tests.monitor.config.plans import ONE, mistakes_of, plan_of, write

LIST = '[[lists]]\nfile = "{}"\n'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "a.example\n# a comment\nhttps://b.example/x\n"),
        ("a.csv", "id,url\n1,a.example\n2,https://b.example/x\n"),
        ("a.tsv", "url\tid\na.example\t1\nhttps://b.example/x\t2\n"),
        ("a.jsonl", '{"url": "a.example"}\n"https://b.example/x"\n'),
        ("a.json", '[{"url": "a.example"}, {"url": "https://b.example/x"}]'),
        ("a.toml", '[[targets]]\nurl = "a.example"\n[[targets]]\nurl = "https://b.example/x"\n'),
        ("robots.txt", None),
    ],
)
def test_any_list_can_be_read(tmp_path: Path, name: str, content: str | None) -> None:
    """What `fetcher check` reads as a list, the monitor does; a key is a URL in its usual form."""
    if content is None:
        name, content = (
            "sitemap.xml",
            (
                '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
                "<url><loc>https://a.example/</loc></url><url><loc>https://b.example/x</loc></url>"
                "</urlset>"
            ),
        )
    (tmp_path / name).write_text(content)
    plan = plan_of(tmp_path, LIST.format(name))
    assert [target.key for target in plan.targets] == ["https://a.example/", "https://b.example/x"]
    assert all(target.source.startswith(f"{tmp_path}/{name}") for target in plan.targets)
    assert plan.files == (tmp_path / "monitor.toml", tmp_path / name)


def test_a_list_has_settings_and_its_rows_expectations(tmp_path: Path) -> None:
    """What a row expects counts before what its list does, and that before [expect]."""
    (tmp_path / "a.csv").write_text(
        "url,expect_status\nhttps://a.example/,201\nhttps://b.example/,\nhttps://c.example/,201\n"
    )
    text = """
        [expect]
        degraded_after = "3s"
        [[lists]]
        file = "a.csv"
        interval = "5s"
        group = "shops"
        failures_before_down = 9
        expect = { status = 204, tls_min = "1.3" }
        """
    first, second, third = plan_of(tmp_path, text).targets
    assert {target.timing for target in (first, second, third)} == {Interval(5.0)}
    assert {target.group for target in (first, second, third)} == {"shops"}
    assert first.policy.failures_before_down == 9
    assert first.policy is second.policy
    assert (first.expected.status, second.expected.status) == (((201, 201),), ((204, 204),))
    assert first.expected.tls_min == second.expected.tls_min == "1.3"
    assert first.expected.degraded_after == second.expected.degraded_after == 3.0
    assert first.expected is third.expected


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_rows_can_have_names_and_groups(tmp_path: Path, name: str) -> None:
    """Where a column is named for them; a row without a name is known by its URL."""
    rows = [("https://a.example/", "Shop", "x"), ("https://b.example/", "", "")]
    if name == "a.csv":
        content = "url,label,team\n" + "".join(",".join(row) + "\n" for row in rows)
    else:
        keys = ("url", "label", "team")
        content = "".join(json.dumps(dict(zip(keys, row, strict=True))) + "\n" for row in rows)
    (tmp_path / name).write_text(content)
    text = LIST.format(name) + 'name_column = "label"\ngroup_column = "team"\ngroup = "none"\n'
    targets = plan_of(tmp_path, text).targets
    assert [(target.key, target.name, target.group) for target in targets] == [
        ("Shop", "Shop", "x"),
        ("https://b.example/", "", "none"),
    ]
    wrong = LIST.format(name) + 'name_column = "lable"\n'
    assert mistakes_of(tmp_path, wrong) == (f"{name}: no column 'lable'; did you mean label?",)


def test_a_pattern_stands_for_many_lists(tmp_path: Path) -> None:
    """In the order of their names; the pattern is watched too, for files that are still to come."""
    (tmp_path / "lists").mkdir()
    for name in ("b.txt", "a.txt", "c.csv"):
        (tmp_path / "lists" / name).write_text(f"https://{name[0]}.example/\n")
    plan = plan_of(tmp_path, LIST.format("lists/*.txt"))
    assert [target.key for target in plan.targets] == ["https://a.example/", "https://b.example/"]
    assert plan.files[1:] == tuple(tmp_path / "lists" / n for n in ("a.txt", "b.txt", "*.txt"))


def test_the_first_of_the_same_targets_counts(tmp_path: Path) -> None:
    """A row whose target is there already is told in a notice, whichever list it is from."""
    (tmp_path / "a.txt").write_text("https://a.example/\nhttps://b.example/\nhttps://B.example\n")
    (tmp_path / "b.txt").write_text("https://c.example/#x\nhttps://c.example/\n")
    plan = plan_of(tmp_path, ONE + 'group = "x"\n' + LIST.format("a.txt") + LIST.format("b.txt"))
    assert [(target.key, target.group) for target in plan.targets] == [
        ("https://a.example/", "x"),
        ("https://b.example/", ""),
        ("https://c.example/", ""),
    ]
    base = str(tmp_path)
    assert plan.notices[:2] == (
        f"{base}/a.txt: 2 duplicate targets, each checked once: "
        f"{base}/a.txt:1 repeats {base}/monitor.toml:1",
        f"{base}/b.txt: 1 duplicate target, each checked once: "
        f"{base}/b.txt:2 repeats {base}/b.txt:1",
    )


def test_a_name_that_two_rows_have(tmp_path: Path) -> None:
    """Two URLs of one name would be one target: a mistake, unless the URL is the same, too."""
    (tmp_path / "a.csv").write_text(
        "url,name\nhttps://a.example/,x\nhttps://b.example/,x\nhttps://A.example/,x\n"
    )
    text = LIST.format("a.csv") + 'name_column = "name"\n'
    assert mistakes_of(tmp_path, text) == (
        "a.csv:3: the name 'x' is taken by a.csv:2; use another one",
    )


def test_rows_that_cannot_be_used_are_mistakes(tmp_path: Path) -> None:
    """Each with file and line; of many alike only the first are told, and how many there are."""
    (tmp_path / "a.csv").write_text("url,expect_status\nhttp://[x,200\nb,x\n,1\nhttps://ok/,200\n")
    (tmp_path / "b.txt").write_text("htp:/x\n" * 30)
    (tmp_path / "c.toml").write_text("[expect]\nstatuss = 1\n")
    text = "".join(LIST.format(name) for name in ("a.csv", "b.txt", "c.toml"))
    told = mistakes_of(tmp_path, text)
    assert told[:3] == (
        "a.csv:2: 'http://[x' is not a valid URL: its host name or port is not valid",
        "a.csv:3: expect.status: 'x' is not a status; use for example 200..299,401 or 2xx",
        "a.csv:4: cell 1, which should hold the URL, is empty",
    )
    assert told[3].startswith("b.txt:1: 'htp:/x' is not a valid URL: the scheme 'htp' is")
    assert told[22] == "b.txt:20: " + told[3].partition(": ")[2]
    assert told[23] == "b.txt: and 10 more like these"
    assert told[24].startswith("c.toml: expect.statuss: unknown key")
    assert len(told) == 25


def test_a_hundred_thousand_rows(tmp_path: Path) -> None:
    """A long list is read whole, and its targets share what they have in common."""
    (tmp_path / "long.txt").write_text(
        "".join(f"https://host{n % 5000}.example/page/{n}\n" for n in range(100_000))
    )
    work = '[[maintenance]]\ncron = "0 3 * * 0"\nduration = "1h"\ntargets = ["*//host1.*"]\n'
    path = write(tmp_path, LIST.format("long.txt") + work)
    began = time.process_time()
    plan = read_plan(path, {})
    # A minute of work instead of a second: only a different way of doing it takes as long.
    assert time.process_time() - began < 60
    assert len(plan.targets) == 100_000
    assert plan.fetch.concurrency == 2000
    shared = {(id(t.timing), id(t.policy), id(t.expected)) for t in plan.targets}
    assert len(shared) == 1
    assert len({id(t.windows) for t in plan.targets}) == 2
    assert sum(bool(t.windows) for t in plan.targets) == 20


async def test_a_list_can_be_read_within_a_loop(tmp_path: Path) -> None:
    """Where an event loop runs already, reading works all the same."""
    (tmp_path / "a.txt").write_text("https://a.example/\n")
    assert len(plan_of(tmp_path, LIST.format("a.txt")).targets) == 1
