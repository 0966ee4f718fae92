"""One file per kind of document an office issues; the SIM is the first."""
