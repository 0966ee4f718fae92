"""One renewal from ticket to handover, with every device on its own wire at once."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from pypdf import PdfReader

from desktop.domain.application import ApplicationState
from desktop.domain.stock import Blank, BlankState, Job, JobState
from devices.device import HealthState, Station
from devices.simulators.faults import Fault, FaultName
from devices.simulators.plastic import PlasticCard
from tests.wires.rigs.counter import Officer, WholeCounter, whole_counter
from tests.wires.rigs.cups import CupsRig
from tests.wires.rigs.pcscd import PcscdRig
from tests.wires.test_crossing import in_card_size

pytestmark = [pytest.mark.pcsc, pytest.mark.cups, pytest.mark.serial]

_queues = itertools.count(1)


@pytest.fixture(scope="module")
def print_service() -> Generator[CupsRig]:
    with CupsRig() as rig:
        yield rig


@pytest.fixture
def counter(tmp_path: Path, pcscd: PcscdRig, print_service: CupsRig) -> Generator[WholeCounter]:
    print_service.heal()
    with whole_counter(tmp_path, pcscd, print_service, f"RESI{next(_queues)}") as made:
        yield made


def one_card(counter: WholeCounter) -> None:
    """Exactly one card, whole, as ordered and as the ledger has it; one receipt."""
    desk, truth = counter.world.desk, counter.core.truth
    assert counter.untrue() == []
    app = counter.case()
    assert app is not None
    assert app.state is ApplicationState.CLOSED
    whole = [
        c for c in (*truth.output, *truth.reject, *truth.by_hand, truth.inside) if c and c.whole
    ]
    assert [card.serial for card in whole] == [app.blank_serial], "one card, never two"
    with desk.ledger.reading() as r:
        assert r.get(Blank, app.blank_serial).state is BlankState.ISSUED
        assert r.count(Job, state=JobState.PRINTED) == 1
        assert r.count(Job, state=JobState.IN_DOUBT) == 0
    assert whole[0].chip.uid.hex() == app.chip_uid


def test_one_walk_drives_every_wire_at_once(counter: WholeCounter) -> None:
    officer = Officer(counter)
    officer.finish()
    assert officer.seen == []
    one_card(counter)
    desk = counter.world.desk
    (card,) = counter.core.truth.output
    app = counter.case()
    assert app is not None
    made = desk.cardmaker.make(app)
    with Image.open(io.BytesIO(made.front)) as ordered:
        front = ordered.convert("RGB")
    assert ImageChops.difference(in_card_size(card.front, front.size), front).getbbox() is None
    assert card.chip.memory.endswith(made.chip)
    assert counter.core.truth.cards == 1
    (paper,) = counter.papers()
    assert app.applicant.name in " ".join(
        p.extract_text() for p in PdfReader(io.BytesIO(paper)).pages
    )
    assert counter.camera.sent > 0
    assert counter.pad.wiped > 0
    simulated = {s.name for s in desk.hub.statuses() if s.info.simulated}
    assert simulated == {"eid_reader", "desk_reader", "fingerprint"}


def test_what_is_exported_of_a_visit_tells_of_nobody(counter: WholeCounter) -> None:
    """Every device's recording, after a person went over every wire."""
    officer = Officer(counter)
    officer.finish()
    desk, app = counter.world.desk, counter.case()
    assert app is not None
    who = app.applicant
    made = desk.cardmaker.make(app)
    words = {who.nik, *who.name.split(), *who.address.replace(",", " ").split(), app.sim_number,
             who.birth_place, who.birth_date.strftime("%d%m%Y"), who.birth_date.isoformat(),
             app.number}  # fmt: skip
    words = {word for word in words if len(word) > 3}
    assert len(words) > 6
    pieces = [made.front[200:232], made.back[200:232], made.chip[:24], made.chip[-24:]]
    names = [status.name for status in desk.hub.statuses() if not status.info.simulated]
    assert len(names) == 6
    for name in names:
        told = desk.setup.export(name).read_bytes()
        assert told.count(b"\n") > 5, f"{name} was recorded"
        lines = told.lower()
        for word in words:
            for form in (word.encode(), word.encode("utf-16-le")):
                assert form.lower() not in lines, (name, "as it is")
                assert form.hex().encode() not in lines, (name, "as bytes")
                assert form.upper().hex().encode() not in lines, (name, "as bytes")
        for piece in pieces:
            assert piece.hex().encode() not in lines, name
        if name in ("card_printer", "camera"):
            longest = max(
                (len(found) for found in re.findall(rb'"hex":"([0-9a-f]*)"', told)), default=0
            )
            assert longest < 1000, f"{name}: a picture is told by its length alone"


# -- any plug at any step --------------------------------------------------------------------

