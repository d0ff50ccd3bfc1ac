"""`fetcher diff` from outside: two files in, what differs out, and exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from fetcher.baseline import Difference, DifferenceKind, PreviousResult
from fetcher.cli.diff_command import diff, parse_factor
from fetcher.cli.diff_job import HEADINGS, Groups, markdown_lines, text_lines
from fetcher.judgement.verdict import Health
from tests.baseline.results import ALL, CERTIFICATE, checked, text_file, unreachable, write

HOSTILE = "\x1b[31m<b>|`x`\u202e\n# [a](b)"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """An earlier result."""
    results = [
        checked("http://breaks.example/"),
        unreachable("http://mends.example/"),
        checked("http://slow.example/", elapsed=0.4),
        checked("http://title.example/"),
        checked("http://moves.example/"),
        checked("http://goes.example/"),
    ]
    return write(tmp_path / "old.csv", results, ALL)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """A later result, in which each URL is as its host says."""
    results = [
        checked("http://BREAKS.example", Health.UNHEALTHY, status=404),
        checked("http://mends.example/"),
        checked("http://slow.example/", elapsed=1.4),
        checked("http://title.example/", title=HOSTILE),
        checked("http://moves.example/", final_url="http://moved.example/"),
        checked("http://comes.example/"),
    ]
    return write(tmp_path / "new.jsonl", results)


def run(*arguments: object, **env: str) -> Result:
    """Run the command as the program does."""
    app = typer.Typer(rich_markup_mode=None)
    app.command()(diff)
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], env=env)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_people_read_what_has_changed(old: Path, new: Path) -> None:
    """All is counted in one line, then told by its kind, what is worst first, without colours."""
    done = run(old, new)
    assert done.exit_code == 1
    assert done.stderr == ""
    assert done.stdout == (
        "6 URLs before, 6 now: 1 newly broken, 1 fixed, 1 slower, 1 title changed, "
        "1 redirected elsewhere, 1 removed, 1 added\n"
        "\n"
        "Newly broken (1)\n"
        "  http://BREAKS.example  healthy -> unhealthy (gone: status 404, expected 200..299)\n"
        "\n"
        "Fixed (1)\n"
        "  http://mends.example/  unhealthy -> healthy\n"
        "\n"
        "Slower (1)\n"
        "  http://slow.example/  400 ms -> 1.4 s\n"
        "\n"
        "Title changed (1)\n"
        '  http://title.example/  "A title" -> "[31m<b>|`x` # [a](b)"\n'
        "\n"
        "Redirected elsewhere (1)\n"
        "  http://moves.example/  http://moves.example/ -> http://moved.example/\n"
        "\n"
        "Removed (1)\n"
        "  http://goes.example/\n"
        "\n"
        "Added (1)\n"
        "  http://comes.example/\n"
    )


def test_programs_read_json_lines(old: Path, new: Path) -> None:
    """Each difference is an object with the same keys; times are numbers."""
    done = run(old, new, "--format", "jsonl")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 1
    assert rows[0] == {
        "change": "newly_broken",
        "url": "http://BREAKS.example",
        "before": "healthy",
        "now": "unhealthy",
        "reason": "gone: status 404, expected 200..299",
    }
    assert [(row["change"], row["before"], row["now"]) for row in rows[1:]] == [
        ("fixed", "unhealthy", "healthy"),
        ("slower", 400.0, 1400.0),
        ("title_changed", "A title", "[31m<b>|`x` # [a](b)"),
        ("redirected_elsewhere", "http://moves.example/", "http://moved.example/"),
        ("added", None, "healthy"),
        ("removed", "healthy", None),
    ]
    assert {tuple(row) for row in rows} == {("change", "url", "before", "now", "reason")}


def test_markdown_is_safe_to_show(old: Path, new: Path) -> None:
    """Each kind has a table of four cells, whatever a title holds."""
    done = run(old, new, "--format", "markdown")
    assert done.stdout.startswith("**6 URLs before, 6 now: 1 newly broken")
    assert "\n### Title changed (1)\n\n| url | before | now | reason |\n| --- |" in done.stdout
    assert '| "A title" | "\\[31m\\<b\\>\\|\\`x\\` \\# \\[a\\](b)" |  |\n' in done.stdout


def test_a_result_and_itself(old: Path) -> None:
    """Where nothing differs, that is said, and the exit code is 0."""
    done = run(old, old)
    assert (done.exit_code, done.stdout) == (0, "6 URLs before, 6 now: no difference\n")
    assert run(old, old, "--format", "jsonl").stdout == ""


def test_backwards_what_was_fixed_breaks(old: Path, new: Path) -> None:
    """The order of the files says which is the later one."""
    done = run(new, old)
    assert done.exit_code == 1
    assert "Newly broken (1)\n  http://mends.example/" in done.stdout
    assert "Fixed (1)\n  http://breaks.example/" in done.stdout


def test_degraded_counts_when_asked(tmp_path: Path) -> None:
    """A URL that is degraded now is told, and fails only with --degraded fail."""
    before = write(tmp_path / "a.db", [checked()])
    after = write(tmp_path / "b.parquet", [checked(health=Health.DEGRADED)])
    done = run(before, after)
    assert done.exit_code == 0
    assert "Newly degraded (1)\n  http://a.example/  healthy -> degraded (gone: " in done.stdout
    done = run(before, after, "--degraded", "fail")
    assert done.exit_code == 1
    assert "Newly broken (1)\n" in done.stdout


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ((), True),
        (("--slower", "3x"), True),
        (("--slower", "3.6"), False),
        (("--slower-by", "1s"), True),
        (("--slower-by", "1001ms"), False),
    ],
)
def test_slower_is_what_the_user_says(
    old: Path, new: Path, options: tuple[str, ...], found: bool
) -> None:
    """The factor and the least difference can be set."""
    assert ("Slower (1)" in run(old, new, *options).stdout) == found


@pytest.mark.parametrize("later", [True, False])
def test_certificates(tmp_path: Path, later: bool) -> None:
    """A renewed certificate is told with both times of expiry; so is one that expires sooner."""
    other = type(CERTIFICATE)("a", "b", (), 0.0, 1_900_000_000.0, fingerprint="cd" * 32)
    paths = [
        write(tmp_path / f"{n}.jsonl", [checked(certificate=certificate)])
        for n, certificate in enumerate((CERTIFICATE, other))
    ]
    done = run(*(paths if later else reversed(paths)))
    assert done.exit_code == 0
    if later:
        assert "Certificate renewed (1)\n" in done.stdout
        assert "2027-01-15T08:00:00Z -> 2030-03-17T17:46:40Z\n" in done.stdout
    else:
        assert "Certificate replaced by one that expires sooner (1)\n" in done.stdout


def test_long_lists_are_cut_unless_asked(tmp_path: Path) -> None:
    """Of each kind only the first are shown, and how many more there are; JSON lines have all."""
    before = write(tmp_path / "a.csv", [])
    after = write(tmp_path / "b.csv", [unreachable(f"http://a.example/{n}") for n in range(120)])
    done = run(before, after)
    assert "Newly broken (120)\n" in done.stdout
    assert done.stdout.count("http://a.example/") == 200
    assert done.stdout.count("  … and 20 more (--limit 0 shows all)\n") == 2
    assert run(before, after, "--limit", "0").stdout.count("http://a.example/") == 240
    assert run(before, after, "--limit", "1").stdout.count("http://a.example/") == 2
    markdown = run(before, after, "--format", "markdown").stdout
    assert markdown.count("\n… and 20 more (--limit 0 shows all)\n") == 2
    assert len(run(before, after, "--format", "jsonl").stdout.splitlines()) == 240


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--format", "html"), "--format: 'html' is not one of text, markdown, jsonl"),
        (("--degraded", "maybe"), "--degraded: 'maybe' is not one of pass, fail"),
        (("--slower", "fast"), "--slower: 'fast' is not a factor"),
        (("--slower-by", "2x"), "--slower-by: '2x' is not a duration"),
    ],
)
def test_wrong_usage_exits_with_2(old: Path, options: tuple[str, ...], problem: str) -> None:
    """An option's mistake is told with its name, before any file is read."""
    done = run(old, "missing.csv", *options)
    assert done.exit_code == 2
    assert problem in done.stderr
    assert done.stdout == ""


