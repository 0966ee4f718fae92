"""The chip: its files, the signature over them, and the profiles of different chips."""
