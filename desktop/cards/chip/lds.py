"""The driving licence of ISO/IEC 18013-2 as a chip's profile: signed, and written for ever."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Protocol

from desktop.cards.chip import groups, orders, sod
from desktop.cards.chip.authority import DocumentSigner
from desktop.cards.chip.groups import ChipContents, ChipRecord
from desktop.cards.chip.said import ChipSaid, said_in
from desktop.cards.chip.tlv import ChipNotGenuine, ChipUnreadable, SignerRevoked
from desktop.domain.violations import NoRoomForRecords
from devices.card_reader import CardReader
from devices.device import Cancel, Deadline
from devices.wire import apdu, lds_chip, scp03

Gone = Callable[[bytes, datetime], tuple[datetime, str] | None]
"""Since when and by which order a document signer's certificate (DER) isn't believed, if so."""


def nobody(_certificate: bytes, _at: datetime) -> None:
    """No document signer was revoked."""


class CardKeys(Protocol):
    """The keys of cards, each its own; the master key stays where it is."""

    def keys_of(self, card: bytes) -> scp03.StaticKeys:
        """The keys of the card that names itself so in INITIALIZE UPDATE."""
        ...


class DerivedCardKeys:
    """Keys from a master key in memory: for training, from the profile's own secret."""

    __slots__ = ("_master",)

    def __init__(self, master: bytes) -> None:
        self._master = master

    def keys_of(self, card: bytes) -> scp03.StaticKeys:
        """See `CardKeys`."""
        return scp03.diversified(self._master, card)


@dataclass(frozen=True, slots=True)
class LdsProfile:
    """The driving licence of ISO/IEC 18013-2."""

    signer: DocumentSigner
    keys: CardKeys
    authorities: Sequence[bytes]
    challenge: Callable[[int], bytes]
    """Fresh unforeseeable bytes."""
    gone: Gone = nobody
    name: str = "licence"

    def build(self, told: bytes, record: Callable[[], ChipRecord]) -> bytes:
        """See `ChipProfile`; `told` is in the record."""
        return self.image(record())

    def image(self, record: ChipRecord) -> bytes:
        """The files of a licence, signed for the day of issue. Raises SignerRevoked."""
        files = groups.groups_of(record)
        at = datetime.combine(record.issued_on, time(), UTC)
        refuse_gone(self.gone, self.signer.certificate, at)
        signed = sod.build(files, self.signer, at)
        files = {groups.COM: groups.common(files), **files, groups.SOD: signed}
        return groups.image_of(files)

    def write(
        self, reader: CardReader, image: bytes, *, timeout: float, cancel: Cancel = None
    ) -> None:
        """See `ChipProfile`."""
        files = [
            lds_chip.ChipFile(number, content) for number, content in groups.files_in(image).items()
        ]
        transmit = _bounded(reader, timeout, cancel)
        challenge = self.challenge(scp03.CHALLENGE_BYTES)
        lds_chip.personalise(transmit, files, self.keys.keys_of, challenge)

    def read(self, reader: CardReader, *, timeout: float, cancel: Cancel = None) -> bytes:
        """See `ChipProfile`."""
        return self.anybody.read(reader, timeout=timeout, cancel=cancel)

    def verify(self, image: bytes) -> None:
        """See `ChipProfile`."""
        proven(image, self.authorities, self.gone)

    def told(self, image: bytes) -> bytes:
        """See `ChipProfile`."""
        return self.anybody.told(image)

    def said(self, image: bytes) -> ChipSaid:
        """See `ChipProfile`."""
        return self.anybody.said(image)

    def read_records(self, reader: CardReader, *, timeout: float, cancel: Cancel = None) -> bytes:
        """See `ChipProfile`."""
        return self.anybody.read_records(reader, timeout=timeout, cancel=cancel)

    def write_records(
        self, reader: CardReader, order: bytes, *, timeout: float, cancel: Cancel = None
    ) -> None:
        """See `ChipProfile`; a tear before the end leaves the list that was there."""
        transmit = _bounded(reader, timeout, cancel)
        challenge = self.challenge(scp03.CHALLENGE_BYTES)
        lds_chip.write_records(transmit, orders.as_records(order), self.keys.keys_of, challenge)

    @property
    def anybody(self) -> LdsReading:
        """What can be done with such a chip without its keys."""
        return LdsReading(self.authorities, self.gone)


