"""Figures of this machine, each beside a peer that ran in the same minutes: `python -m bench`."""
