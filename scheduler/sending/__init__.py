"""From a due row of the ledger to the mail server, and what came of it back into the ledger."""
