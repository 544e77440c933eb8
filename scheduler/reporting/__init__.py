"""The ledger as figures: for people, for machines, and for whoever runs it."""
