"""The JSON API: the content of the pages for programs."""
