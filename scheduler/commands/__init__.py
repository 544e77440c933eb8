"""The commands of `agenda`, by what they work on; scheduler/cli.py puts them together."""
