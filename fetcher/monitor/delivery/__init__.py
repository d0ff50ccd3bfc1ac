"""How messages reach people: what is sent when, and again, and when to give up.

waiting messages ─► plan ─► compose ─► channel ─► settle ─► commit
                    (which  (words)    (sends)    (what      (before the channel's
                    go now)                       became)     next one starts)
"""
