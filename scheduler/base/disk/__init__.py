"""Files and folders that people name, and what the system objects to."""
