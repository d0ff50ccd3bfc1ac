"""A channel that sends notices to a webhook: a request with a JSON body, optionally a template."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from string import Template
from typing import ClassVar
from urllib.parse import quote, urlsplit

import aiohttp

from fetcher import __version__
from fetcher.http_fields import parse_header, parse_retry_after
from fetcher.network_errors import describe
from fetcher.notify.channel import Notice, Refused, client_context, read_options
from fetcher.options import duration, many, option, optional, switch
from fetcher.text import LONGEST, after_colon, shorten
from fetcher.units import format_duration

_SAMPLE = Notice("id", "down", "subject", "text", {"incident": "id"})


def payload(notice: Notice, template: Template | None = None) -> bytes:
    """Return the body of a request; without a template it has the fields of the notice."""
    if template is None:
        return _json(_fields(notice)).encode()
    return template.substitute(_escaped(notice)).encode()


def parse_template(text: str) -> Template:
    """Parse a template: JSON with `$subject`, `$text`, `$id`, `$kind`, `$good` and `$data`.

    The first four are used within quotes, the others in place of a value; `$$` is a dollar sign.
    Raises ValueError for an unknown name, or if the result is not valid JSON.
    """
    template, known = Template(text), _escaped(_SAMPLE)
    if not template.is_valid():
        raise ValueError("write $$ for a $ that is not followed by a name")
    for name in template.get_identifiers():
        if name not in known:
            named = ", ".join(f"${field}" for field in known)
            raise ValueError(f"unknown name ${name}; expected one of {named}")
    try:
        json.loads(template.substitute(known))
    except json.JSONDecodeError as error:
        raise ValueError(f"not valid JSON once filled in: {error}") from None
    return template


def sign(body: bytes, secret: str) -> str:
    """Sign a body so that a receiver who knows the secret can verify the sender (RFC 2104)."""
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
    """Return each field as JSON; texts without quotes, so that they can be part of another text."""
    return {
        name: _json(value)[1:-1] if isinstance(value, str) else _json(value)
        for name, value in _fields(notice).items()
    }


def _json(value: object) -> str:
    # Any mapping is an object in JSON; Python's encoder supports only dictionaries.
    return json.dumps(value, default=dict)


_OURS = frozenset({"content-length", "transfer-encoding", "host", "idempotency-key"})
_ERRORS = (aiohttp.ClientError, OSError, UnicodeError)
"""Everything that a network or a server can cause; UnicodeError is for names invalid in DNS."""


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
    """Return only the host of a URL: for many services the rest is as good as a password."""
    return shorten(url.partition("//")[2].partition("/")[0].rpartition("@")[2] or url[:8], 80)


def _parse_method(text: str) -> str:
    if text.upper() not in ("POST", "PUT"):
        raise ValueError(f"{text!r} is not POST or PUT")
    return text.upper()


def _parse_header(text: str) -> tuple[str, str]:
    name, value = parse_header(text)
    if name.lower() in _OURS:
        raise ValueError(f"{name} cannot be chosen")
    return name, value


@dataclass(frozen=True, slots=True)
class WebhookOptions:
    """The options of a channel of type webhook."""

    required: ClassVar[tuple[str, ...]] = ("url",)

    url: str = option("", "URL to send to, such as https://example.org/hook.", _parse_url)
    method: str = option("POST", "POST or PUT.", _parse_method)
    headers: tuple[tuple[str, str], ...] = many("Headers to send.", _parse_header)
    timeout: float = duration(10.0, "Timeout for one delivery.")
    template: Template | None = option(
        None, "JSON body to send instead, with $subject, $text and others.", parse_template
    )
    secret: str | None = optional(
        "Secret to sign the body with: X-Fetcher-Signature is its HMAC-SHA256.",
        lambda text: text or None,
        "none",
    )
    cacert: str | None = optional(
        "PEM file of trusted certificates.", lambda text: text or None, "the system's"
    )
    insecure: bool = switch("Accept any TLS certificate. Only for hosts you know.")


class Webhook:
    """Sends notices as JSON; a status of 2xx means that they were accepted.

    Receivers recognize a notice that is sent again by its `Idempotency-Key`. Redirects are not
    followed: a request with a body may go only where the user said. now: the wall clock, seconds
    since the epoch (for a Retry-After that is a date).
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
        """Create the channel from its options; raises ValueError naming the one that is wrong."""
        return cls(name, read_options(WebhookOptions, options))

    @property
    def name(self) -> str:
        """The channel's name in the configuration."""
        return self._name

    async def send(self, notice: Notice) -> Refused | None:
        """Send one request."""
        options = self._options
        body = payload(notice, options.template)
        try:
            # Notices are rare: a session for each leaves no connection open in between.
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
                ) as response,
            ):
                return await self._judge(response)
        except TimeoutError:
            return Refused(f"no response within {format_duration(options.timeout)}")
        except _ERRORS as error:
            return Refused(describe(error))

    async def aclose(self) -> None:
        """Do nothing: no connection stays open between notices."""

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

    async def _judge(self, response: aiohttp.ClientResponse) -> Refused | None:
        if 200 <= response.status < 300:
            return None
        status = f"status {response.status}"
        if 300 <= response.status < 400 and (location := response.headers.get("Location")):
            where = shorten(location.partition("?")[0])
            return Refused(f"{status}: redirects to {where}, and redirects are not followed")
        retry_after = None
        if response.status in (429, 503):
            retry_after = parse_retry_after(response.headers.get("Retry-After", ""), self._now())
        return Refused(status + after_colon(await _beginning_of(response)), retry_after)


async def _beginning_of(response: aiohttp.ClientResponse) -> str:
    """Return the beginning of a response's body, or "" if it cannot be read."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        return ""
    beginning = b""
    # The status has decided the outcome; whatever goes wrong from here on changes nothing.
    with suppress(aiohttp.ClientError, OSError):
        while len(beginning) < 4 * LONGEST and (part := await response.content.read(4 * LONGEST)):
            beginning += part
    return beginning.decode("utf-8", "replace")
