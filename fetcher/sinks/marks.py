"""What tells the healths apart where there is no colour."""

from fetcher.judgement.verdict import Health

MARKS = {
    Health.HEALTHY.value: "✓",
    Health.DEGRADED.value: "!",
    Health.UNHEALTHY.value: "✗",
    Health.UNKNOWN.value: "?",
}
"""One cell wide each, on every terminal."""
