"""`fetcher monitor`: keep watching, and what there is to know and to say meanwhile."""

COMMANDS = {
    "run": "Watch the targets of a configuration until it is told to stop.",
    "check-config": "Say whether a configuration is good, and what it comes to.",
    "status": "Show how the targets are, the worst first.",
    "history": "Show what is remembered of one target.",
    "incidents": "Show what was wrong, the latest first.",
    "ack": "Acknowledge an incident, so that nobody is reminded of it.",
    "silence": "Tell nobody of some targets for a while.",
    "unsilence": "End a silence.",
    "test-alert": "Send a test message through the channels, and say what became of it.",
    "export": "Write what is remembered to a file.",
    "backup": "Copy the database, also while the monitor runs.",
}
"""Each command, and what it does in one line."""

HOMES = {
    "ack": "order_commands",
    "silence": "order_commands",
    "unsilence": "order_commands",
    "backup": "database_access",
}
"""The modules of those commands that have none of their own."""


def monitor() -> None:
    """Watch URLs on schedule, remember, and tell people when one is down.

    Everything is in one TOML file, and remembered in one SQLite file. All commands but `run` work
    whether the monitor runs or not.

    fetcher monitor check-config -c config/monitor.toml

    fetcher monitor run -c config/monitor.toml
    """
