"""What shows that it all took place, as files that prove themselves."""
