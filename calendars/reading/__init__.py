"""Reading what people write: the files of a configuration, and the values in them."""
