"""Revisions of the centre's schema, oldest first."""
