"""Real pages and standard cases with known answers, asked for through a real server."""

import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from fetcher.jobs.titles import titles
from fetcher.model import Result
from fetcher.settings import Settings

CASES = Path(__file__).parent.parent.parent / "shared" / "cases"

pytestmark = pytest.mark.skipif(
    not CASES.is_dir(), reason="the collected cases (../shared/cases) are not here"
)

SETTINGS = Settings(concurrency=20, host_concurrency=20, retries=0)


def rows(name: str) -> list[dict[str, Any]]:
    """Read the rows of one file of cases."""
    return [json.loads(line) for line in (CASES / name).read_text("utf-8").splitlines()]


@asynccontextmanager
async def served(pages: Mapping[str, tuple[bytes, str]]) -> AsyncIterator[str]:
    """Serve bodies with exactly the given content types, by path; gives the base URL."""

    async def answer(request: web.Request) -> web.Response:
        body, content_type = pages[request.path]
        return web.Response(body=body, headers={"Content-Type": content_type})

    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def asked(pages: Mapping[str, tuple[bytes, str]]) -> list[Result]:
    """Ask for all pages; the results come in their order."""
    async with served(pages) as base:
        return [result async for result in titles([base + path for path in pages], SETTINGS)]


async def wrong_titles(cases: list[dict[str, Any]], bodies: list[bytes]) -> list[str]:
    """Ask for all cases; say which titles differ from the expected ones."""
    pages = {
        f"/{case['id']}": (body, case["content_type"])
        for case, body in zip(cases, bodies, strict=True)
    }
    assert len(pages) == len(cases)
    found = [result.page.title for result in await asked(pages)]
    return [
        f"{case['id']}: {title!r} instead of {case['expected_title']!r}"
        for case, title in zip(cases, found, strict=True)
        if title != case["expected_title"]
    ]


@pytest.mark.parametrize("name", ["titles.jsonl", "tricky_titles.jsonl"])
async def test_the_titles_of_pages(name: str) -> None:
    """Every title is the expected one, but where the standard leaves it open."""
    cases = [case for case in rows(name) if not case.get("advisory")]
    assert await wrong_titles(cases, [(CASES / case["file"]).read_bytes() for case in cases]) == []


async def test_the_character_references_in_titles() -> None:
    """Every reference is decoded as the HTML standard has it."""
    cases = rows("entities.jsonl")
    assert await wrong_titles(cases, [case["html"].encode() for case in cases]) == []


async def test_the_encodings_of_documents() -> None:
    """Every document without a title, read to its end, is read in the expected encoding."""
    cases = rows("encodings.jsonl")
    pages = {
        f"/{case['id']}": (base64.b64decode(case["bytes_b64"]), case["content_type"])
        for case in cases
    }
    found = [result.page.encoding for result in await asked(pages)]
    assert found == [case["expected_encoding"] for case in cases]
