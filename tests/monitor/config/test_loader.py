"""A whole configuration: what it comes to, layer over layer."""

import re
from pathlib import Path
from textwrap import dedent

import pytest

from fetcher.judgement.expectations import parse_expectations
from fetcher.monitor.config import read_monitor_settings, read_plan
from fetcher.monitor.config.loader import ControlTargets
from fetcher.monitor.config.maintenance import MaintenanceSettings
from fetcher.monitor.config.page_and_fetch import concurrency_for
from fetcher.monitor.config.targets import ListFile, NamedUrl, TargetSettings
from fetcher.monitor.plan import (
    DEFAULT_POLICY,
    Cron,
    Interval,
    MonitorSettings,
    PageSettings,
    Policy,
    SelfSettings,
)
from fetcher.options import options_of
from fetcher.settings import Order, Settings
from tests.monitor.config.plans import ONE, plan_of, write

EXAMPLE = Path(__file__).parents[3] / "config" / "monitor.toml"

FULL = """
    [monitor]
    database = "db/m.db"
    max_size = "50MB"
    keep_checks = "1d"
    log_json = true

    [self]
    controls = ["control.example", "http://127.0.0.1:1/"]
    patience = "20s"

    [page]
    listen = "127.0.0.1:9000"
    title = "Ours"
    token = "env:TOKEN"

    [fetch]
    timeout = "3s"
    retries = 1

    [expect]
    status = "200..399"

    [defaults]
    interval = "30s"
    remind_every = "1h"
    channels = ["team"]
    group = "all"

    [[channels]]
    name = "team"
    type = "webhook"
    url = "http://127.0.0.1:1/hook"

    [[channels]]
    name = "boss"
    type = "webhook"
    url = "http://127.0.0.1:1/boss"

    [[targets]]
    url = "a.example/x#part"

    [[targets]]
    url = "https://b.example/"
    name = "shop"
    group = "sales"
    cron = "*/5 * * * *"
    timezone = "Europe/Berlin"
    failures_before_down = 1
    remind_every = "never"
    escalate_after = "10m"
    escalate_to = ["boss"]
    expect = { degraded_after = "1s" }
"""


def test_everything_in_its_place(tmp_path: Path) -> None:
    """Each section becomes its part of the plan; what is not said has its default."""
    plan = plan_of(tmp_path, FULL, {"TOKEN": "s3cret"})
    assert plan.monitor == MonitorSettings(
        database=f"{tmp_path}/db/m.db", max_size=50_000_000, keep_checks=86400.0, log_json=True
    )
    assert plan.own == SelfSettings(patience=20.0)
    assert plan.controls == ("https://control.example/", "http://127.0.0.1:1/")
    assert plan.page == PageSettings(listen="127.0.0.1:9000", title="Ours", token="s3cret")
    assert [(one.name, one.kind, dict(one.options)) for one in plan.channels] == [
        ("team", "webhook", {"url": "http://127.0.0.1:1/hook"}),
        ("boss", "webhook", {"url": "http://127.0.0.1:1/boss"}),
    ]
    assert plan.files == (tmp_path / "monitor.toml",)
    assert plan.notices == ()


def test_targets_take_what_holds_for_all_and_add_their_own(tmp_path: Path) -> None:
    """A target's own settings count before [defaults] and [expect], and those before the others."""
    first, second = plan_of(tmp_path, FULL, {"TOKEN": "s3cret"}).targets
    assert (first.key, first.url, first.name, first.shown) == (
        *("https://a.example/x", "https://a.example/x", "", "https://a.example/x"),
    )
    assert first.group == "all"
    assert first.timing == Interval(30.0)
    assert first.policy == Policy(remind_every=3600.0, channels=("team",))
    assert first.expected == parse_expectations({"status": "200..399"})
    line = dedent(FULL).split("\n").index("[[targets]]") + 1
    assert first.source == f"{tmp_path}/monitor.toml:{line}"
    assert (second.key, second.url, second.shown, second.group) == (
        *("shop", "https://b.example/", "shop", "sales"),
    )
    assert second.timing == Cron("*/5 * * * *", "Europe/Berlin")
    assert second.policy == Policy(
        failures_before_down=1,
        escalate_after=600.0,
        channels=("team",),
        escalate_to=("boss",),
    )
    assert second.expected == parse_expectations({"status": "200..399", "degraded_after": "1s"})


