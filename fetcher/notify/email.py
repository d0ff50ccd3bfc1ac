"""Tells people by e-mail.

A notice as an e-mail.

E-mail addresses, as people write them.
"""

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

from fetcher.notify.channel import Notice, Refused, read_options
from fetcher.notify.network_errors import client_context, system_words
from fetcher.notify.smtp import PORTS, Conversation, Replies, Server, Tls
from fetcher.options import choice, duration, many, option, optional, switch
from fetcher.text import encodable, one_line, said
from fetcher.units import format_duration


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


# Far less than RFC 5322 allows and more than anyone has; a mail server knows the rest.
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+")


def parse_address(text: str) -> Address:
    """Read `name@example.org` or `Some Name <name@example.org>`; raises ValueError.

    Only the name may be of other letters than ASCII: few servers know SMTPUTF8 (RFC 6531).
    """
    found = getaddresses([text])
    name, address = found[0] if len(found) == 1 else ("", "")
    if not (_ADDRESS.fullmatch(address) and address.isascii() and text.isprintable()):
        raise ValueError(f"{text!r} is not an e-mail address; write name@example.org")
    try:
        return Address(name, addr_spec=address)
    except (ValueError, IndexError) as error:
        raise ValueError(f"{text!r} is not an e-mail address: {error}") from None


_log = logging.getLogger(__name__)

_TEMPORARY = range(400, 500)
"""Replies after which the same may be accepted another time (RFC 5321, section 4.2.1)."""


def _parse_port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:6]) < 65536):
        raise ValueError(f"{text!r} is not a port")
    return int(text)


@dataclass(frozen=True, slots=True)
class EmailOptions:
    """What an e-mail needs to know."""

    required: ClassVar[tuple[str, ...]] = ("host", "from", "to")

    host: str = option("", "The mail server's name or address.", str.strip)
    port: int | None = option(
        None, "Its port; by `tls` if none is given.", _parse_port, types=(int,), expected="a port"
    )
    from_: Address | None = option(None, "The address that it comes from.", parse_address)
    to: tuple[Address, ...] = many("The addresses that it goes to.", parse_address)
    user: str = option("", "Name to log in with; empty for no log-in.")
    password: str = option("", "The password to that.")
    tls: Tls = choice(Tls.STARTTLS, "How the connection is encrypted.")
    timeout: float = duration(30.0, "How long delivery may take.")
    cacert: str | None = optional(
        "A PEM file with the certificates to trust.", lambda text: text or None, "the system's"
    )
    insecure: bool = switch("Accept any TLS certificate. Only for hosts you know.")

    def __post_init__(self) -> None:
        """Refuse half of a log-in."""
        if bool(self.user) != bool(self.password):
            raise ValueError("user: goes with password, and password with user")


class Email:
    """Sends notices as e-mails, each to all recipients at once.

    Of those whom the server refuses for now, it is known until the next notice who they are: when
    the same notice is sent again, it goes only to them. Who is refused for good, while others are
    not, stays without it, and the log says so. now: the wall clock, seconds since the epoch.
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
        assert options.from_ is not None, "it is required"
        self._sender = options.from_
        self._left: dict[str, tuple[str, ...]] = {}

    @classmethod
    def open(cls, name: str, options: Mapping[str, object]) -> "Email":
        """Make one from its options; raises ValueError that names the one that is wrong."""
        return cls(name, read_options(EmailOptions, options))

    @property
    def name(self) -> str:
        """What the configuration calls it."""
        return self._name

    async def send(self, notice: Notice) -> Refused | None:
        """Send one e-mail."""
        options = self._options
        everyone = tuple([address.addr_spec for address in options.to])
        to = self._left.get(notice.id, everyone)
        try:
            replies = await self._talk(notice, to)
        except TimeoutError:
            return Refused(f"no answer within {format_duration(options.timeout)}")
        except smtplib.SMTPRecipientsRefused as error:
            if to == everyone:
                return Refused(_refusals(error.recipients))
            return self._settled(notice, error.recipients)
        except (OSError, ValueError) as error:
            return Refused(self._explained(error))
        return self._settled(notice, replies)

    async def aclose(self) -> None:
        """Do nothing: between two notices nothing is open."""

    async def _talk(self, notice: Notice, to: tuple[str, ...]) -> Replies:
        options, sender = self._options, self._sender
        letter = write_letter(notice, self._name, sender, options.to, self._now())
        talk = Conversation(self._server)
        cut = asyncio.get_running_loop().call_later(options.timeout, talk.cut)
        try:
            return await asyncio.to_thread(talk.run, letter, sender.addr_spec, to)
        except asyncio.CancelledError:
            talk.cut()
            raise
        finally:
            cut.cancel()

    def _settled(self, notice: Notice, replies: Replies) -> Refused | None:
        """What becomes of those recipients who do not have it while others do."""
        later = {who: reply for who, reply in replies.items() if reply[0] in _TEMPORARY}
        for who in replies.keys() - later.keys():
            _log.warning("%s: refused for good: %s", self._name, _refusal(who, replies[who]))
        self._left = {notice.id: tuple(later)} if later else {}
        return Refused(_refusals(later), partly=True) if later else None

    def _explained(self, error: OSError | ValueError) -> str:
        where = f"{self._server.host}:{self._server.port}"
        match error:
            case smtplib.SMTPAuthenticationError():
                return f"{where}: the log-in was refused: {_reply(error)}"
            case smtplib.SMTPSenderRefused():
                return f"{where}: the sender {error.sender} was refused: {_reply(error)}"
            case smtplib.SMTPResponseException():
                return f"{where}: refused: {_reply(error)}"
            case smtplib.SMTPServerDisconnected():
                return f"{where}: the connection was closed"
            case smtplib.SMTPException() | ValueError():
                return f"{where}{said(str(error))}"
            case OSError():
                return f"{where}: {system_words(error)}"


def _reply(error: smtplib.SMTPResponseException) -> str:
    text = error.smtp_error
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return one_line(f"{error.smtp_code} {words}", 200)


def _refusals(replies: Replies) -> str:
    return "; ".join(_refusal(who, reply) for who, reply in sorted(replies.items())[:5])


def _refusal(who: str, reply: tuple[int, bytes]) -> str:
    code, words = reply
    return f"{who}: {code}{said(words.decode('utf-8', 'replace'))}"
