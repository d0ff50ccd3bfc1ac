"""What the API changes."""

import json

import pytest

from tests.statuspage.making import NOW, MadeUp, incident
from tests.statuspage.served import TOKEN, Served

BEARER = {"Authorization": f"Bearer {TOKEN}"}


async def test_acknowledging() -> None:
    """The answer is the incident as it is then; the body may be left out."""
    live = MadeUp(lasting=[incident("i1"), incident("i2")])
    async with Served(live) as page:
        path = "api/v1/incidents/i1/acknowledge"
        found = json.loads(await page.post(path, json={"by": "Ada"}, headers=BEARER))
        assert (found["acknowledged"], found["acknowledged_by"]) == ("2026-11-21T06:00:00Z", "Ada")
        await page.post("api/v1/incidents/i2/acknowledge", headers=BEARER)
        await page.post("api/v1/incidents/none/acknowledge", 404, headers=BEARER)
        await page.post(path, 400, json={"by": 5}, headers=BEARER)
        body = r'{"by": " Ada\ud83d\n"}'
        await page.post(path, data=body, headers=BEARER | {"Content-Type": "application/json"})
    assert live.asked[:2] == [("acknowledge", "i1", "Ada"), ("acknowledge", "i2", "someone")]
    assert live.asked[-1] == ("acknowledge", "i1", "Ada\ufffd")


async def test_silencing() -> None:
    """A silence is made and ended."""
    live = MadeUp()
    async with Served(live) as page:
        body = {"pattern": "shop-*", "for": "2h", "why": "work", "by": "Ada"}
        made = json.loads(await page.post("api/v1/silences", 201, json=body, headers=BEARER))
        assert made["until"] == "2026-11-21T08:00:00Z"
        path = f"api/v1/silences/{made['id']}"
        assert await page.post(path, 204, method="DELETE", headers=BEARER) == ""
        await page.post(path, 404, method="DELETE", headers=BEARER)
    assert live.asked[0] == ("silence", "shop-*", NOW + 7200, "Ada", "work")


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{", "application/json", 400),
        ("[1]", "application/json", 400),
        ("[" * 30_000, "application/json", 400),
        ("{}", "application/json", 400),
        ('{"pattern": "x", "for": "2h"}', "text/plain", 415),
        ("pattern=x&for=2h", "application/x-www-form-urlencoded", 415),
    ],
)
async def test_what_is_no_request(body: str, content_type: str, status: int) -> None:
    """Only a JSON object that says what is wanted; nothing that a form could send."""
    live = MadeUp()
    async with Served(live) as page:
        headers = BEARER | {"Content-Type": content_type}
        await page.post("api/v1/silences", status, data=body, headers=headers)
    assert live.asked == []
