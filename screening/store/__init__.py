"""Floor 1: tables, sealed values, the journal. No rules, no HTTP; knows what is kept, not why."""
