"""httpbin's endpoints: what is asked, and what its documentation says must come of it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fetcher.judgement.verdict import Health, Trouble

BASIC = "Basic " + base64.b64encode(b"me:secret").decode()
SHORT = {"timeout": 2.0}
"""For answers that take ten seconds."""
WHOLE = {"complete": True}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One request to httpbin.

    path: with query. status: of the last answer, None where there is none. health, trouble, words:
    of the verdict; the words must be in its reason. expect: of the answer, by the names that
    expectations have everywhere. redirects: how many are followed. bytes_read: of the body.
    headers: sent along. settings: other than the usual ones.
    """

    path: str
    status: int | None = 200
    health: Health = Health.HEALTHY
    trouble: Trouble | None = None
    words: tuple[str, ...] = ()
    expect: Mapping[str, Any] = field(default_factory=dict)
    redirects: int = 0
    bytes_read: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


def is_json(path: str, *conditions: str, **how: Any) -> Endpoint:
    """Ask for a JSON document on which all conditions hold."""
    return Endpoint(path, expect={"json": list(conditions)}, **how)


def has(path: str, text: str, **how: Any) -> Endpoint:
    """Ask for a body that has a text."""
    return Endpoint(path, expect={"body_contains": [text]}, **how)


def bad(path: str, status: int | None, trouble: Trouble, *words: str, **how: Any) -> Endpoint:
    """Ask for what is unhealthy; the reason names the status, if there is one."""
    said = words or ((str(status),) if status else ())
    return Endpoint(path, status, Health.UNHEALTHY, trouble, said, **how)


STATUSES = (
    *(Endpoint(f"/status/{code}", code) for code in (200, 201, 202, 204, 206)),
    *(bad(f"/status/{code}", code, Trouble.GONE) for code in (404, 410)),
    *(
        bad(f"/status/{code}", code, Trouble.CLIENT_ERROR)
        for code in (400, 401, 402, 403, 405, 418)
    ),
    *(bad(f"/status/{code}", code, Trouble.SERVER_ERROR) for code in (500, 501, 502, 503, 504)),
    Endpoint("/status/429", 429, Health.UNKNOWN, Trouble.RATE_LIMITED, ("429",)),
    Endpoint("/status/418", 418, expect={"status": "200..299,418"}),
    bad("/status/200", 200, Trouble.CONTENT, "204", "200", expect={"status": "204"}),
    bad("/post", 405, Trouble.CLIENT_ERROR),
    bad("/no-such-page", 404, Trouble.GONE),
)

REDIRECTS = (
    is_json("/redirect/1", "$.url exists", redirects=1),
    Endpoint("/redirect/4", redirects=4, expect={"final_url": "/get"}),
    Endpoint("/relative-redirect/3", redirects=3, expect={"final_url": "/get"}),
    Endpoint("/absolute-redirect/3", redirects=3, expect={"final_url": "/get"}),
    Endpoint("/status/302", redirects=2, expect={"redirect_to": "/redirect/1"}),
    Endpoint("/redirect-to?url=/get&status_code=308", redirects=1, expect={"redirect_to": "/get"}),
    Endpoint("/links/3", redirects=1, expect={"title": "Links"}),
    Endpoint("/redirect/2", 302, settings={"max_redirects": 0}, expect={"status": "302"}),
    bad("/redirect/12", 302, Trouble.REDIRECT, "redirects", redirects=10),
    bad("/redirect-to?url=/status/404", 404, Trouble.GONE, redirects=1),
    bad("/redirect-to?url=ftp://h/", 302, Trouble.REDIRECT, "ftp"),
    Endpoint("/redirect-to?url=/", 200, Health.DEGRADED, Trouble.REDIRECT, ("home",), redirects=1),
)

TIMES = (
    Endpoint("/delay/0"),
    Endpoint("/delay/1", expect={"degraded_after": "20s"}),
    Endpoint(
        "/delay/1", 200, Health.DEGRADED, Trouble.TIMEOUT, ("500 ms",), {"degraded_after": "500ms"}
    ),
    bad("/delay/1", 200, Trouble.TIMEOUT, "500 ms", expect={"unhealthy_after": "500ms"}),
    bad("/delay/10", None, Trouble.TIMEOUT, "timeout", settings=SHORT),
    Endpoint("/drip?duration=0.5&numbytes=10", expect=WHOLE, bytes_read=10),
    Endpoint("/drip?duration=0.2&numbytes=5&code=203&delay=0.2", 203, expect=WHOLE, bytes_read=5),
    bad("/drip?duration=0.2&numbytes=5&code=500", 500, Trouble.SERVER_ERROR),
    bad("/drip?duration=10&numbytes=10", 200, Trouble.TIMEOUT, "timeout", settings=SHORT),
)

