"""The demo: a small web site on loopback, to try everything offline."""
