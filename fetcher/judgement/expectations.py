"""What is expected of one URL."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expectations:
    """What is expected of one URL's answer; what is None, empty or False is not asked.

    status: accepted statuses, as inclusive ranges. degraded_after, unhealthy_after: seconds, for
    the whole last attempt. final_url: where redirects must end. redirect_to: where the first
    redirect must lead. header, header_matches: name and wanted value or pattern. body_contains,
    body_not_contains, body_matches: text of the body. title, title_matches: of the page.
    json: conditions on values at JSONPaths (RFC 9535). unchanged: "body", or a CSS selector whose
    text must be the same as last time; hash: what it was then. certificate_days: how long the
    certificate must be valid still. tls_min, http_min: oldest version accepted. complete: whether
    the whole body is read, however long, to see that it is all there.
    """

    status: tuple[tuple[int, int], ...] = ((200, 299),)
    degraded_after: float | None = None
    unhealthy_after: float | None = None
    final_url: str | None = None
    redirect_to: str | None = None
    header: tuple[tuple[str, str], ...] = ()
    header_matches: tuple[tuple[str, "Pattern"], ...] = ()
    body_contains: tuple[str, ...] = ()
    body_not_contains: tuple[str, ...] = ()
    body_matches: tuple["Pattern", ...] = ()
    title: str | None = None
    title_matches: "Pattern | None" = None
    json: tuple["JsonCondition", ...] = ()
    unchanged: str | None = None
    hash: str | None = None
    certificate_days: int | None = None
    tls_min: str | None = None
    http_min: str | None = None
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression (RE2, which takes linear time whatever the text); compiled late."""

    text: str


@dataclass(frozen=True, slots=True)
class JsonCondition:
    """A comparison with the value at a path, such as `$.data.count >= 3`."""

    text: str


NOTHING_SPECIAL = Expectations()
