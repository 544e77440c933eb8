"""What would happen, publishing, taking back: the screens."""
