"""What Prometheus reads."""

from dataclasses import replace

import pytest
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as parse_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families

from fetcher.judgement.verdict import Health
from fetcher.model import NO_TIMINGS, Timings
from fetcher.monitor.target_state import Condition
from fetcher.statuspage.metrics import metrics
from tests.statuspage.making import DAY, EVIL, NOW, MadeUp, incident, view
from tests.statuspage.served import Served
from tests.support import prometheus

Samples = dict[tuple[str, tuple[str, ...]], float]

TARGETS = [
    view("shop", Condition.DOWN, group="front", redirects=2),
    view("mail", Condition.DEGRADED, group="back", tls_version="", expires=None),
    replace(view("new", Condition.NEW), latest=None),
]


def samples(text: str, *labels: str) -> Samples:
    """Every sample by its name and the values of some labels, where it has them."""
    return {
        (one.name, tuple([one.labels[label] for label in labels if label in one.labels])): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


async def read(live: MadeUp, query: str = "", *labels: str) -> Samples:
    """Ask for the metrics of a monitor."""
    async with Served(live) as page:
        return samples(await page.get(f"metrics{query}"), *labels)


async def test_probes() -> None:
    """Each target is told by the names that blackbox_exporter has."""
    found = await read(MadeUp(TARGETS), "", "target", "phase")
    shop = {name: value for (name, labels), value in found.items() if labels == ("shop",)}
    assert shop == {
        "probe_success": 0,
        "probe_duration_seconds": 0.123,
        "probe_http_status_code": 503,
        "probe_http_redirects": 2,
        "probe_http_version": 1.1,
        "probe_http_ssl": 1,
        "probe_dns_lookup_time_seconds": 0.011,
        "probe_ssl_earliest_cert_expiry": NOW + 40 * DAY,
        "fetcher_monitor_last_check_timestamp_seconds": NOW - 20,
        "fetcher_monitor_target_condition": 3,
        "fetcher_monitor_target_silenced": 0,
    }
    phases = ("resolve", "connect", "tls", "processing", "transfer")
    assert [found["probe_http_duration_seconds", ("shop", phase)] for phase in phases] == [
        0.011,
        0.022,
        0.033,
        0.044,
        0.055,
    ]
    assert found["probe_success", ("mail",)] == 1
    assert found["probe_http_ssl", ("mail",)] == 0
    assert ("probe_ssl_earliest_cert_expiry", ("mail",)) not in found
    new = {name for name, labels in found if labels == ("new",)}
    assert new == {"fetcher_monitor_target_condition", "fetcher_monitor_target_silenced"}


async def test_what_could_not_be_found_out_is_absent() -> None:
    """While the monitor cannot see, `probe_success == 0` holds for nobody."""
    blind = view("shop", status=None, elapsed=None, timings=NO_TIMINGS, http_version="")
    assert blind.latest is not None
    blind = replace(blind, latest=replace(blind.latest, health=Health.UNKNOWN))
    found = await read(MadeUp([blind]), "", "target")
    assert ("probe_success", ("shop",)) not in found
    assert ("probe_duration_seconds", ("shop",)) not in found
    assert ("probe_http_duration_seconds", ("shop",)) not in found
    assert found["probe_http_status_code", ("shop",)] == 0


async def test_phases_that_did_not_happen_are_zero() -> None:
    """As blackbox_exporter has them, so that sums over phases work."""
    kept = view("shop", timings=Timings(first_byte=0.1, body=0.02))
    found = await read(MadeUp([kept]), "", "phase")
    assert found["probe_http_duration_seconds", ("tls",)] == 0
    assert found["probe_http_duration_seconds", ("transfer",)] == 0.02


async def test_the_monitor_itself() -> None:
    """Lag, missed checks, the outbox, the database, the channels."""
    live = MadeUp(TARGETS, lasting=[incident()])
    live.state = replace(
        live.state,
        lag=0.5,
        loop_lag=0.25,
        checks=1000,
        late=10,
        running=3,
        missed={"late": 4},
        outbox=2,
        sent=5,
        offline_since=NOW,
        database_bytes=4096,
        database_error="full",
        reload_error="bad",
        failing={"mail": "refused", "gone": "refused"},
        ready=False,
    )
    found = await read(live, "", "why", "condition", "channel")
    prefix = "fetcher_monitor_"
    own = {
        (name.removeprefix(prefix), *labels): value
        for (name, labels), value in found.items()
        if name.startswith(prefix)
    }
    expected = {
        ("lag_seconds",): 0.5,
        ("loop_lag_seconds",): 0.25,
        ("running_checks",): 3,
        ("outbox_messages",): 2,
        ("blind",): 1,
        ("ready",): 0,
        ("database_bytes",): 4096,
        ("database_writable",): 0,
        ("reload_successful",): 0,
        ("start_time_seconds",): NOW - 3600,
        ("checks_total",): 1000,
        ("late_checks_total",): 10,
        ("messages_sent_total",): 5,
        ("missed_total", "late"): 4,
        ("missed_total", "running"): 0,
        ("missed_total", "stopped"): 0,
        ("missed_total", "clock"): 0,
        ("targets", "down"): 1,
        ("targets", "degraded"): 1,
        ("targets", "new"): 1,
        ("targets", "up"): 0,
        ("open_incidents",): 1,
        ("silences",): 0,
        ("channel_failing", "mail"): 1,
        ("channel_failing", "gone"): 1,
        ("targets_left_out",): 0,
        ("build_info",): 1,
    }
    assert {name: own.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("query", "keys", "left_out"),
    [
        ("", set(), 3),
        ("?all=1", {"shop", "mail", "new"}, 0),
        ("?group=front", {"shop"}, 2),
        ("?group=front&target=shop&target=new&target=none", {"shop", "new"}, 1),
        ("?group=&target=", set(), 3),
    ],
)
async def test_of_many_targets_only_those_that_are_asked_for(
    query: str, keys: set[str], left_out: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above a number, by default none of them; how many were left out is told."""
    monkeypatch.setattr(metrics, "MAX_TARGETS", 2)
    found = await read(MadeUp(TARGETS), query, "target")
    told = {labels[0] for name, labels in found if name == "fetcher_monitor_target_condition"}
    assert told == keys
    assert found["fetcher_monitor_targets_left_out", ()] == left_out


async def test_openmetrics() -> None:
    """Who asks for OpenMetrics gets it, to the letter of its own parser."""
    accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
    async with Served(MadeUp(TARGETS)) as page:
        async with page.client.get(page.url + "metrics", headers=accept) as response:
            assert response.headers["Content-Type"].startswith("application/openmetrics-text")
            text = await response.text()
            names = {family.name for family in parse_openmetrics(text)}  # type: ignore[no-untyped-call]
        async with page.client.get(page.url + "metrics") as response:
            assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert {"probe_success", "fetcher_monitor_missed"} <= names


async def test_strange_names_are_labels() -> None:
    """Quotes, line ends and backslashes come through whole."""
    key = f'{EVIL}\n"\\{{}}'
    found = await read(MadeUp([view(key, url="https://a.example/")]), "", "target")
    assert found["probe_success", (key,)] == 1


@pytest.mark.skipif(prometheus.executable("promtool") is None, reason=prometheus.SKIP_REASON)
async def test_promtool_finds_nothing() -> None:
    """Prometheus' own linter has no complaint."""
    live = MadeUp(TARGETS)
    live.state = replace(live.state, failing={"mail": "x"}, missed={"late": 1})
    async with Served(live) as page:
        assert prometheus.check_metrics(await page.get("metrics")) == (0, "")
    assert prometheus.check_metrics("# TYPE x counter\nx 1\n")[0] != 0
