"""A channel that sends notices by e-mail: its options, the message, and which recipients got it."""

import asyncio
import hashlib
import logging
import re
import smtplib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address, HeaderRegistry, MessageIDHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses
from typing import ClassVar

from fetcher.notify.channel import Notice, Refused, client_context, read_options
from fetcher.notify.smtp import (
    PORTS,
    Conversation,
    Replies,
    Server,
    Tls,
    explain_smtp,
    is_temporary,
    refusal_text,
    refusals_text,
)
from fetcher.options import choice, duration, many, option, optional, switch
from fetcher.text import shorten, well_formed
from fetcher.units import format_duration

_log = logging.getLogger(__name__)

_MAX_SUBJECT = 250
# Far less than RFC 5322 allows and more than anyone uses; the mail server checks the rest.
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+")


def _registry() -> HeaderRegistry:
    """Make Python fold Message-IDs properly in the other headers that hold one, too."""
    registry = HeaderRegistry()
    registry.map_to_type("in-reply-to", MessageIDHeader)  # type: ignore[arg-type]
    registry.map_to_type("references", MessageIDHeader)  # type: ignore[arg-type]
    return registry


_POLICY = SMTP.clone(header_factory=_registry())


def parse_address(text: str) -> Address:
    """Parse `name@example.org` or `Some Name <name@example.org>`; raises ValueError.

    Only the name may contain non-ASCII characters: few servers support SMTPUTF8 (RFC 6531).
    """
    found = getaddresses([text])
    name, address = found[0] if len(found) == 1 else ("", "")
    if not (_ADDRESS.fullmatch(address) and address.isascii() and text.isprintable()):
        raise ValueError(f"{text!r} is not an e-mail address; write name@example.org")
    try:
        return Address(name, addr_spec=address)
    except (ValueError, IndexError) as error:
        raise ValueError(f"{text!r} is not an e-mail address: {error}") from None


def make_message(
    notice: Notice, channel: str, sender: Address, to: Sequence[Address], now: float
) -> EmailMessage:
    """Return a notice as an e-mail from a channel; now: seconds since the epoch.

    It is marked as automatically generated, so that no program answers it (RFC 3834, section 5).
    All messages about one incident form one thread (RFC 5322, section 3.6.4): the id of the first
    is derived from the incident, and the others reply to that, whether or not it was sent.
    """
    message = EmailMessage(_POLICY)
    # Python raises ValueError for a header with a line break, which would otherwise be two headers.
    message["Subject"] = shorten(notice.subject, _MAX_SUBJECT)
    message["From"] = sender
    message["To"] = tuple(to)
    message["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    message["Auto-Submitted"] = "auto-generated"
    own = _message_id(notice.id, sender)
    incident = notice.data.get("incident")
    if isinstance(incident, str) and incident:
        first = _message_id(f"{incident} {channel}", sender)
        if notice.kind == "down":
            own = first
        else:
            message["In-Reply-To"] = message["References"] = first
    message["Message-ID"] = own
    message.set_content(well_formed(notice.text))
    return message


def _message_id(text: str, sender: Address) -> str:
    """Return an id of allowed characters, the same whenever a message is sent again."""
    return f"<{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:32]}@{sender.domain}>"


def _parse_port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:6]) < 65536):
        raise ValueError(f"{text!r} is not a port")
    return int(text)


@dataclass(frozen=True, slots=True)
class EmailOptions:
    """The options of a channel of type email."""

    required: ClassVar[tuple[str, ...]] = ("host", "from", "to")

    host: str = option("", "Host name or address of the mail server.", str.strip)
    port: int | None = option(
        None,
        "Port of the mail server; default by `tls`.",
        _parse_port,
        types=(int,),
        expected="a port",
    )
    from_: Address | None = option(None, "Sender address.", parse_address)
    to: tuple[Address, ...] = many("Recipient addresses.", parse_address)
    user: str = option("", "User name to log in with; empty for no login.")
    password: str = option("", "Password of the user.")
    tls: Tls = choice(Tls.STARTTLS, "How the connection is encrypted.")
    timeout: float = duration(30.0, "Timeout for one delivery.")
    cacert: str | None = optional(
        "PEM file of trusted certificates.", lambda text: text or None, "the system's"
    )
    insecure: bool = switch("Accept any TLS certificate. Only for hosts you know.")

    def __post_init__(self) -> None:
        """Refuse a user without a password, and the reverse."""
        if bool(self.user) != bool(self.password):
            raise ValueError("user: set user and password together, or neither")


class Email:
    """Sends notices as e-mails, each to all recipients at once.

    Recipients that the server refuses temporarily are remembered until the next notice: when the
    same notice is sent again, it goes only to them. A recipient that is refused permanently while
    others are accepted does not get it, which is logged. now: the wall clock, seconds since the
    epoch.
    """

    def __init__(
        self, name: str, options: EmailOptions, now: Callable[[], float] = time.time
    ) -> None:
        self._name = name
        self._options = options
        self._now = now
        self._server = Server(
            options.host,
            options.port or PORTS[options.tls],
            options.tls,
            client_context(options.cacert, insecure=options.insecure),
            options.timeout,
            options.user,
            options.password,
        )
        assert options.from_ is not None, "required"
        self._sender = options.from_
        self._pending: dict[str, tuple[str, ...]] = {}

    @classmethod
    def open(cls, name: str, options: Mapping[str, object]) -> "Email":
        """Create the channel from its options; raises ValueError naming the one that is wrong."""
        return cls(name, read_options(EmailOptions, options))

    @property
    def name(self) -> str:
        """The channel's name in the configuration."""
        return self._name

    async def send(self, notice: Notice) -> Refused | None:
        """Send one e-mail."""
        options = self._options
        everyone = tuple([address.addr_spec for address in options.to])
        to = self._pending.get(notice.id, everyone)
        try:
            replies = await self._converse(notice, to)
        except TimeoutError:
            return Refused(f"no response within {format_duration(options.timeout)}")
        except smtplib.SMTPRecipientsRefused as error:
            if to == everyone:
                return Refused(refusals_text(error.recipients))
            return self._record_refusals(notice, error.recipients)
        except (OSError, ValueError) as error:
            return Refused(explain_smtp(self._server, error))
        return self._record_refusals(notice, replies)

    async def aclose(self) -> None:
        """Do nothing: no connection stays open between notices."""

    async def _converse(self, notice: Notice, to: tuple[str, ...]) -> Replies:
        options, sender = self._options, self._sender
        message = make_message(notice, self._name, sender, options.to, self._now())
        conversation = Conversation(self._server)
        cut = asyncio.get_running_loop().call_later(options.timeout, conversation.cut)
        try:
            return await asyncio.to_thread(conversation.run, message, sender.addr_spec, to)
        except asyncio.CancelledError:
            conversation.cut()
            raise
        finally:
            cut.cancel()

    def _record_refusals(self, notice: Notice, replies: Replies) -> Refused | None:
        """Remember who is to be tried again, and log who is refused for good."""
        later = {who: reply for who, reply in replies.items() if is_temporary(reply)}
        for who in replies.keys() - later.keys():
            _log.warning("%s: refused permanently: %s", self._name, refusal_text(who, replies[who]))
        self._pending = {notice.id: tuple(later)} if later else {}
        return Refused(refusals_text(later), partly=True) if later else None
