"""Pages that are the same for everybody who asks for the same: rendered once, beside the server, and kept as bytes."""
