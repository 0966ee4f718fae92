"""One-time codes as they are read out over a telephone: signs that no one mistakes for another."""

from __future__ import annotations

import secrets

CODE_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_GROUPS, CODE_GROUP = 5, 4
"""100 bits: nobody guesses it in the day that it lives, nor finds it again from its hash."""


def new_code() -> str:
    """A one-time code in groups."""
    groups = ("".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_GROUP)) for _ in range(5))
    return "-".join(groups)


def plain_code(typed: str) -> str:
    """A code as it was made, however it was typed."""
    signs = "".join(sign for sign in typed.upper() if sign in CODE_SIGNS)
    parts = [signs[at : at + CODE_GROUP] for at in range(0, len(signs), CODE_GROUP)]
    return "-".join(parts)
