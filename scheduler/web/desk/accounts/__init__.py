"""The desk's screens about people: signing in, one's own account, everybody's."""
