"""Who came: the files of meeting programs, read."""
