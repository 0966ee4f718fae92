"""Byte-level transports shared by adapters."""
