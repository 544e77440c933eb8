"""The administrator's files: reading them, and editing a copy with its comments kept."""
