"""Access control: who may read the page, who may change something, and what is always refused."""
