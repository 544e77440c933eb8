"""What the demo shows besides: the mails that went."""
