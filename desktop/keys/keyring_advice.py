"""What to install where the operating system has no keyring."""

from __future__ import annotations

import sys


def advice() -> str:
    """What gives this system a keyring."""
    if sys.platform == "win32":
        return "Windows Credential Manager (VaultSvc)"
    if sys.platform == "darwin":
        return "Keychain"
    return "gnome-keyring"
