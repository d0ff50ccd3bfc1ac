"""Whether a request is meant for this page, and comes from it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]]*)(?::[0-9]*)?")


def is_loopback(host: str) -> bool:
    """Whether a host name or address, without a port, can only be this machine itself.

    Names below `localhost` never leave it (RFC 6761, section 6.3).
    """
    name = host.strip("[]").lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Origins:
    """Under which names the page may be asked for, and from where forms may come.

    listens_at: the host it is bound to. public_url: where others reach it, "" when not known.
    """

    listens_at: str
    public_url: str = ""

    def host_fits(self, host: str) -> bool:
        """Whether a Host header names this page.

        A page on loopback answers to names of loopback and to its public one, and to no other:
        a stranger's site whose name is made to point here would otherwise read it with the user's
        own browser (DNS rebinding).
        """
        if not is_loopback(self.listens_at):
            return True
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        public = urlsplit(self.public_url).hostname or ""
        return is_loopback(found[1]) or (public != "" and found[1].strip("[]").lower() == public)

    def own(self, headers: Mapping[str, str]) -> bool:
        """Whether a request that changes something comes from a page of ours, or from no page.

        By Sec-Fetch-Site (Fetch Metadata, W3C), which browsers send and pages cannot forge, and by
        Origin (RFC 6454, section 7), which older ones send too. Programs send neither.
        """
        if headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return False
        origin = headers.get("Origin")
        if origin is None:
            return True
        scheme, _, host = origin.lower().partition("://")
        public = urlsplit(self.public_url)
        if public.netloc and (scheme, host) == (public.scheme, public.netloc.lower()):
            return True
        # `null` comes from pages that have no origin. Which of the two schemes it is cannot be told
        # behind a proxy that speaks TLS for us.
        return scheme in ("http", "https") and host == headers.get("Host", "").lower()
