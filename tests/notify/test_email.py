"""E-mail against a real mail server: what arrives, and what its replies mean."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fetcher.notify.channel import Notice, Refused, read_options
from fetcher.notify.email import Email, EmailOptions
from tests.notify.mailserver import PASSWORD, MailServer, mail_server
from tests.notify.receiving import DOWN, UP
from tests.support.raw import End, RawServer, Script
from tests.support.tls import Authority, TlsFault

NOW = datetime(2026, 11, 1, 12, 0, 0, tzinfo=UTC)
TO = ["a@example.org", "B Ö <b@example.org>", "c@example.org"]
EVERYONE = ["a@example.org", "b@example.org", "c@example.org"]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What the server thinks of connections that break is of no interest."""
    logger = logging.getLogger("asyncio")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(before)


def mail(port: int, **options: object) -> Email:
    """An e-mail channel on a stopped clock, in clear text unless a test says otherwise."""
    given = {
        "host": "127.0.0.1",
        "port": port,
        "from": "Fetcher <fetcher@monitor.example>",
        "to": TO,
        "tls": "none",
        **options,
    }
    return Email("mail", read_options(EmailOptions, given), NOW.timestamp)


async def refused(port: int, **options: object) -> Refused:
    """Why a notice did not arrive."""
    answer = await mail(port, **options).send(DOWN)
    assert answer is not None
    return answer


async def test_an_email_says_all_of_a_notice() -> None:
    """To all, in UTF-8, and says that a program wrote it (RFC 3834)."""
    notice = Notice("n1", "down", "DOWN: Café 日本 " + "x" * 90, "Über\n.\nFrom here\n日本\n")
    async with mail_server() as server:
        assert await mail(server.port).send(notice) is None
    (letter,) = server.letters
    assert server.recipients == [EVERYONE]
    assert letter["Subject"] == notice.subject
    assert letter["From"] == "Fetcher <fetcher@monitor.example>"
    assert letter["To"] == "a@example.org, B Ö <b@example.org>, c@example.org"
    assert letter["Date"].datetime == NOW
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["In-Reply-To"] is None
    assert letter.get_content().replace("\r\n", "\n") == notice.text
    assert max(map(len, server.raw[0][1].splitlines())) <= 998


@pytest.mark.parametrize(
    "subject",
    [
        "a\r\nBcc: x@example.org",
        "a\n\nbody",
        "a\rBcc: x",
        "a\x00\x1b[31m",
        "a\udc80",
        "a\u2028X: 1",
    ],
)
async def test_no_subject_makes_another_header(subject: str) -> None:
    """Line ends and control characters are gone from it."""
    notice = Notice("n\r\nX: 1", "down", subject, "t\udc80", {"incident": "i\r\nX: 1"})
    async with mail_server() as server:
        assert await mail(server.port).send(notice) is None
    (letter,) = server.letters
    assert server.recipients == [EVERYONE]
    assert letter["Bcc"] is None
    assert letter["X"] is None
    assert letter["Subject"].startswith("a")
    assert letter.get_content().startswith("t\ufffd")


async def test_what_is_told_of_one_incident_is_one_conversation() -> None:
    """Each has an id of its own, the same when it is sent again, and answers to the first."""
    reminder = Notice("i1-reminder-1-mail", "reminder", "Still", "t", {"incident": "i1"})
    other = Notice("i2-down-mail", "down", "DOWN: other", "t", {"incident": "i2"})
    test = Notice("test", "test", "Test", "t")
    sender = "f@" + "long." * 20 + "example"
    async with mail_server() as server:
        channel = mail(server.port, **{"from": sender})
        for notice in (DOWN, reminder, UP, UP, other, test):
            assert await channel.send(notice) is None
    down, reminded, up, again, another, tried = server.letters
    first = down["Message-ID"]
    assert first.endswith(f"@{sender[2:]}>")
    assert down["References"] is None
    for letter in (reminded, up, again):
        assert letter["In-Reply-To"] == letter["References"] == first
    assert up["Message-ID"] == again["Message-ID"]
    ids = {letter["Message-ID"] for letter in (down, reminded, up, another, tried)}
    assert len(ids) == 5
    assert another["References"] is None
    assert tried["References"] is None


@pytest.mark.parametrize("tls", ["starttls", "ssl"])
async def test_tls_is_verified(tls: str, tmp_path: Path) -> None:
    """By the file that the user names, and not at all only where the user says so."""
    authority = Authority.create(tmp_path)
    context = authority.server_context()
    contexts = {"starttls": context} if tls == "starttls" else {"tls": context}
    async with mail_server(**contexts) as server:
        answer = await refused(server.port, tls=tls)
        assert "certificate" in answer.error
        assert not server.raw
        trusting = mail(server.port, tls=tls, cacert=str(authority.ca_file))
        assert await trusting.send(DOWN) is None
        assert await mail(server.port, tls=tls, insecure=True).send(DOWN) is None
    assert len(server.raw) == 2


@pytest.mark.parametrize("tls", ["starttls", "ssl"])
async def test_a_certificate_for_others_is_refused(tls: str, tmp_path: Path) -> None:
    """A trusted one, of another host."""
    authority = Authority.create(tmp_path)
    context = authority.server_context(TlsFault.WRONG_HOST)
    contexts = {"starttls": context} if tls == "starttls" else {"tls": context}
    async with mail_server(**contexts) as server:
        answer = await refused(server.port, tls=tls, cacert=str(authority.ca_file))
    assert "certificate is not valid" in answer.error


