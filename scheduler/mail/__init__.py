"""Mail: what a message says (compose), how it is written down (mime), and how it is handed to the relay (smtp)."""
