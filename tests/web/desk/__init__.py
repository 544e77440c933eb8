"""The administrators' desk, screen by screen."""
