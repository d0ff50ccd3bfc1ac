"""What is read from a certificate, also from one that is not as it should be."""

import datetime
import ipaddress
from collections.abc import Sequence

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from fetcher.model import Certificate
from fetcher.text import clean
from fetcher.transport import certificates
from fetcher.transport.certificates import LONGEST, SMALL, read

KEY = ec.generate_private_key(ec.SECP256R1())
START = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
END = datetime.datetime(2026, 4, 2, tzinfo=datetime.UTC)


def name(**parts: str) -> x509.Name:
    """A name, of CN and O."""
    oids = {"CN": NameOID.COMMON_NAME, "O": NameOID.ORGANIZATION_NAME}
    return x509.Name([x509.NameAttribute(oids[key], text) for key, text in parts.items()])


def made(
    subject: x509.Name, issuer: x509.Name, names: Sequence[x509.GeneralName] | None = None
) -> bytes:
    """A certificate in DER, signed with its own key."""
    builder = x509.CertificateBuilder(issuer, subject, KEY.public_key(), 7, START, END)
    if names is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.DER)


def facts(der: bytes) -> Certificate:
    """What is read, which must be something."""
    found = read(der)
    assert found is not None
    return found


def test_a_certificate_says_whose_it_is_and_how_long() -> None:
    """Common names, host names and addresses, UTC seconds, and the usual fingerprint."""
    names = [
        x509.DNSName("a.test"),
        x509.DNSName("*.b.test"),
        x509.RFC822Name("somebody@a.test"),
        x509.IPAddress(ipaddress.ip_address("2001:db8::1")),
        x509.DNSName("a.test"),
    ]
    der = made(name(CN="a.test", O="A"), name(CN="R1", O="Issuers"), names)
    found = facts(der)
    assert found == Certificate(
        "a.test",
        "R1",
        ("a.test", "*.b.test", "2001:db8::1"),
        START.timestamp(),
        END.timestamp(),
        False,
        x509.load_der_x509_certificate(der).fingerprint(hashes.SHA256()).hex(),
    )


@pytest.mark.parametrize(
    ("subject", "called"),
    [
        (name(O="Some Company"), "Some Company"),
        (x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "NO")]), "C=NO"),
        (x509.Name([]), ""),
        (name(CN="red\x1b[31m\r\nline"), "red[31m line"),
        (name(CN="x" * 64), "x" * 64),
    ],
)
def test_a_name_for_people_is_what_there_is(subject: x509.Name, called: str) -> None:
    """Another part where there is no common name, and nothing that a terminal would obey."""
    found = facts(made(subject, name(CN="somebody")))
    assert found.subject == called


def test_names_are_bounded() -> None:
    """A name longer than a host can have is cut."""
    found = facts(made(name(CN="a"), name(CN="b"), [x509.DNSName("x" * 4_000)]))
    assert found.names == ("x" * LONGEST,)


@pytest.mark.parametrize(
    ("common", "names"), [("old.test", ("old.test",)), ("192.168.1.1", ()), ("::1", ())]
)
def test_without_alternative_names_a_host_is_found_in_the_common_name(
    common: str, names: tuple[str, ...]
) -> None:
    """As OpenSSL has it: a host name, never an address."""
    assert facts(made(name(CN=common), name(CN="x"))).names == names


def test_a_certificate_that_vouches_for_itself_is_self_signed() -> None:
    """The same name and its own key; the same name alone is not enough."""
    own = trustme.CA()
    assert facts(made(name(CN="a"), name(CN="a"))).self_signed
    assert not facts(made(name(CN="a"), name(CN="b"))).self_signed
    leaf = own.issue_cert("a.test").cert_chain_pems[0].bytes()
    assert not facts(x509.load_pem_x509_certificate(leaf).public_bytes(Encoding.DER)).self_signed
    root = x509.load_pem_x509_certificate(own.cert_pem.bytes())
    assert facts(root.public_bytes(Encoding.DER)).self_signed


GOOD = made(name(CN="a.test"), name(CN="R1"), [x509.DNSName("a.test")])


@given(st.binary(max_size=300))
def test_what_is_no_certificate_is_nothing(data: bytes) -> None:
    """Any bytes may come."""
    assert read(data) is None


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_damaged_certificate_never_raises(place: int, value: int) -> None:
    """Whichever byte is another one, the rest is read or it is nothing; no library warns."""
    found = read(GOOD[:place] + bytes([value]) + GOOD[place + 1 :])
    if found is not None:
        assert clean(found.subject) == found.subject
        assert all(clean(name) == name for name in found.names)


def test_a_certificate_is_read_once() -> None:
    """However many connections show it; a huge one is not remembered."""
    assert read(GOOD) is read(bytes(bytearray(GOOD)))
    huge = made(name(CN="a"), name(CN="b"), [x509.DNSName("x" * SMALL)])
    assert read(huge) == read(huge)
    assert read(huge) is not read(huge)
    assert certificates._remembered.cache_info().maxsize == certificates.REMEMBERED
