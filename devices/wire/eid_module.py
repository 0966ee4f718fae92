"""The security module (SAM) as a card in a slot of its own, behind PC/SC.

A reader with a SAM slot shows it as a second reader. Its real commands are the authority's and not
public; those here are invented, and stand in this one file:

    80 20 activation          VERIFY: what the authority set for this counter, if it did
    80 84                     a session begins: the challenge for the card
    80 82 card's answer       the card is checked; the answer is the command that proves the module
    80 2A 84 80 command       a command wrapped for the card
    80 2A 80 84 answer        a card's answer, opened
"""

from __future__ import annotations

from devices.errors import AuthenticationFailed, EidModuleRefused
from devices.wire.apdu import Command, Transmit, exchange

VERIFY, CHALLENGE, PROVE, SECURE = 0x20, 0x84, 0x82, 0x2A
WRAP, UNWRAP = (0x84, 0x80), (0x80, 0x84)


class WiredModule:
    """A `SecurityModule` behind a transmit of its own."""

    def __init__(self, transmit: Transmit) -> None:
        self._transmit = transmit

    def activate(self, activation: bytes) -> None:
        """Open the module. Raises EidModuleRefused with the tries that are left."""
        try:
            exchange(self._transmit, Command(0x80, VERIFY, 0, 0, activation))
        except AuthenticationFailed as refused:
            raise EidModuleRefused(refused.attempts_left) from refused

    def challenge(self) -> bytes:
        """See `SecurityModule`. Raises EidModuleRefused where it isn't activated."""
        try:
            return exchange(self._transmit, Command(0x80, CHALLENGE, 0, 0, expected=8))
        except AuthenticationFailed as refused:
            raise EidModuleRefused(refused.attempts_left) from refused

    def prove(self, hello: bytes) -> bytes:
        """See `SecurityModule`."""
        return exchange(self._transmit, Command(0x80, PROVE, 0, 0, hello, expected=256))

    def wrap(self, command: bytes) -> bytes:
        """See `SecurityModule`."""
        return exchange(self._transmit, Command(0x80, SECURE, *WRAP, command, expected=256))

    def unwrap(self, answer: bytes) -> bytes:
        """See `SecurityModule`."""
        return exchange(self._transmit, Command(0x80, SECURE, *UNWRAP, answer, expected=256))
