"""What is done to a post from outside: it signs up, is handed over, its mail comes back."""
