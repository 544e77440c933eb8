"""The administrators' desk: edit, see what would happen, publish, take back. By /desk/."""
