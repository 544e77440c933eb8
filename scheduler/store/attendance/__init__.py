"""Who came, by site: sessions, the files that were read, and each person of them as a keyed hash."""
