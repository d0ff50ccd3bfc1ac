"""Tells people by a request to a URL of theirs.

What a webhook's receiver gets: JSON, in our form or in its own.
"""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from string import Template
from typing import ClassVar
from urllib.parse import quote, urlsplit

import aiohttp

from fetcher import __version__
from fetcher.http_fields import parse_retry_after
from fetcher.notify.channel import Notice, Refused, read_options
from fetcher.notify.network_errors import client_context, explain
from fetcher.options import duration, many, option, optional, switch
from fetcher.text import LONGEST, one_line, said
from fetcher.units import format_duration

_SAMPLE = Notice("id", "down", "subject", "text", {"incident": "id"})


def payload(notice: Notice, template: Template | None = None) -> bytes:
    """Make the body of a request; without a template it has the fields of the notice."""
    if template is None:
        return _json(_fields(notice)).encode()
    return template.substitute(_escaped(notice)).encode()


def parse_template(text: str) -> Template:
    """Read a template: JSON with `$subject`, `$text`, `$id`, `$kind`, `$good` and `$data` in it.

    The first four stand within quotes, the others in place of a value; `$$` is a dollar sign.
    Raises ValueError for another name, or when what comes out is not JSON.
    """
    template, known = Template(text), _escaped(_SAMPLE)
    if not template.is_valid():
        raise ValueError("a $ that stands before no name is written $$")
    for name in template.get_identifiers():
        if name not in known:
            named = ", ".join(f"${field}" for field in known)
            raise ValueError(f"there is no ${name}; expected one of {named}")
    try:
        json.loads(template.substitute(known))
    except json.JSONDecodeError as error:
        raise ValueError(f"filled in, this is not valid JSON: {error}") from None
    return template


