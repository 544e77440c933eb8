"""What happens and when: a pure core without clock, file, socket or database."""
