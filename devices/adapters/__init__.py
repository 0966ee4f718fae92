"""One file per real device family."""
