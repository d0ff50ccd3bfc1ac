"""What in a client's own output counts as naming a fault.

A row names a fault when it tells that fault from the others on the list: a status by its number, a
certificate by what is wrong with it. A row that looks like the row of a healthy host names nothing,
whatever final URL it shows. A fault that is missing in a client's table here is one that no row of
the client can tell; the reason stands above the table.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from check_faults import Fault

Row = Mapping[str, str]
Evidence = Mapping[str, re.Pattern[str]]


def says(**columns: str) -> Evidence:
    """Return what columns must hold, as patterns for the whole cell, in any case of letters."""
    return {name: re.compile(text, re.IGNORECASE | re.DOTALL) for name, text in columns.items()}


def holds(row: Row, evidence: Evidence) -> bool:
    """Whether a row says all of it."""
    return all(pattern.fullmatch(row.get(name, "")) for name, pattern in evidence.items())


@dataclass(frozen=True, slots=True)
class Naming:
    """How to read the rows of one client.

    sound: what the row of a healthy host says. names: what the row of a host with a fault must say.
    """

    sound: Evidence
    names: Mapping[Fault, Evidence]


@dataclass(frozen=True, slots=True)
class Score:
    """What a client found out.

    rows: URLs of the list with a row. named: how often each fault was named. noticed: hosts with a
    fault whose row is not that of a healthy one. false_alarms: healthy hosts that were not found
    so.
    """

    rows: int
    named: Mapping[Fault, int]
    noticed: int
    false_alarms: int

    @property
    def total(self) -> int:
        """How many faults were named, of all kinds."""
        return sum(self.named.values())


def score(planted: Mapping[str, Fault | None], rows: Iterable[Row], naming: Naming) -> Score:
    """Compare rows with what was planted, by URL."""
    by_url = {row["url"]: row for row in rows if row["url"] in planted}
    alarms = {url for url, row in by_url.items() if not holds(row, naming.sound)}
    named = Counter(
        fault
        for url, row in by_url.items()
        if (fault := planted[url]) in naming.names and holds(row, naming.names[fault])
    )
    false_alarms = sum(planted[url] is None for url in alarms)
    return Score(len(by_url), named, len(alarms) - false_alarms, false_alarms)


_STATUSES = {
    Fault.NOT_FOUND: "404",
    Fault.GONE: "410",
    Fault.SERVER_ERROR: "500",
    Fault.UNAVAILABLE: "503",
    Fault.TOO_MANY: "429",
    Fault.FORBIDDEN: "403",
}

FETCHER = Naming(
    says(health="healthy"),
    {
        Fault.NOT_FOUND: says(trouble="gone", status="404"),
        Fault.GONE: says(trouble="gone", status="410"),
        Fault.SERVER_ERROR: says(trouble="server_error", status="500"),
        Fault.UNAVAILABLE: says(trouble="server_error", status="503"),
        Fault.TOO_MANY: says(trouble="rate_limited", status="429"),
        Fault.FORBIDDEN: says(trouble="client_error", status="403"),
        Fault.BOT_PAGE: says(trouble="blocked"),
        Fault.LOOP: says(trouble="redirect", failure="redirect_loop"),
        Fault.TO_HOME: says(trouble="redirect", reason=".*home page.*"),
        Fault.SOFT_404: says(trouble="soft_404"),
        Fault.EXPIRED: says(trouble="tls", failure="tls_expired"),
        Fault.WRONG_NAME: says(trouble="tls", failure="tls_hostname_mismatch"),
        Fault.SELF_SIGNED: says(trouble="tls", failure="tls_self_signed"),
        Fault.REFUSED: says(trouble="connect", failure="connect_refused"),
        Fault.NO_NAME: says(trouble="dns", failure="dns_not_found"),
        Fault.SILENT: says(trouble="timeout"),
        Fault.RESET: says(trouble="content", failure="body_truncated"),
        Fault.SHORT: says(trouble="content", failure="body_truncated"),
        Fault.NOT_HTTP: says(trouble="protocol"),
    },
)

# Its exit codes (`man curl`, EXIT CODES), one for each transfer, with its words where a code has
# more than one meaning. A bot-protection page, a soft 404 and a redirect to the home page look like
# any 403 and any 200.
CURL = Naming(
    says(exitcode="0", http_code="2.."),
    {
        **{fault: says(exitcode="0", http_code=code) for fault, code in _STATUSES.items()},
        Fault.LOOP: says(exitcode="47"),
        Fault.EXPIRED: says(exitcode="60", errormsg=".*expired.*"),
        Fault.WRONG_NAME: says(exitcode="60", errormsg=".*name.*"),
        Fault.SELF_SIGNED: says(exitcode="60", errormsg=".*self.signed.*"),
        Fault.REFUSED: says(exitcode="7"),
        Fault.NO_NAME: says(exitcode="6"),
        Fault.SILENT: says(exitcode="28"),
        Fault.RESET: says(exitcode="18|56"),
        Fault.SHORT: says(exitcode="18"),
        Fault.NOT_HTTP: says(exitcode="1|8", errormsg=".*http.*"),
    },
)

# Its state SKIPPED for a 403 is what its other formats call "bot-protected". Whatever gives no
# answer has the status 0 and no word about it: the failure's details are printed as `{}` even with
# `--verbosity debug`. It asks with HEAD, to which a soft 404 and a cut body are sound; redirects
# are followed without a word.
LINKINATOR = Naming(
    says(state="OK"),
    {
        **{fault: says(state="BROKEN", status=code) for fault, code in _STATUSES.items()},
        Fault.BOT_PAGE: says(state="SKIPPED", status="403"),
    },
)

# `ssl` does not say which certificate fault, `connection-aborted` is what it calls all that is not
# HTTP and every connection that ends too early. A body that is cut is reported with its status and
# without an error.
MINET = Naming(
    says(fetch_error="", http_status="2.."),
    {
        **{fault: says(http_status=code) for fault, code in _STATUSES.items()},
        Fault.LOOP: says(fetch_error="(infinite|self|max)-redirects?"),
        Fault.REFUSED: says(fetch_error="connection-refused"),
        Fault.NO_NAME: says(fetch_error="unknown-host|name-or-service-not-known"),
        Fault.SILENT: says(fetch_error=".*timeout"),
        Fault.RESET: says(fetch_error="connection-(error|reset)|incomplete-read"),
        Fault.SHORT: says(fetch_error="connection-error|incomplete-read"),
    },
)
