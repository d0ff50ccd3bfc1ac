"""A small web site on loopback, to try everything offline."""
