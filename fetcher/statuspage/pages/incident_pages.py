"""The pages of incidents: the timeline, and each of them."""

from collections.abc import Sequence

from aiohttp import web

from fetcher.monitor.incident import Incident
from fetcher.statuspage.auth.access_control import posted
from fetcher.statuspage.history_access import HistoryAccess
from fetcher.statuspage.query_params import text_asked
from fetcher.statuspage.site_context import SITE, root_of
from fetcher.statuspage.templating import render
from fetcher.text import clean

PAGE = 30
_MEMBERS = 200
_LONGEST_NAME = 80


async def timeline(request: web.Request) -> web.Response:
    """Show incidents, latest first."""
    before, text = before_asked(request), text_asked(request)
    found, further = await request.app[SITE].history.ask(
        lambda reader: read_some(reader, before, PAGE, None, text)
    )
    older = ""
    if further is not None:
        asked = {"text": text} if text else {}
        query = asked | {"before": f"{further!r}"}
        older = f"?{request.rel_url.with_query(query).raw_query_string}"
    return render(request, "incidents.html", incidents=found, text=text, before=before, older=older)


def read_some(
    reader: HistoryAccess, before: float | None, limit: int, key: str | None, text: str
) -> tuple[Sequence[Incident], float | None]:
    """Read incidents, latest first; and before when older ones were opened, if there are any."""
    found = reader.incidents(before, limit, key, text)
    if len(found) < limit:
        return found, None
    further = found[-1].opened
    return found, further if reader.incidents(further, 1, key, text) else None


def before_asked(request: web.Request) -> float | None:
    """Read before when the incidents were opened that are asked for. Raises HTTPBadRequest."""
    try:
        before = float(request.query.get("before") or "inf")
    except ValueError:
        raise web.HTTPBadRequest(text="before is not a time in seconds since the epoch") from None
    return before if abs(before) < 1e12 else None


async def incident(request: web.Request) -> web.Response:
    """Show one incident, and what people were told of it."""
    found = await find(request)
    messages = await request.app[SITE].history.ask(lambda reader: reader.messages(found.id))
    return render(
        request,
        "incident.html",
        incident=found,
        members=found.members[:_MEMBERS],
        more_members=max(len(found.members) - _MEMBERS, 0),
        messages=messages,
    )


async def find(request: web.Request) -> Incident:
    """Give the incident that an address names, as it is now. Raises HTTPNotFound."""
    site, id = request.app[SITE], request.match_info["id"]
    for one in site.live.incidents():
        if one.id == id:
            return one
    found = await site.history.ask(lambda reader: reader.incident(id))
    if found is None:
        raise web.HTTPNotFound(text="There is no such incident.")
    return found


async def acknowledge(request: web.Request) -> web.Response:
    """Take the form with which someone says that they know."""
    form, visitor = await posted(request)
    by = clean(form.get("by", "")).strip()[:_LONGEST_NAME] or visitor.user or "someone"
    id = request.match_info["id"]
    if not await request.app[SITE].live.acknowledge(id, by):
        raise web.HTTPNotFound(text="There is no such incident, or it is over.")
    return web.Response(status=303, headers={"Location": f"{root_of(request)}incidents/{id}"})
