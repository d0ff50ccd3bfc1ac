"""Secrets: where they come from, and that no message shows them."""

from pathlib import Path

import pytest

from tests.monitor.config.plans import ONE, mistakes_of, plan_of

PAGE = '[page]\ntoken = "{}"\n' + ONE
HOOK = '[[channels]]\nname = "team"\ntype = "webhook"\n{}\n' + ONE


def test_a_secret_from_the_environment(tmp_path: Path) -> None:
    """`env:NAME` is what the environment says."""
    assert plan_of(tmp_path, PAGE.format("env:T"), {"T": "s3cret"}).page.token == "s3cret"


def test_a_secret_from_a_file(tmp_path: Path) -> None:
    """`file:PATH`, relative to the configuration, without its line end; the file is watched."""
    (tmp_path / "token").write_text("s3cret \n")
    plan = plan_of(tmp_path, PAGE.format("file:token"))
    assert plan.page.token == "s3cret "
    assert tmp_path / "token" in plan.files


def test_secrets_within_lists_and_tables(tmp_path: Path) -> None:
    """Any text of a channel may be one, however deep."""
    text = HOOK.format('url = "env:URL"\nheaders = { Authorization = "env:AUTH" }')
    environment = {"URL": "https://h.example/s3cret", "AUTH": "Bearer x"}
    (channel,) = plan_of(tmp_path, text, environment).channels
    assert channel.options["url"] == "https://h.example/s3cret"
    assert channel.options["headers"] == {"Authorization": "Bearer x"}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("env:GONE", "the environment variable 'GONE' is not set"),
        ("env:EMPTY", "the environment variable EMPTY is empty"),
        ("file:gone", "cannot read gone: No such file or directory"),
        ("file:empty", "empty is empty"),
        ("file:binary", "binary is not UTF-8 text"),
        ("file:long", "long is too large for a secret"),
    ],
)
def test_a_secret_that_is_missing(tmp_path: Path, value: str, told: str) -> None:
    """It is a mistake, told by its name."""
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "long").write_text("x" * 100_000)
    assert mistakes_of(tmp_path, PAGE.format(value), {"EMPTY": ""}) == (
        f"monitor.toml:2: [page] token: {told}",
    )


def test_a_missing_secret_is_told_by_its_name_in_a_channel(tmp_path: Path) -> None:
    """What is not there is no secret: which variable is missing must be readable."""
    text = HOOK.format('url = "http://127.0.0.1:1/"\nsecret = "env:GONE"')
    assert mistakes_of(tmp_path, text) == (
        "monitor.toml:5: [[channels]] secret: the environment variable 'GONE' is not set",
    )


def test_a_mistake_shows_no_secret(tmp_path: Path) -> None:
    """A message says where a wrong value came from, and nothing of what it is."""
    secret = "hunter2 is no url"
    (mistake,) = mistakes_of(tmp_path, HOOK.format('url = "env:URL"'), {"URL": secret})
    assert mistake.startswith("monitor.toml:1: [[channels]]: url")
    assert "hunter" not in mistake
    assert "env:URL" in mistake


def test_a_mistake_shows_no_secret_that_is_written_down(tmp_path: Path) -> None:
    """What is called as secrets are is not shown, even where it is in the file itself."""
    told = mistakes_of(tmp_path, "[page]\ntoken = 8723465\npassword = ['x-8723']\n" + ONE)
    assert not any("8723" in mistake for mistake in told)
    text = HOOK.format('url = "http://127.0.0.1:1/"\nsecret = 918273\ntimeout = "no"')
    assert not any("918273" in mistake for mistake in mistakes_of(tmp_path, text))
