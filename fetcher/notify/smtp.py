"""One conversation with a mail server (RFC 5321), in a thread, and what its refusals mean."""

import smtplib
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum

from fetcher.network_errors import describe
from fetcher.text import after_colon, shorten

Replies = Mapping[str, tuple[int, bytes]]
"""The server's replies for recipients, by address."""

_TEMPORARY = range(400, 500)
"""Reply codes after which the same message may be accepted later (RFC 5321, section 4.2.1)."""
_SHOWN = 5


class Tls(StrEnum):
    """How a connection to a mail server is encrypted.

    starttls: after the greeting (RFC 3207). ssl: from the start (RFC 8314).
    """

    STARTTLS = "starttls"
    SSL = "ssl"
    NONE = "none"


PORTS = {Tls.STARTTLS: 587, Tls.SSL: 465, Tls.NONE: 25}
"""The usual port of each."""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and how to connect to it; timeout: of a single reply, in seconds."""

    host: str
    port: int
    tls: Tls
    context: ssl.SSLContext
    timeout: float
    user: str = ""
    password: str = ""


class Conversation:
    """Sends one e-mail to a server; `run` blocks, and `cut` ends it from another thread."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._smtp = (
            smtplib.SMTP_SSL(timeout=server.timeout, context=server.context)
            if server.tls is Tls.SSL
            else smtplib.SMTP(timeout=server.timeout)
        )
        # smtplib takes the host name to verify from the constructor alone, which would then connect
        # at once, before the conversation can be cut.
        self._smtp._host = server.host  # type: ignore[attr-defined]
        self._was_cut = False

    def run(self, message: EmailMessage, sender: str, to: Sequence[str]) -> Replies:
        """Send the e-mail; return the refusals where others of `to` were accepted.

        Raises what smtplib raises: OSError, and ValueError for extensions that the server lacks;
        TimeoutError if it was cut.
        """
        try:
            return self._run(message, sender, to)
        except (OSError, ValueError) as error:
            # smtplib reports a missing reply as a closed connection.
            if self._was_cut or isinstance(error.__context__, TimeoutError):
                raise TimeoutError from error
            raise
        finally:
            self._smtp.close()

    def cut(self) -> None:
        """End it at whatever point: each reply has a timeout, but all together have none."""
        self._was_cut = True
        if (sock := self._smtp.sock) is not None:
            with suppress(OSError):
                # SSLSocket.shutdown would change state that the other thread is using.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def _run(self, message: EmailMessage, sender: str, to: Sequence[str]) -> Replies:
        server, smtp = self._server, self._smtp
        code, greeting = smtp.connect(server.host, server.port)
        if self._was_cut:  # while there was nothing yet to shut down
            raise TimeoutError
        if code != 220:
            raise smtplib.SMTPConnectError(code, greeting)
        if server.tls is Tls.STARTTLS:
            smtp.starttls(context=server.context)
        if server.user:
            smtp.login(server.user, server.password)
        # Not send_message: that writes ">From" where a line begins with "From".
        refused = smtp.sendmail(sender, to, message.as_bytes())
        # The server has accepted it: a failing QUIT changes nothing.
        with suppress(OSError):
            smtp.quit()
        return refused


def is_temporary(reply: tuple[int, bytes]) -> bool:
    """Return True if the same message may be accepted later."""
    return reply[0] in _TEMPORARY


def explain_smtp(server: Server, error: OSError | ValueError) -> str:
    """Explain what `Conversation.run` raised, in plain words."""
    where = f"{server.host}:{server.port}"
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"{where}: login refused: {_reply_text(error)}"
        case smtplib.SMTPSenderRefused():
            return f"{where}: sender {error.sender} refused: {_reply_text(error)}"
        case smtplib.SMTPResponseException():
            return f"{where}: refused: {_reply_text(error)}"
        case smtplib.SMTPServerDisconnected():
            return f"{where}: the connection was closed"
        case smtplib.SMTPException() | ValueError():
            return f"{where}{after_colon(str(error))}"
        case OSError():
            return f"{where}: {describe(error)}"


def refusals_text(replies: Replies) -> str:
    """Return the first few refused recipients, each with the server's reply."""
    return "; ".join(refusal_text(who, reply) for who, reply in sorted(replies.items())[:_SHOWN])


def refusal_text(who: str, reply: tuple[int, bytes]) -> str:
    """Return a refused recipient with the server's reply."""
    code, text = reply
    return f"{who}: {code}{after_colon(text.decode('utf-8', 'replace'))}"


def _reply_text(error: smtplib.SMTPResponseException) -> str:
    text = error.smtp_error
    decoded = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return shorten(f"{error.smtp_code} {decoded}", 200)
