"""Subcommands of main.py that need a window."""