def test_a_monitor_asks_in_its_own_way(tmp_path: Path) -> None:
    """Without [fetch] nothing is tried again, time limits are short, results come as they are."""
    fetch = plan_of(tmp_path, ONE).fetch
    assert fetch == Settings(
        retries=0,
        order=Order.COMPLETED,
        timeout=10.0,
        connect_timeout=5.0,
        dns_cache=5.0,
        concurrency=100,
    )
    set_by_hand = plan_of(tmp_path, '[fetch]\nconcurrency = 7\ntimeout = "3s"\n' + ONE).fetch
    assert (set_by_hand.concurrency, set_by_hand.timeout, set_by_hand.retries) == (7, 3.0, 0)


@pytest.mark.parametrize(
    ("rate", "concurrency"), [(0.0, 100), (50.0, 100), (100.0, 200), (1e4, 2000)]
)
def test_the_concurrency_follows_from_the_targets(rate: float, concurrency: int) -> None:
    """There is room for two seconds of checks, never less than 100, never more than 2,000."""
    assert concurrency_for(rate) == concurrency


def test_defaults_of_a_target(tmp_path: Path) -> None:
    """A bare URL is checked every minute, and all channels are told."""
    channel = '[[channels]]\nname = "{}"\ntype = "webhook"\nurl = "http://127.0.0.1:1/"\n'
    plan = plan_of(tmp_path, ONE + channel.format("one") + channel.format("two"))
    assert plan.targets[0].timing == Interval(60.0)
    assert plan.targets[0].policy == Policy(channels=("one", "two"))
    assert plan_of(tmp_path, ONE).targets[0].policy is not DEFAULT_POLICY
    nobody = plan_of(tmp_path, ONE + "channels = []\n" + channel.format("one"))
    assert nobody.targets[0].policy == DEFAULT_POLICY
    assert nobody.notices[0] == "the channel 'one' is not used by any target"


def test_an_interval_goes_before_the_cron_expression_of_all(tmp_path: Path) -> None:
    """What a target says of its timing takes the place of what [defaults] say, either way."""
    cron = '[defaults]\ncron = "0 * * * *"\ntimezone = "Asia/Kolkata"\n' + ONE
    assert plan_of(tmp_path, cron).targets[0].timing == Cron("0 * * * *", "Asia/Kolkata")
    own = plan_of(tmp_path, cron + 'interval = "5s"\n')
    assert own.targets[0].timing == Interval(5.0)
    interval = '[defaults]\ninterval = "5s"\n' + ONE + 'cron = "1 * * * *"\n'
    assert plan_of(tmp_path, interval).targets[0].timing == Cron("1 * * * *", "UTC")


def test_what_is_equal_is_shared(tmp_path: Path) -> None:
    """Targets with the same timing, policy and expectations have the same objects."""
    same = 'interval = "5s"\nremind_every = "1h"\nexpect = { status = 201 }\n'
    first, second = plan_of(tmp_path, ONE + same + ONE.replace("a.", "b.") + same).targets
    assert first.timing is second.timing
    assert first.policy is second.policy
    assert first.expected is second.expected


