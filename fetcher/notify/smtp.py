"""One conversation with a mail server (RFC 5321), in a thread."""

import smtplib
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum

Replies = Mapping[str, tuple[int, bytes]]
"""What the server said of recipients, by their addresses."""


class Tls(StrEnum):
    """How a connection to a mail server is encrypted.

    starttls: from the first command on (RFC 3207). ssl: from the beginning (RFC 8314).
    """

    STARTTLS = "starttls"
    SSL = "ssl"
    NONE = "none"


PORTS = {Tls.STARTTLS: 587, Tls.SSL: 465, Tls.NONE: 25}
"""Where servers usually listen."""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server, and how to speak to it; timeout: of a single reply, in seconds."""

    host: str
    port: int
    tls: Tls
    context: ssl.SSLContext
    timeout: float
    user: str = ""
    password: str = ""


class Conversation:
    """Hands one e-mail to a server; `run` blocks, and `cut` ends it from another thread."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._smtp = (
            smtplib.SMTP_SSL(timeout=server.timeout, context=server.context)
            if server.tls is Tls.SSL
            else smtplib.SMTP(timeout=server.timeout)
        )
        # It takes the name that a certificate must hold for from its constructor alone, and with
        # that would connect at once, when nobody can cut it yet.
        self._smtp._host = server.host  # type: ignore[attr-defined]
        self._was_cut = False

    def run(self, letter: EmailMessage, sender: str, to: Sequence[str]) -> Replies:
        """Send the e-mail; return the refusals where others of `to` were accepted.

        Raises what smtplib raises: OSError, ValueError for what the server has not the extensions
        for; TimeoutError when it was cut.
        """
        try:
            return self._run(letter, sender, to)
        except (OSError, ValueError) as error:
            # A reply that does not come is a connection that was closed, to smtplib.
            if self._was_cut or isinstance(error.__context__, TimeoutError):
                raise TimeoutError from error
            raise
        finally:
            self._smtp.close()

    def cut(self) -> None:
        """End it wherever it is: each single reply may be slow, but not all of them together."""
        self._was_cut = True
        if (sock := self._smtp.sock) is not None:
            with suppress(OSError):
                # SSLSocket's own would change it under the other thread's hands.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def _run(self, letter: EmailMessage, sender: str, to: Sequence[str]) -> Replies:
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
        refused = smtp.sendmail(sender, to, letter.as_bytes())
        # The server has it: whatever happens to the farewell changes nothing.
        with suppress(OSError):
            smtp.quit()
        return refused
