"""A campaign through a fault-making mail server while its workers are killed: what is promised, tried."""
