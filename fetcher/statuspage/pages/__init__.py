"""The pages that people see, one a file."""
