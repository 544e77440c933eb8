"""Feeds, pages and health, put together in `app`."""
