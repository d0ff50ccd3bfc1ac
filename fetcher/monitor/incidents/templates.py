"""Words of one's own for messages."""

from string import Template

from fetcher.monitor.incidents.facts import Facts
from fetcher.sinks.clean import clean

FIELDS = {
    "subject": "the subject line",
    "text": "the text as it would be without a template",
    "kind": "why it is sent: down, up, reminder, escalation, notice",
    "state": "the condition: degraded, down",
    "name": "what it is about: the target, or how many",
    "url": "the target's URL, empty when there are several",
    "reason": "what was found",
    "cause": "what is likely behind it",
    "since": "when it began",
    "until": "when it was over, empty while it lasts",
    "duration": "how long it has lasted",
    "count": "how many targets it concerns",
    "link": "the incident's page",
    "incident": "the incident's id",
}
"""What a template can name, and what that stands for."""


def check_template(text: str) -> Template:
    """Read a template with `$name` or `${name}` fields; `$$` is a dollar sign (string.Template).

    Raises ValueError that says what is wrong, and names what is known.
    """
    template = Template(text)
    if not template.is_valid():
        raise ValueError(f"there is a $ without a name; write $$ for a dollar sign; {_known()}")
    unknown = [f"${name}" for name in template.get_identifiers() if name not in FIELDS]
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}; {_known()}")
    return template


def filled(template: Template, facts: Facts, subject: str, text: str) -> str:
    """Fill a template in; what it does not know stays as it stands.

    Its own line breaks stay, all else that could break a line goes.
    """
    values = {
        "subject": subject,
        "text": text,
        "kind": facts.kind.value,
        "state": facts.state,
        "name": facts.name,
        "url": facts.url,
        "reason": facts.reason,
        "cause": facts.cause,
        "since": facts.since,
        "until": facts.until,
        "duration": facts.duration,
        "count": str(facts.count),
        "link": facts.link,
        "incident": facts.incident.id,
    }
    return "\n".join([clean(line) for line in template.safe_substitute(values).splitlines()])


def _known() -> str:
    return "known are " + ", ".join([f"${name}" for name in FIELDS])
