"""What a post does on pages of its own: signing up, answering, managing, leaving."""
