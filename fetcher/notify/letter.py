"""A notice as an e-mail."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from email.headerregistry import Address, HeaderRegistry, MessageIDHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from fetcher.notify.base import Notice
from fetcher.notify.words import encodable, one_line


def _registry() -> HeaderRegistry:
    """Python folds a Message-ID rightly, but takes the other headers that hold one for text."""
    registry = HeaderRegistry()
    registry.map_to_type("in-reply-to", MessageIDHeader)  # type: ignore[arg-type]
    registry.map_to_type("references", MessageIDHeader)  # type: ignore[arg-type]
    return registry


_POLICY = SMTP.clone(header_factory=_registry())
_LONGEST_SUBJECT = 250


def write_letter(
    notice: Notice, channel: str, sender: Address, to: Sequence[Address], now: float
) -> EmailMessage:
    """Write a notice as an e-mail from a channel; now: seconds since the epoch.

    It says that a program wrote it, so that no program answers (RFC 3834, section 5). What is told
    of one incident is one conversation (RFC 5322, section 3.6.4): the first message has an id that
    follows from the incident, and the others answer to that, whether or not it was sent.
    """
    letter = EmailMessage(_POLICY)
    # The library raises for a header with a line end in it, which would otherwise be two.
    letter["Subject"] = one_line(notice.subject, _LONGEST_SUBJECT)
    letter["From"] = sender
    letter["To"] = tuple(to)
    letter["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    letter["Auto-Submitted"] = "auto-generated"
    own = _message_id(notice.id, sender)
    incident = notice.data.get("incident")
    if isinstance(incident, str) and incident:
        first = _message_id(f"{incident} {channel}", sender)
        if notice.kind == "down":
            own = first
        else:
            letter["In-Reply-To"] = letter["References"] = first
    letter["Message-ID"] = own
    letter.set_content(encodable(notice.text))
    return letter


def _message_id(text: str, sender: Address) -> str:
    """Make an id of characters that are allowed, the same whenever a letter is sent again."""
    return f"<{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:32]}@{sender.domain}>"
