"""Who is told, and when: ledger, mail, web and command line around the pure core `calendars`."""
