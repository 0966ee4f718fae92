"""The one-time code of an officer's first sign-in: how long it lives, and what is kept of it."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from db.codes import plain_code

CODE_LIVES = timedelta(hours=24)


def code_hash(realm: str, nrp: str, code: str) -> str:
    """What is kept of a code; a code of 100 bits needs no slow hash."""
    text = f"loket officer code\0{realm}\0{nrp}\0{plain_code(code)}"
    return hashlib.sha256(text.encode()).hexdigest()
