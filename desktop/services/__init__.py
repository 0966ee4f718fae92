"""The verbs of the counter: each act of an officer is one call here, in one transaction."""
