"""The administrators' files, edited and saved."""
