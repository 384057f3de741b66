"""How the tables came about, step by step. Run by ``screening.store.schema``; a new step is a file in ``versions``."""
