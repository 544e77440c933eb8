"""What every answer shares: bounds, deadlines, forms, bytes with validators."""
