"""Revisions of the counter's store, oldest first."""
