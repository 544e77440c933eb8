"""The report to the commission: its figures from the ledger, its sentences, and closing one."""
