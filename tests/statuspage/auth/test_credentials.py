"""What opens the page, and what does not."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.statuspage.auth.credentials import Credentials

BOTH = Credentials("token", "ada", "p:w")


def basic(text: str) -> str:
    """An Authorization header of the scheme Basic."""
    return f"Basic {b64encode(text.encode()).decode()}"


@pytest.mark.parametrize(
    ("given", "fits"),
    [
        ("Bearer token", True),
        ("bearer  token ", True),
        (basic("ada:p:w"), True),
        (f"  {basic('ada:p:w')}", True),
        ("Bearer Token", False),
        ("Bearer ", False),
        ("Bearer token token", False),
        ("token", False),
        ("", False),
        (basic("ada:"), False),
        (basic("bob:p:w"), False),
        (basic("token:"), False),
        ("Basic token", False),
        ("Basic //8=", False),
        ("Digest token", False),
    ],
)
def test_what_a_header_opens(given: str, fits: bool) -> None:
    """Bearer goes with the token, Basic with name and password; a colon may be in the password."""
    assert BOTH.header_fits(given) == fits


@given(st.text(), st.text())
def test_nothing_opens_what_has_no_token(user: str, secret: str) -> None:
    """Where nothing is set, no text is right, the empty one neither."""
    for none in (Credentials(), Credentials("", "", "")):
        assert not none
        assert not none.token_fits(secret)
        assert not none.password_fits(user, secret)
        assert not none.header_fits(f"Bearer {secret}")


def test_a_password_needs_no_name() -> None:
    """With a password alone, the name is left empty."""
    assert Credentials(password="x").password_fits("", "x")
    assert not Credentials(password="x").password_fits("ada", "x")


@pytest.mark.parametrize(
    ("credentials", "schemes"),
    [
        (Credentials(), []),
        (Credentials("t"), ["Bearer"]),
        (Credentials(user="a", password="p"), ["Basic"]),
        (BOTH, ["Basic", "Bearer"]),
    ],
)
def test_challenges(credentials: Credentials, schemes: list[str]) -> None:
    """A refusal names the schemes that would do, and no other."""
    assert [one.split()[0] for one in credentials.challenges] == schemes


def test_secrets_are_not_shown() -> None:
    """What is logged of credentials has neither token nor password."""
    assert repr(BOTH) == "Credentials(user='ada')"
