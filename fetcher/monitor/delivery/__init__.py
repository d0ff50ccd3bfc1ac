"""How messages are delivered: what is sent when, what is retried, and when to give up.

queued messages ─► plan ─► compose ─► channel ─► settle ─► commit
                   (which  (text)     (sends)    (what      (before the channel
                   go now)                       became)     sends the next)
"""
