"""Who may use the desk: accounts, their roles and passwords, one-time links, sessions, waits after wrong passwords."""
