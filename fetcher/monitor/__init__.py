"""Monitors targets on a schedule, keeps their history, and sends alerts when something breaks.

    schedule ─► check ─► evaluator ─► state ─► incident ─► commit ─► delivery
    (what is    runner   (verdict;    tracker  manager     (one      (webhook,
     due)       (fetches  is it them  (what    (who is     trans-     e-mail,
                it)       or me?)     changed)  notified)  action)    Apprise)

`monitor.py` reads in this order. Everything between the verdict and the commit is pure, on a clock
that is passed in. What is known about a target, the incident that follows from it and the
messages about that are written in one transaction; a message is sent only after it.
"""
