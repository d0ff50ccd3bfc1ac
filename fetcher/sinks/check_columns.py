"""The columns of a check: those of every job, and what its verdicts say."""

import time
from collections.abc import Callable, Mapping

from fetcher.sinks import judged
from fetcher.sinks.column import Column, count, text, word
from fetcher.sinks.columns import COLUMNS

_FIRST = ("index", "source", "url")


def check_columns(now: Callable[[], float] = time.time) -> dict[str, Column]:
    """Make every column that a check can write, by name, in the order in which they are listed.

    now: the wall clock, seconds since the epoch; a certificate's days left count from it.
    """
    certificate = judged.certificate
    verdict = (
        word("health", "healthy, degraded, unhealthy or unknown", judged.health, 11),
        word("trouble", "kind of the gravest trouble, such as gone, dns, tls", judged.trouble, 12),
        text("reason", "what is wrong: expected, and found; empty when nothing", judged.reason),
        word("flaky", "what it came to at first, where it passed later", judged.flaky, 21),
    )
    facts = (
        word("tls_version", "TLS version of the last connection", judged.tls_version, 0),
        text("cert_subject", "whom the certificate names", certificate(lambda c: c.subject), 24),
        text("cert_issuer", "who issued it", certificate(lambda c: c.issuer), 24),
        text("cert_names", "hosts it is for", certificate(lambda c: ", ".join(c.names)), 24),
        count(
            "cert_days_left",
            "how long it is valid still; negative when it has expired",
            certificate(judged.days_left(now)),
            "days",
        ),
        word("cert_expires", "when it ends, ISO 8601 UTC", certificate(judged.expires), 20),
        word("cert_fingerprint", "SHA-256 of it", certificate(lambda c: c.fingerprint), 64),
        word("hash", "of what must be unchanged", judged.body_hash, 16),
    )
    status = count("status", "HTTP status, of an answer that was cut too", judged.status_seen)
    common = {**COLUMNS, "status": status}
    listed = [*(common.pop(name) for name in _FIRST), *verdict, *common.values(), *facts]
    return {column.name: column for column in listed}


CHECK_COLUMNS: Mapping[str, Column] = check_columns()
"""Every column that a check can write, by the clock of this machine."""
