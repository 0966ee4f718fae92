"""Start Loket: parse arguments, open the desk, run the window or one command."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    sys.exit(0)