async def test_a_password_is_never_sent_where_tls_was_asked_for_and_is_not_there() -> None:
    """A server, or someone between, that does not offer STARTTLS gets nothing."""
    async with mail_server(logins=True) as server:
        answer = await refused(server.port, tls="starttls", user="u", password=PASSWORD)
    assert "STARTTLS" in answer.error
    assert not server.logins


async def test_logging_in(tmp_path: Path) -> None:
    """With the right password only."""
    authority = Authority.create(tmp_path)
    tls = {"tls": "starttls", "cacert": str(authority.ca_file), "user": "u"}
    async with mail_server(starttls=authority.server_context(), logins=True) as server:
        assert await mail(server.port, **tls, password=PASSWORD).send(DOWN) is None
        answer = await refused(server.port, **tls, password="wrong")
    assert "login refused: 535" in answer.error
    assert "wrong" not in answer.error
    assert len(server.raw) == 1


async def test_when_all_recipients_are_refused_so_is_the_email() -> None:
    """With what the server says of each."""
    async with mail_server() as server:
        server.refusals = dict.fromkeys(EVERYONE, "550 no such\x1b user")
        answer = await refused(server.port)
    assert answer.error.startswith("a@example.org: 550: no such user; b@example.org: 550")
    assert not answer.partly


async def test_who_is_refused_for_good_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """It has arrived for the others, and to send it again would help nobody."""
    async with mail_server() as server:
        server.refusals = {"b@example.org": "550 no such user"}
        assert await mail(server.port).send(DOWN) is None
    assert server.recipients == [["a@example.org", "c@example.org"]]
    assert "mail: refused permanently: b@example.org: 550: no such user" in caplog.text


async def greylisted(server: MailServer, channel: Email) -> None:
    """Two of three recipients are refused for now."""
    server.refusals = {"b@example.org": "450 later", "c@example.org": "451 later"}
    answer = await channel.send(DOWN)
    assert answer is not None
    assert answer.partly
    assert answer.error == "b@example.org: 450: later; c@example.org: 451: later"


async def test_who_is_refused_for_now_gets_it_later_and_nobody_twice() -> None:
    """Sent again, it goes to those who are left (greylisting)."""
    async with mail_server() as server:
        channel = mail(server.port)
        await greylisted(server, channel)
        server.refusals = {"c@example.org": "451 later"}
        answer = await channel.send(DOWN)
        assert answer is not None
        assert answer.partly
        server.refusals = {}
        assert await channel.send(DOWN) is None
        assert await channel.send(UP) is None
    assert server.recipients == [
        ["a@example.org"],
        ["b@example.org"],
        ["c@example.org"],
        EVERYONE,
    ]


async def test_who_is_left_can_be_refused_for_now_once_more_and_then_for_good() -> None:
    """As long as one may still get it, it has not arrived."""
    async with mail_server() as server:
        channel = mail(server.port)
        await greylisted(server, channel)
        await greylisted(server, channel)
        server.refusals = {"b@example.org": "550 no", "c@example.org": "550 no"}
        assert await channel.send(DOWN) is None
    assert server.recipients == [["a@example.org"]]


@pytest.mark.parametrize("reply", ["452 disk full", "554 looks like spam"])
async def test_an_email_can_be_refused_after_all(reply: str) -> None:
    """In the server's words."""
    async with mail_server() as server:
        server.after_data = reply
        answer = await refused(server.port)
    assert answer.error == f"127.0.0.1:{server.port}: refused: {reply}"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (Script((), End.CLOSE, read_request=False), "the connection was closed"),
        (Script((b"220 hi\r\n",), End.CLOSE, read_request=False), "the connection was closed"),
        (Script((b"554 not you\r\n",), End.CLOSE, read_request=False), "refused: 554 not you"),
        (Script((b"HTTP/1.1 400\r\n",), End.CLOSE, read_request=False), "127.0.0.1:"),
    ],
)
async def test_servers_that_break_off(script: Script, words: str) -> None:
    """Nothing raises."""
    async with RawServer(default=script) as server:
        assert words in (await refused(server.port)).error


async def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    """Longer than the time limit."""
    silent = Script((), End.SILENT, read_request=False)
    async with RawServer(default=silent) as server:
        answer = await refused(server.port, timeout="200ms")
    assert answer.error == "no response within 200ms"


async def test_a_server_that_never_comes_to_the_end_is_cut_off() -> None:
    """Each reply in time, but their number without end."""
    drips = (b"220-wait\r\n", 0.05) * 2000
    async with RawServer(default=Script(drips, read_request=False)) as server:
        answer = await refused(server.port, timeout="300ms")
    assert answer.error == "no response within 300ms"


async def test_a_port_where_nobody_listens_is_a_refusal() -> None:
    """In the system's words."""
    async with RawServer() as server:
        port = server.port
    assert (await refused(port)).error == f"127.0.0.1:{port}: connection refused"


async def test_a_host_that_cannot_exist_is_a_refusal() -> None:
    """Even one that DNS cannot have."""
    answer = await mail(25, host="x" * 70 + ".test").send(DOWN)
    assert answer is not None
    assert answer.error.startswith("xxx")
