"""Numbers as people write them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.extraction.fields.conversion import read_float, read_int


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12.0),
        (" 12.5 ", 12.5),
        ("12,5", 12.5),
        (".99", 0.99),
        ("$.99", 0.99),
        ("1.299,00 €", 1299.0),
        ("$1,299.00", 1299.0),
        ("US$ 1,299", 1299.0),
        ("1 299,00 zł", 1299.0),
        ("12\u202f990\xa0₽", 12990.0),
        ("CHF 1'299.95", 1299.95),
        ("₹12,34,567.50", 1234567.5),
        ("1.299.000", 1299000.0),
        ("1.299", 1.299),
        ("52.520", 52.52),
        ("1.299 €", 1299.0),
        ("EUR 1.299", 1299.0),
        ("1.299 Kč", 1299.0),
        ("0.125 €", 0.125),
        ("1,299", 1299.0),
        ("0,125", 0.125),
        ("1234,567", 1234.567),
        ("-5", -5.0),
        ("−5,5 °C", -5.5),
        ("-$20", -20.0),
        ("10-20", 10.0),
        ("A-5", 5.0),
        ("4.5 out of 5", 4.5),
        ("Was $20, now $10", 20.0),
        ("1e3", 1000.0),
        ("2.5E-1", 0.25),
        ("5'11\"", 5.0),
        ("12kg", 12.0),
        ("99%", 99.0),
        ("Rs.1,299", 1299.0),
        ("١٬٢٩٩٫٥", 1299.5),
        ("１２", 12.0),
    ],
)
def test_a_number_is_read_as_people_mean_it(text: str, number: float) -> None:
    """The first number counts, whatever its signs mean where it was written."""
    assert read_float(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "free",
        "12.11.2026",
        "1.2.3",
        "127.0.0.1",
        "1.2M views",
        "3k",
        "1e999",
        "1,2,3",
        "1.2,3.4",
    ],
)
def test_what_cannot_be_told_is_none(text: str) -> None:
    """A date, a version, a scaled number or an endless one is no number."""
    assert read_float(text) is None
    assert read_int(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("42 reviews", 42),
        ("1,299", 1299),
        ("1.299", 1299),
        ("12 990", 12990),
        ("12.00", 12),
        ("-3", -3),
        ("1e3", 1000),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", None),
        ("9" * 5000, None),
        ("4.7", None),
        (".5", None),
        ("1e-1", None),
    ],
)
def test_a_whole_number_is_read(text: str, number: int | None) -> None:
    """A part of one is no whole number, and one beyond 64 bits has no place."""
    assert read_int(text) == number


@given(st.integers(-(10**12), 10**12))
def test_whole_numbers_come_back(number: int) -> None:
    """However they are grouped."""
    for sign in ",. '\u202f":
        assert read_int(f"{number:,}".replace(",", sign)) == number


@given(st.integers(0, 10**11))
def test_prices_come_back(cents: int) -> None:
    """In the American way, the German and the French."""
    price = cents / 100
    american = f"{price:,.2f}"
    german = american.translate(str.maketrans(".,", ",."))
    assert read_float(f"${american}") == price
    assert read_float(f"{german} €") == price
    assert read_float(f"{german.replace('.', ' ')} EUR") == price


@given(st.text(alphabet="0123456789.,-+eE $€'kM \u0661", max_size=40) | st.text())
def test_any_text_is_a_finite_number_or_none(text: str) -> None:
    """Nothing is raised, and nothing is infinite."""
    number = read_float(text)
    assert number is None or math.isfinite(number)
    whole = read_int(text)
    assert whole is None or -(2**63) <= whole < 2**63
