"""What is owed, to whom and when. Pure: values in, values out."""
