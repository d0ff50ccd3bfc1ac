"""Settings from flags, environment and TOML: precedence, parsing, and messages that help."""

from pathlib import Path
from typing import Any

import pytest

from fetcher.config import ConfigError, File, flag_of, read_file, settle
from fetcher.jobs.job_settings import CheckSettings, ScrapeSettings, TitlesSettings
from fetcher.judgement.expectations import Expectations
from fetcher.options import options_of
from fetcher.settings import Order, PrivateAddresses, Settings

SECTIONS = {
    "fetch": (Settings,),
    "titles": (TitlesSettings,),
    "scrape": (ScrapeSettings,),
    "check": (CheckSettings,),
    "expect": (Expectations,),
}
KINDS = [kind for section in SECTIONS.values() for kind in section]
EXAMPLE = Path(__file__).parent.parent / "config" / "fetcher.toml"


def settled(
    flags: dict[str, Any] | None = None,
    environment: dict[str, str] | None = None,
    table: dict[str, Any] | None = None,
) -> Settings:
    """Settle the engine's settings from the three places."""
    file = File("f.toml", {"fetch": table or {}})
    return settle(
        Settings, flags=flags or {}, environment=environment or {}, file=file, section="fetch"
    )


def test_nothing_given_is_the_default() -> None:
    """With no flag, variable or file, settings are those of the class."""
    assert settled() == Settings()


def test_flag_before_environment_before_file() -> None:
    """Each setting comes from the first place that has it, whatever the others hold."""
    flags, environment, table = (
        {"retries": "1"},
        {"FETCHER_RETRIES": "2", "FETCHER_CONCURRENCY": "7"},
        {"retries": 3, "concurrency": 8, "timeout": "5s"},
    )
    assert settled(flags, environment, table) == Settings(retries=1, concurrency=7, timeout=5.0)


VALUES = [
    ("concurrency", "250", 250, 250),
    ("rate_limit", "2.5", 2.5, 2.5),
    ("rate_limit", "0", 0, None),
    ("timeout", "1m", "1m", 60.0),
    ("timeout", "2", 2, 2.0),
    ("host_interval", "250ms", "250ms", 0.25),
    ("max_bytes", "1MiB", "1MiB", 2**20),
    ("robots", "true", True, True),
    ("robots", "no", False, False),
    ("user_agent", "x/1", "x/1", "x/1"),
    ("proxy", "http://p:1", "http://p:1", "http://p:1"),
    ("private_addresses", "deny", "deny", PrivateAddresses.DENY),
    ("order", "completed", "completed", Order.COMPLETED),
]


@pytest.mark.parametrize(("name", "text", "toml", "value"), VALUES)
def test_a_value_is_the_same_from_everywhere(
    name: str, text: str, toml: object, value: object
) -> None:
    """Text of a flag or a variable and the TOML value mean the same."""
    expected = Settings(**{name: value})  # type: ignore[arg-type]
    assert settled(flags={name: text}) == expected
    assert settled(environment={f"FETCHER_{name.upper()}": text}) == expected
    assert settled(table={name: toml}) == expected


def test_lists_from_everywhere() -> None:
    """Flags repeat, a variable has one element a line, TOML has a list or a table."""
    headers = (("A", "1"), ("B", "2; x"))
    assert settled(flags={"headers": ["A: 1", "B: 2; x"]}).headers == headers
    assert settled(environment={"FETCHER_HEADERS": "A: 1\nB: 2; x\n"}).headers == headers
    assert settled(table={"headers": ["A: 1", "B: 2; x"]}).headers == headers
    assert settled(table={"headers": {"A": "1", "B": "2; x"}}).headers == headers


