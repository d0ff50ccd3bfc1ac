"""What comes by a real webhook and a real mail server, and what they answer."""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

HOOK, MAIL, HESITANT = "hook", "mail", "hesitant"


@dataclass(frozen=True, slots=True)
class Word:
    """One message as it came in; id: by which a receiver knows it when it comes again.

    life: of the monitor that sent it. at: seconds on the monotonic clock. answers: the id of what
    an e-mail answers to.
    """

    channel: str
    id: str
    kind: str
    incident: str
    subject: str
    text: str
    life: int
    at: float
    answers: str = ""


Answer = Callable[[Word], float | None]
"""None accepts a message; a number refuses it, with that many seconds of Retry-After."""


@dataclass(slots=True)
class Ear:
    """Where messages come in; url: of the webhook, which has a path for each channel.

    heard: those that were taken, in their order; refused: the others. life: says which life of the
    monitor it is now. answer: decides what happens to a message.
    """

    url: str = ""
    mail_port: int = 0
    heard: list[Word] = field(default_factory=list)
    refused: list[Word] = field(default_factory=list)
    life: Callable[[], int] = lambda: 0
    answer: Answer = lambda word: None

    def of(self, channel: str, kind: str = "", incident: str = "") -> list[Word]:
        """The messages of a channel, of one kind, about one incident."""
        return [
            word
            for word in self.heard
            if word.channel == channel
            and kind in ("", word.kind)
            and incident in ("", word.incident)
        ]

    def take(self, word: Word) -> float | None:
        """Take a message, or refuse it."""
        asked = self.answer(word)
        (self.heard if asked is None else self.refused).append(word)
        return asked

    async def handle(self, request: web.Request) -> web.Response:
        """Answer a webhook."""
        told = await request.json()
        word = Word(
            request.path.strip("/"),
            request.headers["Idempotency-Key"],
            told["kind"],
            told["data"].get("incident", ""),
            told["subject"],
            told["text"],
            self.life(),
            time.monotonic(),
        )
        asked = self.take(word)
        if asked is None:
            return web.Response(status=204)
        return web.Response(status=503, headers={"Retry-After": f"{asked:.0f}"})

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Answer an e-mail."""
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        return "250 OK" if self.take(self._read(letter)) is None else "451 Not now"

    def _read(self, letter: EmailMessage) -> Word:
        # Where the whole line is folded, Python's reader leaves the space that it was folded at.
        subject, text = str(letter["Subject"]).lstrip(), letter.get_content().replace("\r\n", "\n")
        found = re.search(r"^Incident: (\S+)$", text, re.MULTILINE)
        return Word(
            MAIL,
            letter["Message-ID"],
            _kind(subject),
            found[1] if found else "",
            subject,
            text,
            self.life(),
            time.monotonic(),
            letter["In-Reply-To"] or "",
        )


def _kind(subject: str) -> str:
    """What an e-mail is about: only its words for people differ."""
    kinds = {"UP": "up", "DOWN": "down", "WAS": "down", "DEGRADED": "down", "STILL": "reminder"}
    first = re.match(r"\[Status\] (\w+)", subject)
    return kinds.get(first[1], "other") if first else "other"


@asynccontextmanager
async def listening() -> AsyncIterator[Ear]:
    """Run a webhook and a mail server on free ports."""
    ear, mails = Ear(), list[SMTP]()
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    app = web.Application()
    app.router.add_post("/{channel}", ear.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ear.url = f"http://127.0.0.1:{runner.addresses[0][1]}"

    def conversation() -> SMTP:
        mails.append(SMTP(ear, hostname="mail.test"))
        return mails[-1]

    server = await asyncio.get_running_loop().create_server(conversation, "127.0.0.1", 0)
    ear.mail_port = server.sockets[0].getsockname()[1]
    try:
        yield ear
    finally:
        server.close()
        for mail in mails:
            if mail.transport is not None:
                mail.transport.close()
        await server.wait_closed()
        await runner.cleanup()
