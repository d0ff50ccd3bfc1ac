"""A mail server on loopback that keeps what it gets, and can refuse."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

PASSWORD = "correct horse"


@dataclass(slots=True)
class MailServer:
    """What came in, and what is answered.

    raw: of each e-mail, the recipients it came for and its bytes. refusals: replies to recipients.
    after_data: the reply to an e-mail.
    """

    port: int = 0
    raw: list[tuple[list[str], bytes]] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    after_data: str = "250 OK"
    logins: list[str] = field(default_factory=list)

    @property
    def letters(self) -> list[EmailMessage]:
        """The e-mails, read as a mail client does."""
        read = [message_from_bytes(content, policy=default) for _, content in self.raw]
        return [letter for letter in read if isinstance(letter, EmailMessage)]

    @property
    def recipients(self) -> list[list[str]]:
        """For whom each e-mail came, by its envelope."""
        return [to for to, _ in self.raw]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept a recipient, or not."""
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take an e-mail."""
        assert isinstance(envelope.content, bytes)
        if self.after_data.startswith("250"):
            self.raw.append((list(envelope.rcpt_tos), envelope.content))
        return self.after_data

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        """Let in who knows the password."""
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


@asynccontextmanager
async def mail_server(
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    logins: bool = False,
) -> AsyncIterator[MailServer]:
    """Run one on a free port; it speaks clear text, or TLS from its beginning or on demand."""
    it = MailServer()
    connections: list[SMTP] = []
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)

    def connection() -> SMTP:
        made = SMTP(
            it,
            hostname="mail.test",
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=it.authenticate if logins else None,
            auth_required=logins and starttls is not None,
            auth_require_tls=starttls is not None,
        )
        connections.append(made)
        return made

    loop = asyncio.get_running_loop()
    server = await loop.create_server(connection, "127.0.0.1", 0, ssl=tls)
    it.port = server.sockets[0].getsockname()[1]
    try:
        yield it
    finally:
        server.close()
        for made in connections:
            if made.transport is not None:
                made.transport.abort()
        await server.wait_closed()
