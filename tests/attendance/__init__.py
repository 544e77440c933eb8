"""Who came: attendance files of every form, read right, asked about or refused."""
