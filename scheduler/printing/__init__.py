"""A document as blocks, and the formats that it is printed in."""
