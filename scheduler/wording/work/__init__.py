"""The work that was agreed as people read it, axis by axis."""
