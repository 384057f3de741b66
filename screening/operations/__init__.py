"""Floor 2: the verbs. Each takes a transaction and plain values, checks permission, writes and journals. No HTTP, no SQL."""
