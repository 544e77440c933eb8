"""Calendar feeds: public and private ones as bytes, and as files."""