BODIES = (
    is_json("/gzip", "$.gzipped == true", "$.headers['Accept-Encoding'] contains gzip"),
    is_json("/deflate", "$.deflated == true"),
    is_json("/brotli", "$.brotli == true", "$.headers['Accept-Encoding'] contains br"),
    Endpoint("/stream/5", expect={"complete": True, "body_contains": ['"id": 4']}),
    Endpoint("/stream-bytes/5000?chunk_size=70", expect=WHOLE, bytes_read=5_000),
    Endpoint("/bytes/2048", expect=WHOLE, bytes_read=2_048),
    Endpoint("/range/1024", expect=WHOLE, bytes_read=1_024),
    Endpoint("/range/100", 206, expect=WHOLE, bytes_read=10, headers=(("Range", "bytes=0-9"),)),
    bad("/range/100", 416, Trouble.CLIENT_ERROR, headers=(("Range", "bytes=200-"),)),
    bad("/range/0", 404, Trouble.GONE),
    bad("/bytes/2048", 200, Trouble.CONTENT, "larger", settings={"max_bytes": 1_000}, expect=WHOLE),
    *(
        Endpoint(f"/image/{kind}", expect={"header": [f"Content-Type: image/{mime}"]})
        for kind, mime in (("png", "png"), ("jpeg", "jpeg"), ("webp", "webp"), ("svg", "svg+xml"))
    ),
    has("/xml", "<slideshow"),
    has("/html", "Herman Melville - Moby-Dick"),
    has("/encoding/utf8", "∮ E⋅da = Q"),
    has("/robots.txt", "Disallow: /deny"),
    has("/base64/SFRUUEJJTiBpcyBhd2Vzb21l", "HTTPBIN is awesome"),
    bad("/html", 200, Trouble.CONTENT, "Ahab?", expect={"body_contains": ["Ahab?"]}),
    bad("/html", 200, Trouble.CONTENT, "Melville", expect={"body_not_contains": ["Melville"]}),
    Endpoint("/uuid", expect={"body_matches": ["[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"]}),
)

JSON = (
    is_json(
        "/json", '$.slideshow.title == "Sample Slide Show"', "$.slideshow.slides[1].items exists"
    ),
    is_json("/json", '$.slideshow.slides[0].title matches "^Wake"', "$.slideshow.error absent"),
    bad(
        "/json",
        200,
        Trouble.CONTENT,
        "Yours Truly",
        "Mine",
        expect={"json": ['$.slideshow.author == "Mine"']},
    ),
    bad("/html", 200, Trouble.CONTENT, "JSON", expect={"json": ["$.a exists"]}),
    is_json("/headers", '$.headers["User-Agent"] matches "^fetcher/"'),
    is_json("/user-agent", '$["user-agent"] == "tester/7"', settings={"user_agent": "tester/7"}),
    is_json("/headers", '$.headers["X-Probe"] == "seven"', headers=(("X-Probe", "seven"),)),
    is_json("/get?a=1&b=2", '$.args.a == "1"', '$.args.b == "2"'),
    is_json("/anything/at/all", '$.method == "GET"'),
    is_json("/ip", '$.origin == "127.0.0.1"'),
)

AUTHENTICATION = (
    bad("/basic-auth/me/secret", 401, Trouble.CLIENT_ERROR),
    is_json(
        "/basic-auth/me/secret", "$.authenticated == true", headers=(("Authorization", BASIC),)
    ),
    bad("/hidden-basic-auth/me/secret", 404, Trouble.GONE),
    bad("/bearer", 401, Trouble.CLIENT_ERROR),
    is_json("/bearer", '$.token == "abc"', headers=(("Authorization", "Bearer abc"),)),
    bad("/digest-auth/auth/me/secret", 401, Trouble.CLIENT_ERROR),
    Endpoint(
        "/digest-auth/auth/me/secret/SHA-256",
        401,
        expect={"status": "401", "header_matches": ["WWW-Authenticate: ^Digest .*SHA-256"]},
    ),
)

STATE = (
    is_json("/cookies/set?crumb=sweet", '$.cookies.crumb == "sweet"', redirects=1),
    is_json("/cookies/set/crumb/sour", '$.cookies.crumb == "sour"', redirects=1),
    is_json("/cookies", "$.cookies.crumb absent"),
    Endpoint("/response-headers?X-Probe=seven", expect={"header": ["X-Probe: seven"]}),
    bad(
        "/response-headers?X-Probe=six",
        200,
        Trouble.CONTENT,
        "six",
        "seven",
        expect={"header": ["X-Probe: seven"]},
    ),
    Endpoint("/cache/60", expect={"header": ["Cache-Control: public, max-age=60"]}),
    Endpoint("/cache", expect={"header_matches": ["ETag: ^[0-9a-f]{32}$"]}),
    Endpoint("/cache", 304, expect={"status": "304"}, headers=(("If-None-Match", "x"),)),
    Endpoint("/etag/abc", expect={"header": ["ETag: abc"]}),
    Endpoint("/etag/abc", 304, expect={"status": "304"}, headers=(("If-None-Match", "abc"),)),
    bad("/etag/abc", 412, Trouble.CLIENT_ERROR, headers=(("If-Match", "other"),)),
    Endpoint(
        "/deny", None, Health.UNKNOWN, Trouble.DENIED, ("robots.txt",), settings={"robots": True}
    ),
)

ENDPOINTS: tuple[Endpoint, ...] = (
    *STATUSES,
    *REDIRECTS,
    *TIMES,
    *BODIES,
    *JSON,
    *AUTHENTICATION,
    *STATE,
)
