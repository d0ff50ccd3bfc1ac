"""Ways to tell people: webhook, e-mail, and whatever Apprise knows."""
