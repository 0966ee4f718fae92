"""Addresses of services on this very PC; no other is taken.

A finger that is sent to a comparer must not leave the PC, so the rule is in the address itself:
127.0.0.1 (or `localhost`, which is taken for it and never looked up), plain HTTP, a port, a path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HOST = "127.0.0.1"
_HERE = re.compile(r"http://(?:127\.0\.0\.1|localhost):([0-9]{1,5})((?:/[A-Za-z0-9._~-]+)*)/?")


class NotHere(ValueError):
    """An address that isn't one of a service on this PC; never tells it."""

    def __init__(self) -> None:
        super().__init__("address")


@dataclass(frozen=True, slots=True)
class Here:
    """A service on this PC: its port, and the path that stands before all its own."""

    port: int
    path: str = ""

    @classmethod
    def of(cls, address: str) -> Here:
        """The service at an address such as `http://127.0.0.1:9099/biosdk-service`.

        Raises NotHere for another host, another scheme, a login, a query, or no port.
        """
        found = _HERE.fullmatch(address.strip())
        if found is None or not 0 < int(found[1]) < 65536:
            raise NotHere
        return cls(int(found[1]), found[2])
