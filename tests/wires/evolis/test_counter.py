"""Evolis printers as a counter's settings put them up: two of them, seen, tested and cared for."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.desk import open_desk
from desktop.settings import DeviceChoice, Settings
from desktop.sources import SeededIds, SeededKeys, VirtualClock
from desktop.training.officers import SAMPLE_OFFICERS
from devices.card_printer import Unnumbered
from devices.device import HealthReason, HealthState
from devices.errors import CoverOpen
from devices.simulators.evolis_printer import EvolisPrinter
from devices.simulators.plastic import PlasticCard
from devices.simulators.printer_core import PrinterCore
from tests.walks.world import MORNING
from tests.wires.evolis.conftest import Wire

RAHMAT = next(officer for officer in SAMPLE_OFFICERS if "Rahmat" in officer.name)


@pytest.mark.serial
def test_two_printers_from_the_settings(wire: Wire, tmp_path: Path) -> None:
    other = PrinterCore("card_printer_2", "SIM-EV-0002")
    other.pace = 0
    other.load_blanks([PlasticCard.blank("B1")])
    with EvolisPrinter(other) as second:
        settings = Settings(
            devices={
                "card_printer": DeviceChoice(
                    "evolis", {"printer_address": f"127.0.0.1:{wire.port}"}
                ),
                "card_printer_2": DeviceChoice(
                    "evolis_serial",
                    {"port": second.attach(tmp_path / "ttyPRN"), "evolis_ribbon": "ymcko"},
                ),
            }
        )
        clock = VirtualClock(MORNING)
        desk = open_desk(
            tmp_path / "l3", clock=clock, ids=SeededIds(1, clock), keys=SeededKeys(1),
            settings=settings,
        )  # fmt: skip
        desk.hub.start()
        for name, core in (("card_printer", wire.core), ("card_printer_2", other)):
            seen = desk.hub.status(name)
            assert (seen.health.state, seen.info.serial) == (HealthState.READY, core.serial)
        desk.duty.sign_in(RAHMAT.nrp, RAHMAT.password)
        by = desk.duty.actor()

        desk.care.test(by, "card_printer")
        desk.care.run_card(by, "card_printer_2", Unnumbered.ALIGNMENT)
        desk.care.run_card(by, "card_printer_2", Unnumbered.CLEANING)
        assert (wire.core.truth.cards, other.truth.cards, other.truth.inserted) == (1, 1, 2)
        assert len(other.truth.feeder) == 1, "no blank was touched"
        shift = desk.closing.shift()
        assert shift is not None
        assert shift.unnumbered == 3

        wire.core.truth.ribbon = 3
        desk.hub.poll()
        assert HealthReason.RIBBON_LOW in desk.hub.status("card_printer").health.reasons
        assert desk.care.ribbon_left("card_printer") == 3
        change = desk.care.change_ribbon(by, "card_printer", "YMCKOK-77", 3)
        assert (change.lot, change.left, change.cards) == ("YMCKOK-77", 3, 1)
        assert change.panels_left == 3 * 6, "y, m, c, k, o and the back's k"

        other.open_cover()
        with pytest.raises(CoverOpen):
            desk.care.run_card(by, "card_printer_2", Unnumbered.TEST)
        assert desk.hub.status("card_printer_2").health.state is HealthState.ERROR
        desk.close()
