"""keep: the ground: words under keys, facts in Delta tables, a ledger of what was done."""
