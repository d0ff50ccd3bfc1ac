"""Where rows go: CSV, JSON lines, or a table on a terminal."""
