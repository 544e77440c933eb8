"""One agenda's home: its database and keys, how it sends, what it shows. Several of these are several agendas."""
