"""A KTP-el reader over PC/SC: the card in one slot, the authority's security module in another.

Without a module (`sam_reader` empty) the chip tells nothing but that it answers: a card that
doesn't is unreadable (clean it, try again), one that does asks for the module that isn't there
(EidModuleMissing), and the officer enters the data by hand. With one, module and card prove
themselves to each other, and biodata, photo, signature and the fingers' points are read through
their channel. The finger is compared by a sensor beside this reader, not by it.

Options are those of `pcsc_reader`, and `sam_reader`, a part of the name of the module's slot;
`sam_file`, a file with the module's activation, if the authority set one: it is read at each
reading and kept nowhere. Nothing that goes to the module or comes from it is ever recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from devices.adapters.options import PCSC_EID
from devices.adapters.pcsc_reader import OnPcsc, line_of
from devices.device import Cancel, Deadline, DeviceKind
from devices.eid_reader import EidCard, EidReader, EidSex
from devices.errors import (
    AuthenticationFailed,
    CardMissing,
    CardMute,
    ChipDead,
    ChipRefused,
    EidModuleMissing,
    EidModuleRefused,
    EidNotGenuine,
    EidUnreadable,
    Garbage,
    NotConnected,
    WrongCard,
)
from devices.wire import eid_chip
from devices.wire.eid_chip import EidFiles
from devices.wire.eid_module import WiredModule
from devices.wire.pcsc import PcscLine

if TYPE_CHECKING:
    from devices.catalog import Place

MODULE_SECONDS = 5.0


class PcscEidReader(OnPcsc, EidReader):
    """A reader for the KTP-el that the PC's smart card service knows."""

    OPTIONS = PCSC_EID
    _kind = DeviceKind.EID_READER

    def __init__(
        self,
        name: str,
        line: PcscLine,
        pattern: str = "",
        module: PcscLine | None = None,
        activation: Callable[[], bytes] = bytes,
    ) -> None:
        super().__init__(name, line, pattern)
        self._module = module
        self._activation = activation

    def close(self) -> None:
        super().close()
        if self._module is not None:
            self._module.close()

    def read(self, *, timeout: float, cancel: Cancel = None) -> EidCard:
        """Wait for a card and read it; the finger is left to a sensor.

        Raises also EidModuleMissing, EidModuleRefused, EidNotGenuine.
        """
        deadline = Deadline(timeout)
        try:
            self._line.wait(timeout=timeout, cancel=cancel)
        except (CardMute, ChipDead, Garbage) as fault:
            raise EidUnreadable from fault
        line = self._module
        if line is None:
            raise EidModuleMissing
        self._ready(line, deadline, cancel)

        def to_module(command: bytes) -> bytes:
            try:
                return line.transmit(command, timeout=deadline.left(), cancel=cancel)
            except (CardMissing, NotConnected, CardMute, ChipDead) as fault:
                raise EidModuleMissing from fault

        module = WiredModule(to_module)
        activation = self._activation()
        if activation:
            module.activate(activation)
        try:
            files = self._line.talk(
                lambda send: eid_chip.read_files(send, module),
                "read",
                timeout=deadline.left(),
                cancel=cancel,
                same_card=True,
            )
            return card_of(files)
        except AuthenticationFailed as fault:
            raise EidNotGenuine from fault
        except WrongCard as fault:
            raise WrongCard(DeviceKind.EID_READER) from fault
        except (CardMute, ChipDead, ChipRefused, Garbage) as fault:
            raise EidUnreadable from fault

    def _ready(self, line: PcscLine, deadline: Deadline, cancel: Cancel) -> None:
        """The module powered up; one that isn't there is EidModuleMissing."""
        patience = min(MODULE_SECONDS, deadline.left())
        try:
            line.open(timeout=patience, cancel=cancel)
            line.wait(timeout=patience, cancel=cancel)
        except (NotConnected, CardMissing, CardMute, ChipDead, Garbage) as fault:
            line.close()
            raise EidModuleMissing from fault


def card_of(files: EidFiles) -> EidCard:
    """The chip's files as a card; religion and marital status stay behind. Raises Garbage."""
    told = eid_chip.biodata_of(files.biodata)
    try:
        sex = EidSex(told["sex"].upper())
    except ValueError as error:
        raise Garbage(DeviceKind.EID_READER, "biodata") from error
    fingers = eid_chip.fingers_of(files.fingers)
    return EidCard(
        nik=told["nik"],
        name=told["name"],
        birth_place=told["birth_place"],
        birth_date=eid_chip.day_of(told["birth_date"]),
        sex=sex,
        address=(told["address"],),
        rt_rw=f"{told['rt']}/{told['rw']}",
        village=told["village"],
        district=told["district"],
        regency=told["regency"],
        province=told["province"],
        occupation=told["occupation"],
        nationality=told["nationality"] or "WNI",
        blood_type=told["blood"] or "-",
        photo=files.photo,
        signature=files.signature,
        minutiae=tuple(finger.record for finger in fingers),
    )


def make(place: Place) -> PcscEidReader:
    """The reader of a place, closed."""
    pattern, sam = str(place.options["reader_name"]), str(place.options["sam_reader"])
    module = None
    if sam:
        module = PcscLine(DeviceKind.EID_READER, sam, answer=float(place.options["answer_seconds"]))
    file = str(place.options["sam_file"])

    def activation() -> bytes:
        try:
            return Path(file).read_bytes().strip() if file else b""
        except OSError as error:
            raise EidModuleRefused(None) from error

    line = line_of(place, DeviceKind.EID_READER)
    return PcscEidReader(place.name, line, pattern, module, activation)
