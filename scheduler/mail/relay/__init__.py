"""The way to the mail server: its address, the sign-in, the transaction, what its replies mean."""
