"""E-mails and jobs, queued in the transaction that causes them."""
