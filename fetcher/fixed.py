"""Names and name servers as the user gave them: `--resolve` and `--dns-server`."""

import ipaddress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FixedAddress:
    """`--resolve HOST:PORT:ADDRESS`; host and port may be `*`."""

    host: str
    port: str
    addresses: tuple[str, ...]

    @classmethod
    def parse(cls, rule: str) -> "FixedAddress":
        """Read a rule as curl writes it; several addresses are separated by commas.

        An IPv6 address may stand in brackets. Raises ValueError.
        """
        host, _, rest = rule.partition(":")
        port, _, text = rest.partition(":")
        if not host or not text or not (port == "*" or port.isdecimal()):
            raise ValueError(f"{rule!r} is not HOST:PORT:ADDRESS (HOST and PORT may be *)")
        addresses = tuple(_ip(address) for address in text.split(","))
        return cls(host.lower(), port, addresses)

    def covers(self, host: str, port: int) -> bool:
        """Whether the rule is about this host and port."""
        return self.host in ("*", host) and self.port in ("*", str(port))


def parse_name_server(text: str) -> str:
    """Read `ADDRESS` or `ADDRESS:PORT`, and return it as c-ares wants it.

    With a port, an IPv6 address stands in brackets. Raises ValueError.
    """
    host, colon, port = text.strip().rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not colon or (":" in host and not bracketed):
        host, port = text.strip(), "53"  # no port: the colons are an IPv6 address's own
    try:
        address = _ip(host)
        number = int(port) if port.isascii() and port.isdecimal() else 0
    except ValueError:
        number = 0
    if not 0 < number < 65536:
        raise ValueError(f"{text!r} is not a name server; write ADDRESS or ADDRESS:PORT")
    return f"[{address}]:{number}" if ":" in address else f"{address}:{number}"


def _ip(text: str) -> str:
    """An IP address in its usual form; raises ValueError."""
    text = text.strip()
    bracketed = text.startswith("[") and text.endswith("]")
    return str(ipaddress.ip_address(text[1:-1] if bracketed else text))
