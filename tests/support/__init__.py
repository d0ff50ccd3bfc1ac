"""Real servers on loopback for the tests: each module is one kind of server."""
