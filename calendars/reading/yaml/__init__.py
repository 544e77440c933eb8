"""YAML files -> values with their places: the agenda and its parts, the joining links."""
