"""How `--resolve` and `--dns-server` are written."""

import pytest

from fetcher.settings import FixedAddress, Settings, parse_name_server
from fetcher.transport.client import AiohttpTransport


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("Host.test:80:127.0.0.1", FixedAddress("host.test", "80", ("127.0.0.1",))),
        ("host.test:443:::1", FixedAddress("host.test", "443", ("::1",))),
        ("host.test:443:[2001:DB8::1]", FixedAddress("host.test", "443", ("2001:db8::1",))),
        ("*:*:10.0.0.1, [::1]", FixedAddress("*", "*", ("10.0.0.1", "::1"))),
    ],
)
def test_a_rule_is_read_as_curl_writes_it(rule: str, expected: FixedAddress) -> None:
    """Brackets are optional, several addresses stand in a row."""
    assert FixedAddress.parse(rule) == expected


@pytest.mark.parametrize(
    "rule",
    ["", "host", "host:80", "host:80:", "host:http:127.0.0.1", "host:80:other.test", ":80:::1"],
)
def test_anything_else_is_no_rule(rule: str) -> None:
    """Addresses are not looked up."""
    with pytest.raises(ValueError, match=r"HOST:PORT:ADDRESS|does not appear to be an IP"):
        FixedAddress.parse(rule)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1", "192.0.2.1:53"),
        (" 192.0.2.1:5353 ", "192.0.2.1:5353"),
        ("2001:db8::1", "[2001:db8::1]:53"),
        ("[2001:db8::1]", "[2001:db8::1]:53"),
        ("[2001:db8::1]:5353", "[2001:db8::1]:5353"),
        ("::1", "[::1]:53"),
    ],
)
def test_a_name_server_is_an_address_with_or_without_port(text: str, expected: str) -> None:
    """In the form that c-ares takes."""
    assert parse_name_server(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "dns.test", "dns.test:53", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:x",
     "[::1]:", "[::1", "1.2.3.4.5", "192.0.2.1,192.0.2.2", ":53", "192.0.2.1:-1"],
)  # fmt: skip
def test_anything_else_is_no_name_server(text: str) -> None:
    """The error names what was written and what is expected."""
    with pytest.raises(ValueError, match=r"is not a name server; use ADDRESS or ADDRESS:PORT"):
        parse_name_server(text)


@pytest.mark.parametrize("wrong", [{"dns_servers": ("nope",)}, {"resolve": ("a:1:nope",)}])
def test_bad_settings_are_refused_before_anything_is_fetched(wrong: dict[str, tuple[str]]) -> None:
    """When the transport is made, not at the first look-up."""
    with pytest.raises(ValueError, match="nope"):
        AiohttpTransport(Settings(**wrong))  # type: ignore[arg-type]
