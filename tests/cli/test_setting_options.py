"""Settings as options of commands: their flags, variables and sections."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from fetcher.cli.setting_options import Given, with_options
from fetcher.judgement.expectations import Expectations, JsonCondition, Pattern
from fetcher.settings import Settings

app = typer.Typer(rich_markup_mode=None)
seen: list[Expectations] = []


@app.command()
@with_options(Expectations, Settings)
def job(*, given: Given) -> None:
    """Take settings of two classes."""
    given.settle(Settings, "fetch")
    seen.append(given.settle(Expectations, "expect"))


def settled(*arguments: str, **environment: str) -> Expectations:
    """Run the command, which must end well, and give what it saw."""
    seen.clear()
    done = CliRunner(env=environment).invoke(app, list(arguments))
    assert done.exit_code == 0, done.output
    return seen[0]


def test_flags_begin_with_the_prefix_of_their_class() -> None:
    """Single ones, repeated ones and switches, beside the flags of a class without prefix."""
    flags = ["--expect-status", "2xx,401", "--expect-json", "$.a == 1", "--expect-json", "b exists"]
    flags += ["--expect-complete", "--expect-body-matches", "^a", "--timeout", "5s"]
    assert settled(*flags) == Expectations(
        status=((200, 299), (401, 401)),
        json=(JsonCondition("$.a == 1"), JsonCondition("b exists")),
        complete=True,
        body_matches=(Pattern("^a"),),
    )


def test_flag_before_variable_before_file(tmp_path: Path) -> None:
    """Of each expectation the first counts, as with every other setting."""
    path = tmp_path / "f.toml"
    path.write_text('[expect]\nstatus = 200\ntitle = "file"\nhash = "a"\nunchanged = "body"\n')
    found = settled(
        *("--config", str(path), "--expect-status", "204"),
        FETCHER_EXPECT_STATUS="203",
        FETCHER_EXPECT_TITLE="variable",
    )
    assert found == Expectations(status=((204, 204),), title="variable", hash="a", unchanged="body")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--expect-status", "x"], "fetcher: --expect-status: 'x' is not a status"),
        (["--expect-body-matches", "(?=a)"], "fetcher: --expect-body-matches: the pattern '(?=a)'"),
        (["--expect-hash", "a"], "fetcher: expect: hash needs unchanged"),
    ],
)
def test_a_wrong_expectation_ends_the_command(arguments: list[str], message: str) -> None:
    """With the code for wrong usage and one line that names the flag."""
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 2
    assert done.stderr.startswith(message)


def test_help_names_flag_variable_and_default() -> None:
    """For each expectation."""
    text = " ".join(CliRunner().invoke(app, ["--help"]).output.split())
    assert "--expect-status" in text
    assert "[default: 200..299; env: FETCHER_EXPECT_STATUS]" in text
    assert "is degraded. [env: FETCHER_EXPECT_DEGRADED_AFTER]" in text
