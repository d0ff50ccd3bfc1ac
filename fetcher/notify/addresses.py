"""E-mail addresses, as people write them."""

import re
from email.headerregistry import Address
from email.utils import getaddresses

# Far less than RFC 5322 allows and more than anyone has; a mail server knows the rest.
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+")


def parse_address(text: str) -> Address:
    """Read `name@example.org` or `Some Name <name@example.org>`; raises ValueError.

    Only the name may be of other letters than ASCII: few servers know SMTPUTF8 (RFC 6531).
    """
    found = getaddresses([text])
    name, address = found[0] if len(found) == 1 else ("", "")
    if not (_ADDRESS.fullmatch(address) and address.isascii() and text.isprintable()):
        raise ValueError(f"{text!r} is not an e-mail address; write name@example.org")
    try:
        return Address(name, addr_spec=address)
    except (ValueError, IndexError) as error:
        raise ValueError(f"{text!r} is not an e-mail address: {error}") from None
