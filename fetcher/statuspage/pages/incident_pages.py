"""The pages of incidents and silences: lists, single incidents, and the forms that change them."""

from collections.abc import Sequence

from aiohttp import web

from fetcher.monitor.incident import Incident
from fetcher.statuspage.auth.access_control import posted
from fetcher.statuspage.history_access import HistoryAccess
from fetcher.statuspage.query_params import parse_silence, text_param
from fetcher.statuspage.site_context import SITE, root_of
from fetcher.statuspage.templating import render
from fetcher.text import clean

PAGE = 30
SPANS = ("30m", "1h", "2h", "8h", "1d", "7d")
"""The durations offered for a silence."""

_MEMBERS = 200
_MAX_NAME = 80


async def timeline(request: web.Request) -> web.Response:
    """Show incidents, latest first."""
    before, text = before_param(request), text_param(request)
    found, before_next = await request.app[SITE].history.ask(
        lambda reader: read_some(reader, before, PAGE, None, text)
    )
    older = ""
    if before_next is not None:
        query = ({"text": text} if text else {}) | {"before": f"{before_next!r}"}
        older = f"?{request.rel_url.with_query(query).raw_query_string}"
    return render(request, "incidents.html", incidents=found, text=text, before=before, older=older)


def read_some(
    reader: HistoryAccess, before: float | None, limit: int, key: str | None, text: str
) -> tuple[Sequence[Incident], float | None]:
    """Return incidents, latest first, and the value of `before` for older ones, if any."""
    found = reader.incidents(before, limit, key, text)
    if len(found) < limit:
        return found, None
    last = found[-1].opened
    return found, last if reader.incidents(last, 1, key, text) else None


def before_param(request: web.Request) -> float | None:
    """Parse `before`: only incidents opened earlier are shown. Raises HTTPBadRequest."""
    try:
        before = float(request.query.get("before") or "inf")
    except ValueError:
        raise web.HTTPBadRequest(text="before is not a time in seconds since the epoch") from None
    return before if abs(before) < 1e12 else None


async def incident(request: web.Request) -> web.Response:
    """Show one incident and its messages."""
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
    """Return the incident that the path names, as it is now. Raises HTTPNotFound."""
    site, id = request.app[SITE], request.match_info["id"]
    for one in site.live.incidents():
        if one.id == id:
            return one
    found = await site.history.ask(lambda reader: reader.incident(id))
    if found is None:
        raise web.HTTPNotFound(text="There is no such incident.")
    return found


async def acknowledge(request: web.Request) -> web.Response:
    """Process the form that acknowledges an incident."""
    form, visitor = await posted(request)
    by = clean(form.get("by", "")).strip()[:_MAX_NAME] or visitor.user or "someone"
    id = request.match_info["id"]
    if not await request.app[SITE].live.acknowledge(id, by):
        raise web.HTTPNotFound(text="There is no such incident, or it is closed.")
    return web.Response(status=303, headers={"Location": f"{root_of(request)}incidents/{id}"})


async def silences(request: web.Request) -> web.Response:
    """Show the silences in force, and the form to create one."""
    pattern = request.query.get("pattern", "")
    in_force = sorted(request.app[SITE].live.silences(), key=lambda silence: silence.until)
    return render(request, "silences.html", silences=in_force, spans=SPANS, pattern=pattern)


async def create_silence(request: web.Request) -> web.Response:
    """Process the form that creates a silence."""
    form, visitor = await posted(request)
    live = request.app[SITE].live
    try:
        wanted = parse_silence({"by": visitor.user, **form}, live.vitals().now)
    except ValueError as error:
        raise web.HTTPBadRequest(text=f"{error}") from None
    await live.silence(wanted.pattern, wanted.until, wanted.by, wanted.why)
    return _to_silences(request)


async def end_silence(request: web.Request) -> web.Response:
    """Process the form that ends a silence."""
    await posted(request)
    if not await request.app[SITE].live.unsilence(request.match_info["id"]):
        raise web.HTTPNotFound(text="There is no such silence; it may have ended.")
    return _to_silences(request)


def _to_silences(request: web.Request) -> web.Response:
    return web.Response(status=303, headers={"Location": f"{root_of(request)}silences"})
