"""Where rows go: CSV, JSON lines, a table on a terminal, or a report."""
