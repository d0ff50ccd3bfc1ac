"""Reports: what is written whole, when everything is known."""