WRONG_TOML = [
    ({"concurrency": "many"}, "f.toml: [fetch] concurrency: expected a whole number, found 'many'"),
    ({"concurrency": True}, "expected a whole number, found true"),
    ({"concurrency": 0}, "'0' is not a whole number of at least 1"),
    ({"concurrency": 1.5}, "expected a whole number, found 1.5"),
    ({"timeout": []}, 'expected a duration such as "30s", found a list'),
    ({"timeout": "0s"}, "'0s' is too short; use a duration longer than zero"),
    ({"timeout": "-1s"}, "'-1s' is not a duration"),
    ({"robots": 1}, "expected true or false, found 1"),
    ({"robots": "true"}, "expected true or false, found 'true'"),
    ({"headers": 1}, "expected text or a list of text, found 1"),
    ({"headers": ["A"]}, "'A' is not a header"),
    ({"headers": ["A: x\ny"]}, "contains a line break"),
    ({"order": "random"}, "'random' is not one of input, completed"),
    ({"rate_limit": "fast"}, "expected a number per second, found 'fast'"),
    ({"rate_limit": -1}, "is not a number per second"),
]


@pytest.mark.parametrize(("table", "message"), WRONG_TOML)
def test_a_wrong_toml_value_names_file_key_and_expectation(
    table: dict[str, Any], message: str
) -> None:
    """The message can be acted on without opening the documentation."""
    with pytest.raises(ConfigError) as caught:
        settled(table=table)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"f.toml: [fetch] {next(iter(table))}: ")


def test_a_wrong_variable_or_flag_is_named() -> None:
    """The message begins with what the user wrote: the variable, or the flag."""
    with pytest.raises(ConfigError, match=r"^FETCHER_TIMEOUT: 'x' is not a duration"):
        settled(environment={"FETCHER_TIMEOUT": "x"})
    with pytest.raises(ConfigError, match=r"^--header: 'x' is not a header"):
        settled(flags={"headers": ["x"]})


FILES = [
    ("x = ", "f.toml: invalid TOML: "),
    ("[fetsh]\n", "unknown section [fetsh]; did you mean fetch?"),
    ("[x]\n", "unknown section [x]; expected one of fetch, titles, "),
    ("fetch = 1\n", "fetch must be a section, written as [fetch]"),
    (
        "[fetch]\nhost-concurency = 1\n",
        "[fetch] host-concurency: unknown key; did you mean",
    ),
    ("[fetch]\ncolour = 1\n", "[fetch] colour: unknown key; expected one of concurrency, "),
    ("[titles]\ntimeout = 1\n", "[titles] timeout: unknown key; expected one of columns, "),
]


@pytest.mark.parametrize(("text", "message"), FILES)
def test_a_wrong_file_is_explained(
    text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broken TOML, unknown sections and unknown keys are named with what there is."""
    monkeypatch.chdir(tmp_path)
    Path("f.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_file("f.toml", SECTIONS)
    assert str(caught.value).startswith("f.toml: ")
    assert message in str(caught.value)


def test_the_example_file_holds_the_defaults() -> None:
    """config/fetcher.toml works as it stands, and changes nothing."""
    file = read_file(str(EXAMPLE), SECTIONS)
    assert settle(Settings, flags={}, environment={}, file=file, section="fetch") == Settings()
    titles = settle(TitlesSettings, flags={}, environment={}, file=file, section="titles")
    assert titles.columns == ("url", "status", "title", "final_url", "elapsed_ms", "error")
    rest = (("scrape", ScrapeSettings), ("check", CheckSettings), ("expect", Expectations))
    for section, kind in rest:
        assert settle(kind, flags={}, environment={}, file=file, section=section) == kind()


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_file_mentions_every_setting(kind: type) -> None:
    """No setting is missing from the example, commented out or not."""
    text = EXAMPLE.read_text()
    for name in options_of(kind):
        assert f"{name} = " in text


@pytest.mark.parametrize("kind", KINDS)
def test_a_default_can_be_written_and_read_again(kind: type) -> None:
    """What --help shows as a default is text that the setting takes."""
    for name, (option, default) in options_of(kind).items():
        if option.many or default is None:
            continue
        assert option.parse(option.show(default)) == default, name


def test_flags_have_the_names_of_their_settings() -> None:
    """A flag is its setting's name, but for those that are repeated one by one."""
    odd = {
        name: flag_of(name, option)
        for name, (option, _) in options_of(Settings).items()
        if flag_of(name, option) != "--" + name.replace("_", "-")
    }
    assert odd == {"headers": "--header", "dns_servers": "--dns-server"}
