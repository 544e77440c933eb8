"""Reports to the commission that were closed: as they were, for good."""
