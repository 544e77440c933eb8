"""What everything else stands on: the clock, settings, keys, logs, addresses, where the shipped files are."""