STEPS = (
    "identity", "requirements", "payment", "capture", "confirm", "approval", "production",
    "inspection", "handover",
)  # fmt: skip
USED_AT = {
    "eid_reader": {"identity"},
    "camera": {"capture"},
    "signature_pad": {"capture"},
    "card_printer": {"production"},
    "chip_station": {"production"},
    "card_service": {"production"},
    "scanner": {"inspection", "handover"},
    "document_printer": {"handover"},
    "print_service": {"handover"},
}
"""Which steps need a device: there the screen must say something, elsewhere nothing may stop."""

PLACE = {"card_service": "chip_station", "print_service": "document_printer"}
BEFORE = "before"
AT_CHIP, AT_PRINT = "at.contactless", "at.print"
"""Moments of a plug that no fault script knows: the card has just come to that station."""


@dataclass(frozen=True)
class Pull:
    """One plug, the step of the walk, and the moment in it."""

    device: str
    step: str
    moment: str = BEFORE
    fault: FaultName = FaultName.UNPLUGGED
    skip: int = 0

    def __str__(self) -> str:
        how = "" if self.fault is FaultName.UNPLUGGED else f"-{self.fault}"
        later = f"-{self.skip}" if self.skip else ""
        return f"{self.device}-{self.step}-{self.moment}{how}{later}"


PRINTER_STEPS = (
    "feed", "feed.done", "move.contactless", "move.print", "print.start", "print.panel.y",
    "print.panel.m", "print.flip", "print.panel.back", "print.done", "eject", "eject.done",
)  # fmt: skip
CHIP_STEPS = ("chip.uid", "chip.select", "chip.update", "chip.read")

MATRIX = (
    *(Pull(device, step) for device in USED_AT for step in STEPS),
    Pull("eid_reader", "identity", "eid.chip"),
    Pull("eid_reader", "identity", "eid.finger"),
    Pull("camera", "capture", "camera.capture"),
    *(Pull("signature_pad", "capture", "pad.capture.packet", skip=n) for n in (0, 1, 40, 80)),
    *(
        Pull("card_printer", "production", step, fault)
        for fault in (FaultName.UNPLUGGED, FaultName.POWER_CUT)
        for step in PRINTER_STEPS
    ),
    *(
        Pull("chip_station", "production", step, fault)
        for fault in (FaultName.TEAR, FaultName.MUTE)
        for step in CHIP_STEPS
    ),
    *(
        Pull(device, "production", moment)
        for device in ("chip_station", "card_service")
        for moment in (AT_CHIP, AT_PRINT)
    ),
    Pull("scanner", "inspection", "scan"),
    Pull("scanner", "handover", "scan"),
    Pull("document_printer", "handover", "paper", FaultName.POWER_CUT),
)
SHORT = frozenset({
    "signature_pad-capture-pad.capture.packet-40", "card_printer-production-print.panel.m",
    "chip_station-production-at.contactless", "print_service-handover-before",
})  # fmt: skip


def arm(counter: WholeCounter, pull: Pull) -> None:
    """Pull it now, or let it be pulled when its moment comes."""
    if pull.moment == BEFORE:
        counter.unplug(pull.device)
    elif pull.moment in (AT_CHIP, AT_PRINT):
        wanted = Station.CONTACTLESS if pull.moment == AT_CHIP else Station.PRINT
        done: list[Station] = []

        def arrived(station: Station, card: PlasticCard | None) -> None:
            if station is wanted and card is not None and not done:
                done.append(station)
                counter.unplug(pull.device)

        counter.core.on_station(arrived)
    else:
        counter.order(pull.device, Fault(pull.moment, pull.fault, skip=pull.skip))


@pytest.mark.fault
@pytest.mark.parametrize(
    "pull",
    [
        pytest.param(pull, id=str(pull), marks=() if str(pull) in SHORT else pytest.mark.long)
        for pull in MATRIX
    ],
)
def test_any_plug_at_any_step(counter: WholeCounter, pull: Pull) -> None:
    officer = Officer(counter)
    officer.until(pull.step)
    assert officer.seen == []
    arm(counter, pull)
    used = pull.step in USED_AT[pull.device]
    for _ in range(3):
        if officer.step != pull.step or officer.trouble:
            break
        officer.act()
    assert counter.untrue() == []
    if used and pull.moment != AT_PRINT:
        assert officer.seen, "the screen says what happened"
    if not used:
        assert officer.seen == [], "what isn't needed stops nobody"
    hub = counter.world.desk.hub
    if pull.moment == BEFORE:
        hub.poll()
        health = hub.status(PLACE.get(pull.device, pull.device)).health
        assert health.state is not HealthState.READY, health
        assert health.reasons
    counter.plug(pull.device)
    hub.poll()
    officer.finish()
    one_card(counter)
    assert len(counter.papers()) == 1, "one receipt, never two"
