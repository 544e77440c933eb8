"""Who did what, when and why: one list for command line, desk, pages and service, which nobody can change unseen."""
