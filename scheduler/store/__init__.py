"""The database: what was published, who is written to, what is owed, and how all of it is kept."""
