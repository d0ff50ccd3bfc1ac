"""The files that pages load: a style sheet, a small script, an icon."""

from mimetypes import guess_type

from aiohttp import web

from fetcher.statuspage.rendering import asset_bytes

# Their addresses change with them.
_KEPT = "public, max-age=31536000, immutable"


async def asset(request: web.Request) -> web.Response:
    """Give a file."""
    name = request.match_info["name"]
    body = asset_bytes(name)
    if body is None:
        raise web.HTTPNotFound(text="There is no such file.")
    kind = guess_type(name)[0] or "application/octet-stream"
    headers = {"Cache-Control": _KEPT}
    charset = "utf-8" if kind.startswith("text/") else None
    return web.Response(body=body, content_type=kind, charset=charset, headers=headers)
