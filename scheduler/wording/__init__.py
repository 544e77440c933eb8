"""What people read, whichever way it reaches them: one vocabulary for terminal, page and mail."""
