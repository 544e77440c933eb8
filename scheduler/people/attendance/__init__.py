"""Who came to a session: files of the meeting program looked at and recorded, figures typed, held or not held."""