@dataclass(frozen=True, slots=True)
class LdsReading:
    """The same licence for whoever only reads and proves it: no key is needed for that."""

    authorities: Sequence[bytes]
    gone: Gone = nobody
    name: str = "licence"

    def build(self, told: bytes, record: Callable[[], ChipRecord]) -> bytes:
        """Nothing can be made without a document signer's key."""
        raise NotImplementedError

    def write(
        self, reader: CardReader, image: bytes, *, timeout: float, cancel: Cancel = None
    ) -> None:
        """Nothing can be written without the card's keys."""
        raise NotImplementedError

    def read(self, reader: CardReader, *, timeout: float, cancel: Cancel = None) -> bytes:
        """See `ChipProfile`."""
        transmit = _bounded(reader, timeout, cancel)
        if lds_chip.select(transmit).state is not lds_chip.ChipState.LOCKED:
            return b""
        com = lds_chip.read_file(transmit, groups.COM)
        files = {groups.COM: com}
        for number in (*groups.listed(com), groups.SOD):
            files[number] = lds_chip.read_file(transmit, number)
        return groups.image_of(files)

    def verify(self, image: bytes) -> None:
        """See `ChipProfile`."""
        proven(image, self.authorities, self.gone)

    def told(self, image: bytes) -> bytes:
        """See `ChipProfile`."""
        return groups.contents(groups.files_in(image)).domestic if image else b""

    def said(self, image: bytes) -> ChipSaid:
        """See `ChipProfile`; DG1 and DG11 must tell the same of number, class and serial."""
        held = groups.contents(groups.files_in(image))
        said = said_in(held.domestic, held.portrait)
        first = (held.number, held.licence_class, held.serial, held.valid_until)
        if first != (said.number, said.licence_class, said.serial, said.valid_until):
            raise ChipNotGenuine("DG11")
        return said

    def read_records(self, reader: CardReader, *, timeout: float, cancel: Cancel = None) -> bytes:
        """See `ChipProfile`."""
        file = lds_chip.read_records(_bounded(reader, timeout, cancel))
        return orders.from_records(file) if file else b""

    def write_records(
        self, reader: CardReader, order: bytes, *, timeout: float, cancel: Cancel = None
    ) -> None:
        """Nothing can be written without the card's keys."""
        raise NoRoomForRecords


def proven(image: bytes, authorities: Sequence[bytes], gone: Gone = nobody) -> ChipContents:
    """What a chip says, once everything on it is proven.

    Raises ChipUnreadable, ChipNotGenuine, and SignerRevoked where only the signer isn't believed
    any more.
    """
    files = groups.files_in(image)
    if groups.COM not in files or groups.SOD not in files:
        raise ChipUnreadable("EF.SOD" if groups.COM in files else "EF.COM")
    signed = sod.verify(files[groups.SOD], authorities)
    held = {number: file for number, file in files.items() if number in groups.GROUPS}
    if groups.listed(files[groups.COM]) != list(held) or set(signed.digests) != set(held):
        raise ChipNotGenuine("EF.COM")
    for number, file in held.items():
        if sod.digest(file) != signed.digests[number]:
            raise ChipNotGenuine(f"DG{number}")
    refuse_gone(gone, signed.certificate, signed.signed_at)
    return groups.contents(held)


def refuse_gone(gone: Gone, certificate: bytes, at: datetime) -> None:
    """Raises SignerRevoked for a document signer that signs nothing any more."""
    told = gone(certificate, at)
    if told is not None:
        raise SignerRevoked("DS", *told)


def _bounded(reader: CardReader, timeout: float, cancel: Cancel) -> apdu.Transmit:
    deadline = Deadline(timeout)
    return lambda command: reader.transmit(command, timeout=deadline.left(), cancel=cancel)
