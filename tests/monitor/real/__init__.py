"""The monitor as people run it: a process of its own, real sites, real receivers, real deaths."""
