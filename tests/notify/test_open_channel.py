"""Channels from their options: every mistake is found when they are read."""

import sys
from pathlib import Path

import pytest

from fetcher.notify.open_channel import open_channel

HOOK = {"url": "https://example.org/hook"}
MAIL = {"host": "mail.example.org", "from": "fetcher@example.org", "to": ["a@example.org"]}


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("webhook", HOOK),
        ("webhook", {**HOOK, "method": "PUT", "headers": {"X-A": "1"}, "timeout": "5s"}),
        ("webhook", {**HOOK, "template": '{"text": "$subject", "price": "$$"}', "secret": "x"}),
        ("email", MAIL),
        ("email", {**MAIL, "to": ["A <a@example.org>"], "port": 25, "tls": "none"}),
        ("email", {**MAIL, "user": "u", "password": "p", "tls": "ssl", "timeout": 5}),
    ],
)
def test_what_is_right_opens(kind: str, options: dict[str, object]) -> None:
    """Nothing is connected: none of these hosts exists."""
    assert open_channel("ops", kind, options).name == "ops"


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        ("pigeon", {}, "unknown channel type 'pigeon'; expected webhook, email, apprise"),
        ("webhook", {}, "url: missing"),
        ("webhook", {"url": ""}, "url: "),
        ("webhook", {"url": "example.org/hook"}, "url: "),
        ("webhook", {"url": "ftp://example.org/"}, "url: "),
        ("webhook", {"url": "https://exa mple.org/"}, "url: "),
        ("webhook", {"url": "https://example.org:99999/"}, "url: "),
        ("webhook", {"url": 7}, "url: expected text"),
        ("webhook", {**HOOK, "uri": "x"}, "uri: unknown option; expected one of url, "),
        ("webhook", {**HOOK, "method": "GET"}, "method: 'GET' is not POST or PUT"),
        ("webhook", {**HOOK, "timeout": "soon"}, "timeout: 'soon' is not a duration"),
        ("webhook", {**HOOK, "timeout": 0}, "timeout: "),
        ("webhook", {**HOOK, "headers": {"X A": "1"}}, "headers: 'X A: 1' is not a header"),
        ("webhook", {**HOOK, "headers": {"X-A": "1\r\nB: 2"}}, "headers: "),
        ("webhook", {**HOOK, "headers": {"Content-Length": "1"}}, "headers: Content-Length"),
        ("webhook", {**HOOK, "template": "{$subject}"}, "template: not valid JSON once filled in"),
        ("webhook", {**HOOK, "template": '{"a": "$data"}'}, "template: not valid JSON"),
        ("webhook", {**HOOK, "template": '"$topic"'}, "template: unknown name $topic; expected"),
        ("webhook", {**HOOK, "template": '"5 $"'}, "template: write $$ for a $"),
        ("webhook", {**HOOK, "insecure": "perhaps"}, "insecure: "),
        ("webhook", {**HOOK, "cacert": "/nowhere.pem"}, "cacert: cannot use /nowhere.pem"),
        ("email", {**MAIL, "from": None}, "from: "),
        ("email", {"host": "h", "to": ["a@example.org"]}, "from: missing"),
        ("email", {**MAIL, "to": []}, "to: missing"),
        ("email", {**MAIL, "to": ["nobody"]}, "to: 'nobody' is not an e-mail address"),
        ("email", {**MAIL, "to": ["a@b\r\nBcc: c@d"]}, "to: "),
        ("email", {**MAIL, "to": ["a@b, c@d"]}, "to: "),
        ("email", {**MAIL, "to": ["ä@example.org"]}, "to: "),
        ("email", {**MAIL, "from": "<@b>"}, "from: "),
        ("email", {**MAIL, "host": " "}, "host: missing"),
        ("email", {**MAIL, "port": 0}, "port: '0' is not a port"),
        ("email", {**MAIL, "port": 65536}, "port: "),
        ("email", {**MAIL, "tls": "maybe"}, "tls: 'maybe' is not one of starttls, ssl, none"),
        ("email", {**MAIL, "user": "u"}, "user: set user and password together"),
        ("email", {**MAIL, "sender": "a@b"}, "sender: unknown option"),
    ],
)
def test_what_is_wrong_is_said_by_name(kind: str, options: dict[str, object], words: str) -> None:
    """The message begins with the option."""
    with pytest.raises(ValueError, match=r".") as caught:
        open_channel("ops", kind, options)
    assert str(caught.value).startswith(words) or words in str(caught.value).partition(":")[0]


def test_a_url_that_is_wrong_is_not_shown_whole() -> None:
    """For many services it is as good as a password."""
    with pytest.raises(ValueError, match="hooks") as caught:
        open_channel("ops", "webhook", {"url": "https://u:pw@hooks.test:0/T0K3N?x=S3CR3T"})
    assert not {"pw", "T0K3N", "S3CR3T"} & set(str(caught.value).replace("/", " ").split())
    assert "T0K3N" not in str(caught.value)


def test_certificates_can_come_from_a_file_that_holds_none(tmp_path: Path) -> None:
    """That is found at once, too."""
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    with pytest.raises(ValueError, match="cacert: "):
        open_channel("ops", "email", {**MAIL, "cacert": str(empty)})


def test_without_apprise_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ValueError, match=r"pip install apprise"):
        open_channel("ops", "apprise", {"urls": ["json://127.0.0.1/"]})
