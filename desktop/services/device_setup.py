"""Which adapter serves which place: chosen by an administrator or supervisor, at work at once.

A choice is tried before it is kept: the adapter is made from its options, the settings are
written, and the hub puts the new device in the old one's place. Where the place is in use, nothing
is changed. A choice that is taken back leaves the simulator in training, and an empty place at a
live counter.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

from desktop.device_hub import CHIP_STATION, DESK_READER, kind_of
from desktop.domain.errors import Problem
from desktop.domain.officer import Actor, Role, RoleMissing
from desktop.services.base import Frame
from desktop.settings import FILE_NAME, DeviceChoice, Settings, load_settings, save_settings
from devices.catalog import (
    SIMULATED,
    Family,
    families,
    make_device,
)
from devices.catalog import DeviceChoice as Choice
from devices.device import Device, DeviceKind
from devices.finding import Search, search
from devices.options import OptionRefused, OptionValue
from devices.simulators.bench import SimulatedBench
from devices.wire.recorder import FlightRecorder

CHANGERS = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR})
"""Who may say which device stands where."""

PLACES: tuple[str, ...] = (
    DeviceKind.CARD_PRINTER.value,
    CHIP_STATION,
    DESK_READER,
    DeviceKind.EID_READER.value,
    DeviceKind.SIGNATURE_PAD.value,
    DeviceKind.CAMERA.value,
    DeviceKind.SCANNER.value,
    DeviceKind.DOCUMENT_PRINTER.value,
    DeviceKind.FINGERPRINT.value,
    DeviceKind.CARD_VIEWER.value,
    f"{DeviceKind.CARD_PRINTER.value}_2",
    f"{CHIP_STATION}_2",
)
"""The places that a counter may have, in the order in which they are proposed."""


class OptionNotTaken(Problem):
    """An option was given a value that its adapter doesn't allow; the place keeps its device."""

    option: str


class NoRecording(Problem):
    """There is nothing to export: simulators inside the program have no wire to record."""

    device: str


class RecordingNotSaved(Problem):
    """The folder refused the file (full, or not writable)."""

    file: str


class DeviceSetup:
    """Acts upon the counter's choice of devices."""

    def __init__(
        self,
        frame: Frame,
        folder: Path,
        bench: SimulatedBench | None,
        flight: FlightRecorder,
    ) -> None:
        self._frame = frame
        self._folder = folder
        self._bench = bench
        self._flight = flight
        self._changing = threading.Lock()
        self._chosen: Mapping[str, DeviceChoice] = dict(frame.settings.devices)

    # -- looking ---------------------------------------------------------------------------

    def choice(self, place: str) -> DeviceChoice | None:
        """What the settings say of a place; None where nothing is chosen."""
        return self._chosen.get(place)

    def families(self, place: str) -> tuple[Family, ...]:
        """What may stand in a place: every family of its kind, the simulator where there is one."""
        return tuple(
            each for each in families(kind_of(place)) if each.key != SIMULATED or self._has(place)
        )

    def open_places(self) -> tuple[str, ...]:
        """The places in which nothing stands."""
        taken = {status.name for status in self._frame.hub.statuses()}
        return tuple(place for place in PLACES if place not in taken)

    def search(self, place: str) -> Search:
        """The devices of the place's kind that this PC sees; may take seconds."""
        return search(kind_of(place), self._frame.clock.pause)

    # -- changing --------------------------------------------------------------------------

    def choose(
        self, by: Actor, place: str, family: str, options: Mapping[str, OptionValue]
    ) -> None:
        """Put another device in a place, now and for every start to come.

        Raises RoleMissing, OptionNotTaken, Busy while the place's device is at work,
        SettingsUnreadable and SettingsNotSaved; nothing is changed then.
        """
        self._needs(by)
        device = self._made(place, family, options)
        chosen = None if family == SIMULATED else DeviceChoice(family, dict(options))
        self._change(place, chosen, device)
        with self._frame.ledger.acting(by) as w:
            w.record("device.chosen", place, {"family": family})

    def take_back(self, by: Actor, place: str) -> None:
        """Forget the choice for a place: the simulator stands there again, or nothing.

        Raises what `choose` raises.
        """
        self._needs(by)
        device = self._made(place, SIMULATED, {}) if self._has(place) else None
        self._change(place, None, device)
        with self._frame.ledger.acting(by) as w:
            stands = SIMULATED if device else ""
            w.record("device.choice_taken_back", place, {"family": stands})

    def _change(self, place: str, chosen: DeviceChoice | None, device: Device | None) -> None:
        with self._changing:
            before = self._settings()
            save_settings(self._folder, before.with_device(place, chosen))
            try:
                if device is not None:
                    self._frame.hub.replace(place, device)
                else:
                    self._frame.hub.remove(place)
            except BaseException:
                save_settings(self._folder, before)
                raise
            self._chosen = before.with_device(place, chosen).devices

    def _settings(self) -> Settings:
        """As they are in the file now; somebody may have edited it since the start."""
        if (self._folder / FILE_NAME).exists():
            return load_settings(self._folder)
        return self._frame.settings

    def _made(self, place: str, family: str, options: Mapping[str, OptionValue]) -> Device:
        choice = Choice(kind_of(place), place, family, options)
        try:
            return make_device(choice, self._frame.clock.pause, self._bench, self._flight)
        except OptionRefused as refused:
            raise OptionNotTaken(refused.name) from refused
        except ValueError as refused:  # an address that is none, told by the adapter itself
            raise OptionNotTaken("") from refused

    def _has(self, place: str) -> bool:
        return self._bench is not None and any(core.name == place for core in self._bench.cores())

    def _needs(self, by: Actor) -> None:
        if not by.roles & CHANGERS:
            raise RoleMissing(needed=tuple(sorted(CHANGERS)))

    # -- recordings ------------------------------------------------------------------------

    def recorded(self, place: str) -> bool:
        """Whether the flight recorder has a tape of the device there."""
        return place in self._flight.names()

    def export(self, place: str) -> Path:
        """Write the recording of a place's device into the profile's `recordings`; its file.

        It holds no person's data, so anybody at the counter may. Raises NoRecording,
        RecordingNotSaved.
        """
        if not self.recorded(place):
            raise NoRecording(place)
        at = self._frame.now().strftime("%Y%m%d-%H%M%S")
        file = self._folder / "recordings" / f"{place}-{at}.jsonl"
        try:
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(self._flight.export(place))
        except OSError as error:
            raise RecordingNotSaved(file.name) from error
        return file