def test_a_file_is_missing_from_the_command(old: Path) -> None:
    """With one file there is nothing to compare."""
    assert run(old).exit_code == 2


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.csv", "url,health\nhttp://a.example/,heal", "a.csv:2: health is 'heal', expected"),
        ("a.txt", "http://a.example/\x1b[31m\n", "a.txt:1: expected results as CSV"),
        ("a.jsonl", '{"url":"a","sta\x1b', "a.jsonl:1: not valid JSON"),
        ("a.md", "## Summary\n", "a.md:1: a report for people cannot be read back"),
    ],
)
def test_what_cannot_be_read_exits_with_3(
    tmp_path: Path, old: Path, name: str, content: str, problem: str
) -> None:
    """A file's mistake is told with its place, in one line, without control characters."""
    done = run(old, text_file(tmp_path / name, content))
    assert done.exit_code == 3
    assert done.stdout == ""
    assert problem in done.stderr
    assert "\x1b" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_that_is_not_there(old: Path) -> None:
    """A missing file is told by its name."""
    done = run(old, "missing.csv")
    assert (done.exit_code, done.stderr) == (
        3,
        "fetcher: missing.csv: No such file or directory\n",
    )


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("2x", 2.0),
        ("1.5", 1.5),
        (" 3X ", 3.0),
        ("1", 1.0),
        ("0.5x", None),
        ("x", None),
        ("inf", None),
        ("nan", None),
        ("-2x", None),
        ("", None),
    ],
)
def test_factors(text: str, factor: float | None) -> None:
    """A factor is a number of at least 1, with or without an x."""
    if factor is None:
        with pytest.raises(ValueError, match=r"use for example 2x"):
            parse_factor(text)
    else:
        assert parse_factor(text) == factor


