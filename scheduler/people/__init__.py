"""What people do that the ledger has to follow: answers, hand-overs, mail that comes in."""
