"""One file per subcommand of main.py that needs no window."""
