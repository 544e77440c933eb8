"""What comes back by mail: where it lies, what it means, whom it proves."""
