"""Several counters with real stores, one real centre, and lines that fail between them."""
