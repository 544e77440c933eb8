"""What is owed and what became of it: one row for each message."""
