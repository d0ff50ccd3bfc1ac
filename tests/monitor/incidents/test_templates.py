"""Words of one's own for messages."""

import pytest

from fetcher.monitor.incident import MessageKind
from fetcher.monitor.incidents import FIELDS, check_template, compose
from tests.monitor.incidents.making import NOW, changed, monitored, opened

SHOP = monitored("https://a.example/shop", name="Shop")


def test_a_template_takes_the_place_of_the_text() -> None:
    """Its own lines stay."""
    template = check_template("$name ${state}!\n\n$reason, for $duration; costs $$1\n")
    notice = compose(opened(changed(SHOP)), MessageKind.DOWN, NOW, template=template)
    assert notice.text == "Shop down!\n\nthe connection was refused, for 30 s; costs $1"
    assert notice.subject.startswith("DOWN: Shop")


def test_every_field_that_is_named_is_filled_in() -> None:
    """What the documentation promises is there."""
    template = check_template("\n".join([f"<{name}>${name}" for name in FIELDS]))
    incident = opened(changed(SHOP))
    text = compose(
        incident, MessageKind.DOWN, NOW, template=template, public_url="https://s.example"
    ).text
    assert "$" not in text
    assert f"<link>https://s.example/incidents/{incident.id}" in text
    assert "<count>1\n" in text
    assert "<url>https://a.example/shop\n" in text
    assert "<text>Shop is down, since " in text


@pytest.mark.parametrize(
    ("text", "wrong"), [("$nmae is down", r"\$nmae"), ("100 $ lost", r"write \$\$"), ("$", r"\$\$")]
)
def test_mistakes_are_found_when_it_is_read(text: str, wrong: str) -> None:
    """They are named, and so is what is known."""
    with pytest.raises(ValueError, match=wrong) as caught:
        check_template(text)
    assert all(f"${name}" in str(caught.value) for name in FIELDS)


def test_values_are_not_templates() -> None:
    """A page that says `$url` is shown as it is, on one line."""
    incident = opened(changed(SHOP, text="$url\r\nX: y"))
    notice = compose(incident, MessageKind.DOWN, NOW, template=check_template("$reason"))
    assert notice.text == "$url X: y"


def test_a_template_is_text_and_nothing_else() -> None:
    """It may come from a file with line ends of any kind, and with worse."""
    template = check_template("a\r\nb\x1b[1m\tc\x00")
    assert (
        compose(opened(changed(SHOP)), MessageKind.DOWN, NOW, template=template).text == "a\nb[1m c"
    )
