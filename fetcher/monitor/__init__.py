"""Keeps checking a list on schedule, remembers, and tells people when something breaks.

    schedule ─► engine ─► verdict ─► sight ─► core ─► store ─► outbox ─► channels
    (when is    (asks)    (judges)   (them    (what     (one      (what is   (webhook,
     whose                            or me?)  changed)  commit)   to be told) e-mail)
     turn)

Everything between the verdict and the store is pure and runs on a clock that is passed in. What is
known about a target, the incident that follows from it and the message about that are written in
one transaction; a message is sent only after it.
"""
