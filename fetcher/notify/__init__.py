"""Notification channels: webhook, e-mail, and every service that Apprise supports."""
