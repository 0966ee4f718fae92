"""Chip card readers: on the desk, or the chip station inside a card printer.

An adapter supplies presence and `transmit`; reading and writing the plain file is built on them
here, once for all.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from devices.device import Cancel, Deadline, Device
from devices.wire import apdu


class CardReader(Device):
    """A reader with at most one card on it.

    Every verb may raise the LinkFaults and CardMissing; those that talk to the chip also CardMute,
    ChipDead, WrongCard, AuthenticationFailed, ChipRefused.
    """

    @abstractmethod
    def card_present(self, *, timeout: float, cancel: Cancel = None) -> bool:
        """Whether a card lies there now."""

    @abstractmethod
    def wait_card(self, *, timeout: float, cancel: Cancel = None) -> bytes:
        """Wait for a card and power it up; its ATR. Raises CardMissing when none came in time."""

    @abstractmethod
    def transmit(self, command: bytes, *, timeout: float, cancel: Cancel = None) -> bytes:
        """One APDU there and back; an empty answer is a mute card and raises CardMute."""

    def uid(self, *, timeout: float, cancel: Cancel = None) -> bytes:
        """The card's unique identifier."""
        return apdu.uid(self._bounded(timeout, cancel))

    def write_file(self, data: bytes, *, timeout: float, cancel: Cancel = None) -> None:
        """Write the trivial profile's file. Raises ChipFull as well."""
        apdu.write_plain_file(self._bounded(timeout, cancel), data)

    def read_file(self, *, timeout: float, cancel: Cancel = None) -> bytes:
        """Read the trivial profile's file; empty where nothing whole was written."""
        return apdu.read_plain_file(self._bounded(timeout, cancel))

    def _bounded(self, timeout: float, cancel: Cancel) -> Callable[[bytes], bytes]:
        deadline = Deadline(timeout)
        return lambda command: self.transmit(command, timeout=deadline.left(), cancel=cancel)
