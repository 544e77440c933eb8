"""A document in each of its formats."""