def test_notices_say_what_prevents_nothing(tmp_path: Path) -> None:
    """What can be used and is hardly meant is told, and the plan is there all the same."""
    plan = plan_of(tmp_path, '[page]\nlisten = "0.0.0.0:80"\n' + ONE + 'escalate_after = "5m"\n')
    assert plan.notices == (
        "no [[channels]] configured: no alerts will be sent",
        "escalate_after has no effect where escalate_to names no channel",
        "all targets are on one host and [self] names no controls: an outage of this machine's "
        "network will be reported as an outage of that host",
        "[page] anyone who can reach 0.0.0.0:80 can read the page; set private = true and a token "
        "to restrict it",
    )


def test_the_example_is_good() -> None:
    """config/monitor.toml can be used as it stands, a dozen targets and a control."""
    plan = read_plan(str(EXAMPLE), {})
    assert len(plan.targets) == 12
    assert plan.controls
    assert plan.page.listen == "127.0.0.1:8900"
    assert sum(bool(target.windows) for target in plan.targets) == 3


@pytest.mark.parametrize(
    "kind",
    [
        *(MonitorSettings, SelfSettings, PageSettings, TargetSettings),
        *(NamedUrl, ListFile, MaintenanceSettings, ControlTargets),
    ],
)
def test_the_example_shows_every_option(kind: type) -> None:
    """Each is there, in force or commented out."""
    shown = set(re.findall(r"^(?:# )?(\w+) = ", EXAMPLE.read_text("utf-8"), re.MULTILINE))
    assert set(options_of(kind)) <= shown


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Apprise's own
def test_what_the_example_comments_out_can_be_used(tmp_path: Path) -> None:
    """Every line that could be an option is one: with all of them in force it is good, too."""
    pytest.importorskip("apprise", reason="apprise is not installed")
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "a.csv").write_text("website,name,team\nhttps://a.example/,A,x\n")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "page").write_text("pass\n")
    (tmp_path / "secrets" / "mail").write_text("word\n")
    lines = EXAMPLE.read_text("utf-8").splitlines()
    kept = [line[2:] if is_commented_option(line) else line for line in lines]
    environment = {
        "MONITOR_TOKEN": "t0ken",
        "TEAM_WEBHOOK": "https://hooks.example/x",
        "CHAT_URL": "json://127.0.0.1:1/x",
    }
    text = "\n".join(line for line in kept if line not in ONE_OF_TWO)
    plan = plan_of(tmp_path, text, environment)
    assert [channel.name for channel in plan.channels] == ["team", "mail", "chat"]
    assert plan.channels[0].text == "$subject, since $since: $reason"
    assert [window.name for window in plan.targets[0].windows] == ["new server"]
    assert plan.targets[-1].key == "A"
    # They are the defaults, as the file says.
    assert plan.monitor == MonitorSettings(database=str(tmp_path / "monitor.db"))
    assert plan.own == SelfSettings()
    assert plan.targets[0].policy == Policy(failures_before_down=2)


ONE_OF_TWO = ('cron = "*/5 8-18 * * 1-5"', 'url_field = "site.url"')
"""Options of the example that do not go with another one, or not with its list."""


def is_commented_option(line: str) -> bool:
    """Whether a line is an option, or the heading of a section, behind a comment sign."""
    name, equals, _ = line.removeprefix("# ").partition(" = ")
    return line.startswith("# [[") or (
        line.startswith("# ") and bool(equals) and name.isidentifier()
    )


def test_the_database_is_found_whatever_else_is_wrong(tmp_path: Path) -> None:
    """What only reads the history needs neither the lists nor the secrets."""
    path = write(tmp_path, '[monitor]\ndatabase = "/x/y.db"\n[[lists]]\nfile = "gone.txt"\n[oh]\n')
    assert read_monitor_settings(path).database == "/x/y.db"


def test_a_login_in_a_url_is_not_shown(tmp_path: Path) -> None:
    """It is sent, and appears neither in the key nor in what people read."""
    [target] = plan_of(tmp_path, "[[targets]]\nurl = 'https://ann:secret@a.example/'").targets
    assert target.url == "https://ann:secret@a.example/"
    assert target.key == target.shown == target.address == "https://a.example/"
