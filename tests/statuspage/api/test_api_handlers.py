"""The API's answers."""

import json
from dataclasses import replace

import pytest

from fetcher.judgement.verdict import Health, Trouble
from fetcher.monitor.history.history_rows import CheckRow
from fetcher.monitor.incident import About, Silence
from fetcher.monitor.target_state import Condition
from tests.statuspage.making import DAY, NOW, MadeUp, Past, incident, message, view
from tests.statuspage.served import Served

TARGETS = [
    view("shop", Condition.DOWN, text="status 503", name="Shop", group="front", redirects=2),
    view("mail"),
    replace(view("new", Condition.NEW), latest=None),
]


async def test_targets() -> None:
    """Worst first, in parts, filtered as on the page."""
    async with Served(MadeUp(TARGETS)) as page:
        found = json.loads(await page.get("api/v1/targets?limit=2"))
        assert (found["total"], found["offset"]) == (3, 0)
        assert [one["key"] for one in found["targets"]] == ["shop", "new"]
        found = json.loads(await page.get("api/v1/targets?offset=2"))
        assert [one["key"] for one in found["targets"]] == ["mail"]
        found = json.loads(await page.get("api/v1/targets?text=shop&condition=down&group=front"))
        assert found["total"] == 1


async def test_one_target() -> None:
    """Everything that is known, with times in RFC 3339 and durations in milliseconds."""
    check = CheckRow(NOW - 60, NOW - 60, Health.UNHEALTHY, Trouble.SERVER_ERROR, "bad", 503, 0.1)
    async with Served(MadeUp(TARGETS), Past(made=[check])) as page:
        found = json.loads(await page.get("api/v1/targets/shop"))
        new = json.loads(await page.get("api/v1/targets/new"))
    assert found["latest"] == {
        "at": "2026-11-21T05:59:40Z",
        "due": "2026-11-21T05:59:40Z",
        "health": "unhealthy",
        "trouble": "server_error",
        "text": "status 503",
        "status": 503,
        "elapsed_ms": 123,
        "ip": "192.0.2.7",
        "http_version": "1.1",
        "tls_version": "1.3",
        "certificate_expires": "2026-12-31T06:00:00Z",
        "certificate_sha256": "",
        "redirects": 2,
    }
    assert (found["condition"], found["since"]) == ("down", "2026-11-14T05:00:00Z")
    assert list(found["uptime"]) == ["24h", "7d", "30d", "90d"]
    assert found["uptime"]["24h"]["share"] == pytest.approx(1 - 400 / (DAY - 500))
    assert found["checks"][0]["text"] == "bad"
    assert (new["latest"], new["condition"]) == (None, "new")


async def test_a_series() -> None:
    """The stretches of a range."""
    async with Served(MadeUp(TARGETS)) as page:
        found = json.loads(await page.get("api/v1/targets/shop/series?range=7d&points=24"))
        await page.get("api/v1/targets/shop/series?points=0", 400)
    assert (found["key"], found["range"], len(found["series"])) == ("shop", "7d", 21)
    first = found["series"][0]
    assert first["start"] == "2026-11-14T06:00:00Z"
    assert (first["seconds"], first["checks"], first["elapsed_avg_ms"]) == (25200, 60, 150)


async def test_incidents() -> None:
    """Part after part by `next`, each once; one alone comes with its messages."""
    past = Past(
        happened=[incident(f"i{n}", opened=NOW - n) for n in range(5)], told=[message("i3")]
    )
    async with Served(MadeUp(lasting=[past.happened[0]]), past) as page:
        seen, before = [], ""
        while True:
            found = json.loads(await page.get(f"api/v1/incidents?limit=2&before={before}"))
            seen += [one["id"] for one in found["incidents"]]
            if found["next"] is None:
                break
            before = found["next"]
        assert seen == ["i0", "i1", "i2", "i3", "i4"]
        assert json.loads(await page.get("api/v1/incidents?target=none"))["incidents"] == []
        one = json.loads(await page.get("api/v1/incidents/i3"))
        assert [told["fate"] for told in one["messages"]] == ["sent"]
        assert one["members"][0]["name"] == "Shop"


async def test_an_incident_about_connectivity_keeps_its_first_name() -> None:
    """Names in the API are stable."""
    past = Past(happened=[incident("i1", about=About.CONNECTIVITY)])
    async with Served(MadeUp(TARGETS), past) as page:
        one = json.loads(await page.get("api/v1/incidents/i1"))
    assert one["about"] == "sight"


async def test_silences_and_vitals() -> None:
    """What lasts, and how the monitor is."""
    live = MadeUp(TARGETS, silenced=[Silence("s0", "x*", NOW + 60, "Ada", "work", NOW)])
    async with Served(live) as page:
        assert json.loads(await page.get("api/v1/silences"))["silences"] == [
            {
                "id": "s0",
                "pattern": "x*",
                "until": "2026-11-21T06:01:00Z",
                "made": "2026-11-21T06:00:00Z",
                "by": "Ada",
                "why": "work",
            }
        ]
        vitals = json.loads(await page.get("api/v1/vitals"))
        assert vitals["targets"] == {"new": 1, "up": 1, "degraded": 0, "down": 1}
        assert (vitals["ready"], vitals["blind_since"]) == (True, None)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("targets/none", 404),
        ("targets/none/series", 404),
        ("incidents/none", 404),
        ("nothing", 404),
        ("targets?limit=x", 400),
        ("targets/shop/series?range=x", 400),
    ],
)
async def test_errors_are_problem_details(path: str, status: int) -> None:
    """As RFC 9457 has them."""
    async with Served(MadeUp(TARGETS)) as page:
        async with page.client.get(f"{page.url}api/v1/{path}") as response:
            found = await response.json(content_type="application/problem+json")
        assert (response.status, found["status"]) == (status, status)
        assert found["title"]
        assert found["detail"]


async def test_a_wrong_method_is_said() -> None:
    """With the ones that are right."""
    async with Served(MadeUp()) as page, page.client.put(page.url + "api/v1/vitals") as response:
        assert response.status == 405
        assert "GET" in response.headers["Allow"]


async def test_without_a_history() -> None:
    """A target is given still; what only the history knows is an error."""
    async with Served(MadeUp(TARGETS), Past(error=OSError("disk gone"))) as page:
        found = json.loads(await page.get("api/v1/targets/shop"))
        assert (found["uptime"], found["checks"]) == (None, None)
        assert "disk gone" in found["error"]
        assert "disk gone" in await page.get("api/v1/incidents", 503)


async def test_a_bug_is_not_shown() -> None:
    """An internal error is a plain answer; what it was stands in the log alone."""
    async with Served(MadeUp(TARGETS), Past(error=LookupError("a secret"))) as page:
        assert "a secret" not in await page.get("api/v1/incidents", 500)
        assert "a secret" not in await page.get("incidents", 500)
