"""The real service on a simulated clock, with a server that keeps every mail."""
