"""Tables and SQL of the counter's store; no rules: what is legal comes in as data."""