def test_colours_and_every_kind() -> None:
    """Every kind has its heading, in a colour where that is wanted, and its line."""
    row = PreviousResult(
        "http://a.example/", Health.HEALTHY, title="A", elapsed=1.0, fingerprint="ab"
    )
    groups = Groups(before=1, now=1)
    for kind in DifferenceKind:
        groups.add(Difference(kind, row, row))
    assert list(HEADINGS) == list(DifferenceKind)
    plain = list(text_lines(groups))
    coloured = list(text_lines(groups, colour=True))
    assert len(coloured) == len(plain) == 1 + 3 * len(DifferenceKind)
    assert "\x1b[31mNewly broken (1)\x1b[0m" in coloured
    assert "\x1b" not in "".join(plain)
    assert len(list(markdown_lines(groups))) == 1 + 6 * len(DifferenceKind)


def test_nothing_heavy_is_loaded_for_its_help() -> None:
    """The command's module waits with all that is slow to import."""
    heavy = ["aiohttp", "selectolax", "rich", "sqlite3", "fetcher.baseline"]
    code = (
        "import fetcher.cli.diff_command, sys; print([m for m in sys.argv[1:] if m in sys.modules])"
    )
    command = [sys.executable, "-c", code, *heavy]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_comparing_loads_no_http_client(old: Path, new: Path) -> None:
    """What only reads files does not wait for what only fetches."""
    code = (
        "import sys; from fetcher.cli.diff_job import *; "
        "run_diff(DiffJob(sys.argv[1], sys.argv[2], Limits())); print('aiohttp' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(old), str(new)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"
