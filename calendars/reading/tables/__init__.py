"""CSV files -> rows with their places: the sites, the posts."""
