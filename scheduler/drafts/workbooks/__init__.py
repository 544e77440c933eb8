"""Workbooks (ECMA-376, .xlsx) in place of a table."""