def sign(body: bytes, secret: str) -> str:
    """Sign a body so that a receiver who knows the secret can tell who sent it (RFC 2104)."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _fields(notice: Notice) -> dict[str, object]:
    return {
        "id": notice.id,
        "kind": notice.kind,
        "subject": notice.subject,
        "text": notice.text,
        "good": notice.good,
        "data": notice.data,
    }


def _escaped(notice: Notice) -> dict[str, str]:
    """Each field as JSON; texts without the quotes, so that they can be part of another one."""
    return {
        name: _json(value)[1:-1] if isinstance(value, str) else _json(value)
        for name, value in _fields(notice).items()
    }


def _json(value: object) -> str:
    # A mapping of any sort is an object; Python's encoder knows only dictionaries.
    return json.dumps(value, default=dict)


_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_OURS = frozenset({"content-length", "transfer-encoding", "host", "idempotency-key"})
_ERRORS = (aiohttp.ClientError, OSError, UnicodeError)
"""All that a network or a server can do to us; UnicodeError is for names that DNS cannot have."""


def _parse_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        known = False
    if not known or any(c.isspace() for c in text):
        raise ValueError(f"{_without_secrets(text)!r} is not a URL; write https://host/path")
    return text


def _without_secrets(url: str) -> str:
    """Where a URL leads, without the rest: for many services that is as good as a password."""
    return one_line(url.partition("//")[2].partition("/")[0].rpartition("@")[2] or url[:8], 80)


def _parse_method(text: str) -> str:
    if text.upper() not in ("POST", "PUT"):
        raise ValueError(f"{text!r} is not POST or PUT")
    return text.upper()


def _parse_header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    name, value = name.strip(), value.strip()
    if not colon or not _TOKEN.fullmatch(name):
        raise ValueError(f'{name!r} is not the name of a header; write {{"Name" = "value"}}')
    if name.lower() in _OURS:
        raise ValueError(f"{name} cannot be chosen")
    if any(c in "\r\n\0" for c in value):
        raise ValueError(f"the value of {name} holds a line break")
    return name, value


@dataclass(frozen=True, slots=True)
class WebhookOptions:
    """What a webhook needs to know."""

    required: ClassVar[tuple[str, ...]] = ("url",)

    url: str = option("", "Where to send it, such as https://example.org/hook.", _parse_url)
    method: str = option("POST", "POST or PUT.", _parse_method)
    headers: tuple[tuple[str, str], ...] = many("Headers to send with it.", _parse_header)
    timeout: float = duration(10.0, "How long delivery may take.")
    template: Template | None = option(
        None, "JSON to send in place of ours, with $subject, $text and others.", parse_template
    )
    secret: str | None = optional(
        "Signs the body: X-Fetcher-Signature is its HMAC-SHA256.", lambda text: text or None, "none"
    )
    cacert: str | None = optional(
        "A PEM file with the certificates to trust.", lambda text: text or None, "the system's"
    )
    insecure: bool = switch("Accept any TLS certificate. Only for hosts you know.")


class Webhook:
    """Sends notices as JSON; a status of 2xx says that they arrived.

    Receivers know a notice that is sent again by its `Idempotency-Key`. Redirects are not followed:
    a request with a body may go only where the user said. now: the wall clock, seconds since the
    epoch (for a Retry-After that is a date).
    """

    def __init__(
        self,
        name: str,
        options: WebhookOptions,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._name = name
        self._options = options
        self._now = now
        self._tls = client_context(options.cacert, insecure=options.insecure)

    @classmethod
    def open(cls, name: str, options: Mapping[str, object]) -> "Webhook":
        """Make one from its options; raises ValueError that names the one that is wrong."""
        return cls(name, read_options(WebhookOptions, options))

    @property
    def name(self) -> str:
        """What the configuration calls it."""
        return self._name

    async def send(self, notice: Notice) -> Refused | None:
        """Send one request."""
        options = self._options
        body = payload(notice, options.template)
        try:
            # Notices are rare: a session for each leaves nothing open in between.
            async with (
                aiohttp.ClientSession(
                    timeout=aiohttp.ClientTimeout(total=options.timeout), auto_decompress=False
                ) as session,
                session.request(
                    options.method,
                    options.url,
                    data=body,
                    headers=self._headers(notice, body),
                    ssl=self._tls,
                    allow_redirects=False,
                ) as answer,
            ):
                return await self._judge(answer)
        except TimeoutError:
            return Refused(f"no answer within {format_duration(options.timeout)}")
        except _ERRORS as error:
            return Refused(explain(error))

    async def aclose(self) -> None:
        """Do nothing: between two notices nothing is open."""

    def _headers(self, notice: Notice, body: bytes) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"fetcher/{__version__}",
            "Accept-Encoding": "identity",
        }
        for name, value in self._options.headers:
            usual = next((known for known in headers if known.lower() == name.lower()), name)
            headers[usual] = value
        headers["Idempotency-Key"] = quote(notice.id, safe=" !#$&'()*+,/:;=?@[]{}|<>")
        if self._options.secret is not None:
            headers["X-Fetcher-Signature"] = sign(body, self._options.secret)
        return headers

    async def _judge(self, answer: aiohttp.ClientResponse) -> Refused | None:
        if 200 <= answer.status < 300:
            return None
        status = f"status {answer.status}"
        if 300 <= answer.status < 400 and (location := answer.headers.get("Location")):
            where = one_line(location.partition("?")[0], LONGEST)
            return Refused(f"{status}: it has moved to {where}, and redirects are not followed")
        asked = None
        if answer.status in (429, 503):
            asked = parse_retry_after(answer.headers.get("Retry-After", ""), self._now())
        return Refused(status + said(await _first_words(answer)), asked)


async def _first_words(answer: aiohttp.ClientResponse) -> str:
    """The beginning of an answer's body, when it is there and can be read."""
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        return ""
    beginning = b""
    # The status has said what counts; whatever goes wrong from here on changes nothing.
    with suppress(aiohttp.ClientError, OSError):
        while len(beginning) < 4 * LONGEST and (part := await answer.content.read(4 * LONGEST)):
            beginning += part
    return beginning.decode("utf-8", "replace")
