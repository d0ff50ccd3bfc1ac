"""Who may read the page, who may change something, and what never gets through."""
