"""What a webhook's receiver gets: JSON, in our form or in its own."""

import hashlib
import hmac
import json
from string import Template

from fetcher.notify.base import Notice

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
