"""A long morning: sixty cards, a ribbon that ends, a courier who miscounts, and a printer that is
changed for another model while its batch runs. Every commit's run makes a few of the sixty.

The sixty have their own names, NIKs and licences, but share one drawn picture: painting people is
no part of these stories.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

import pytest

from desktop.domain.application import Application, Delivery, Incident
from desktop.domain.application import ApplicationState as S
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import PROGRAM
from desktop.domain.reasons import SpoilReason
from desktop.domain.service import Service
from desktop.domain.shipment import Address, CountDiffers, Parcel, ParcelState
from desktop.domain.stock import Blank, BlankState, DoubtAnswer, Job, JobInDoubt, JobState
from desktop.domain.waybill import make_domestic
from desktop.services.batch import BatchProgress
from desktop.services.doubts import Outcome
from desktop.training.office import add_people
from desktop.training.people import Person, make_people
from desktop.training.stage import eid_of
from devices.card_printer import LoadedCard, PrinterCapabilities
from devices.device import Cancel, Device, DeviceKind, HealthReason, HealthState, SupplyName
from devices.eid_reader import EidCard, EidSex
from devices.errors import Busy, NotConnected, RibbonEnded
from devices.simulators.bench import SimulatedBench
from devices.simulators.card_printer import SimulatedCardPrinter
from devices.simulators.faults import Fault, FaultName
from devices.simulators.plastic import PlasticCard
from devices.simulators.printer_core import RIBBON_HOLDS
from tests.walks.steps import acts
from tests.walks.world import World

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]

LONG = pytest.mark.long
COURIER = "Pos Indonesia"


def approved_in_a_row(world: World, count: int) -> list[Application]:
    """So many renewals of C by Andi, approved by Sri in one session."""
    desk, sitter = world.desk, world.people[1]
    people = make_people(4711, count, today=desk.frame.today())
    add_people(desk, people)
    card = eid_of(sitter)
    world.stage.sit(sitter)
    with desk.hub.camera() as camera:
        picture = camera.capture(timeout=5)
    cards = [dataclasses.replace(card, **_named(person)) for person in people]
    cases = [_confirmed(world, one, picture) for one in cards]
    world.take_over("sri")
    done = [desk.approvals.approve(world.by, app.id) for app in cases]
    world.give_back()
    return done


def _named(person: Person) -> dict[str, Any]:
    sex = EidSex.FEMALE if person.woman else EidSex.MALE
    return {
        "nik": person.nik,
        "name": person.name,
        "birth_place": person.birth_place,
        "birth_date": person.birth_date,
        "sex": sex,
    }


def _confirmed(world: World, card: EidCard, picture: bytes) -> Application:
    desk = world.desk
    desk.queue.take_ticket(world.by, Service.RENEWAL)
    _, visit = desk.queue.call(world.by)
    world.bench.put_eid(card)
    app = desk.intake.register(
        world.by, visit.id, desk.intake.read_eid(), Service.RENEWAL, LicenceClass.C
    )
    assert desk.requirements.gather(world.by, app.id) == []
    desk.requirements.check(world.by, app.id)
    desk.payment.match(world.by, app.id)
    assert not desk.capture.shot(world.by, visit.id, picture, "image/jpeg").faults
    world.stage.ready_to_sign(world.people[1])
    with desk.hub.signature_pad() as pad:
        strokes = pad.capture(timeout=5)
    desk.capture.sign(world.by, visit.id, strokes)
    desk.capture.finish(world.by, visit.id)
    return desk.intake.confirm_data(world.by, app.id)


def feed(world: World, bench: SimulatedBench, count: int = 100) -> None:
    """Put the counter's next free blanks into a printer, in the order of their serials."""
    bench.printer.unload_blanks()
    bench.load_blanks(world.desk.stock.free_here(count))


def each_has_one_card(world: World, ids: list[str], cards: list[PlasticCard]) -> None:
    """So many cases, so many whole cards, each with its own blank; the stock comes out even."""
    with world.desk.ledger.reading() as r:
        apps = [r.get(Application, one) for one in ids]
        jobs = Counter(job.application_id for job in r.find(Job, state=JobState.PRINTED))
        assert all(b.holds for b in world.desk.stock.balances(r, world.desk.frame.shift_id(r)))
        blanks = Counter(blank.state for blank in r.find(Blank))
    assert jobs == dict.fromkeys(ids, 1)
    whole = [card for card in cards if card.whole]
    assert sorted(card.serial for card in whole) == sorted(app.blank_serial for app in apps)
    assert len({card.serial for card in whole}) == len(ids)
    assert blanks[BlankState.RESERVED] == blanks[BlankState.MISSING] == 0


# -- the ribbon --------------------------------------------------------------------------------


@pytest.mark.parametrize(("cards", "good"), [(12, 7), pytest.param(60, 37, marks=LONG)])
def test_the_ribbon_ends_in_a_card_and_all_cards_come_of_it(
    andi: World, cards: int, good: int
) -> None:
    ids = [app.id for app in approved_in_a_row(andi, cards)]
    feed(andi, andi.bench)
    andi.bench.order("card_printer", Fault("print.panel.m", FaultName.RIBBON_END, skip=good))
    first = andi.desk.batch.run(andi.by, ids)
    assert isinstance(first.stopped, RibbonEnded)
    assert (len(first.printed), list(first.left)) == (good, ids[good:])
    assert first.last is not None
    assert (first.last.outcome, first.last.application.state) == (Outcome.SPOILED, S.APPROVED)
    assert first.last.job is not None
    half = first.last.job.blank_serial
    with andi.desk.hub.printer() as printer:
        assert HealthReason.RIBBON_ENDED in printer.health(timeout=5).reasons

    # Going on without a new ribbon touches no blank.
    stuck = andi.desk.batch.run(andi.by, first.left, batch=first.batch)
    assert isinstance(stuck.stopped, RibbonEnded)
    assert (stuck.printed, list(stuck.left)) == ((), ids[good:])

    andi.bench.printer.change_ribbon()
    andi.bench.remedy("card_printer")
    rest = andi.desk.batch.run(andi.by, stuck.left, batch=first.batch)
    assert rest.complete
    assert [app.id for app in rest.printed] == ids[good:]
    each_has_one_card(andi, ids, andi.bench.take_output())

    [spoiled] = andi.bench.take_rejects()
    assert (spoiled.serial, spoiled.whole, len(spoiled.panels)) == (half, False, 1)
    with andi.desk.ledger.reading() as r:
        blank = r.get(Blank, half)
        assert (blank.state, blank.reason) == (BlankState.SPOILED, SpoilReason.RIBBON_END)
        assert len(r.find(Job, batch=first.batch)) == cards + 1
    with andi.desk.hub.printer() as printer:
        left = {supply.name: supply.left for supply in printer.supplies(timeout=5)}
        assert printer.counters(timeout=5).cards == cards
    assert left[SupplyName.RIBBON] == RIBBON_HOLDS - (cards - good)
    assert andi.bench.printer.truth.panels == cards * 6 + 1
    ended = [line.content for line in acts(andi, "batch.ended")]
    assert [line["left"] for line in ended if line is not None] == [cards - good, cards - good, 0]


# -- the courier -------------------------------------------------------------------------------


@pytest.mark.parametrize("cards", [12, pytest.param(60, marks=LONG)])
def test_the_courier_counts_one_less_than_the_manifest_says(andi: World, cards: int) -> None:
    """Recounted by scanning, the one that isn't there is named; it leaves with the next."""
    desk = andi.desk
    cases = approved_in_a_row(andi, cards)
    feed(andi, andi.bench)
    assert desk.batch.run(andi.by, [app.id for app in cases]).complete
    with desk.ledger.acting(PROGRAM) as w:
        for app in cases:
            to = Address(app.applicant.name, app.applicant.address, "Bandung", "40111")
            w.change(w.get(Application, app.id), delivery=Delivery.COURIER, address=to)
            w.record("records.loaded", app.id, {})
    ready = [desk.issuing.inspect(andi.by, app.id) for app in cases]
    andi.sign_in("rahmat")
    today = desk.frame.today()
    parcels = [
        desk.shipping.pack(andi.by, app.id, app.blank_serial, make_domestic(today, number))
        for number, app in enumerate(ready, 1)
    ]
    assert desk.shipping.couriers() == {COURIER: cards}

    with pytest.raises(CountDiffers) as differs:
        desk.shipping.close_manifest(andi.by, COURIER, cards - 1)
    assert (differs.value.manifest, differs.value.counted) == (cards, cards - 1)
    assert {p.state for p in desk.shipping.open_manifest(COURIER).parcels} == {ParcelState.PACKED}

    lost = parcels[cards * 2 // 3]
    bag = [parcel.awb for parcel in reversed(parcels) if parcel is not lost]
    scans = [*bag, bag[0], bag[7]]  # two were scanned twice: still one less
    recount = desk.shipping.recount(COURIER, scans)
    assert (recount.counted, [p.awb for p in recount.missing]) == (cards - 1, [lost.awb])
    with pytest.raises(CountDiffers) as named:
        desk.shipping.close_manifest(andi.by, COURIER, cards - 1, scanned=scans)
    assert named.value.missing == (lost.awb,)

    manifest = desk.shipping.close_manifest(
        andi.by, COURIER, cards - 1, scanned=scans, left_behind=[lost.awb]
    )
    assert (manifest.parcels, manifest.counted) == (cards - 1, cards - 1)
    assert [p.awb for p in desk.shipping.open_manifest(COURIER).parcels] == [lost.awb]
    with desk.ledger.reading() as r:
        assert r.count(Parcel, state=ParcelState.DISPATCHED) == cards - 1
        [incident] = r.find(Incident, kind="parcel_left_behind")
    assert incident.details["awb"] == lost.awb

    # Found behind the table: it goes with the next manifest, under a number of its own.
    following = desk.shipping.close_manifest(andi.by, COURIER, 1, scanned=[lost.awb])
    assert (following.number, following.parcels) == (manifest.number + 1, 1)
    assert desk.shipping.couriers() == {}


# -- another printer ---------------------------------------------------------------------------


class OtherModel(SimulatedCardPrinter):
    """A printer that can't read a blank's serial."""

    @property
    def capabilities(self) -> PrinterCapabilities:
        return dataclasses.replace(super().capabilities, reads_serial=False)

    def load_card(self, *, timeout: float, cancel: Cancel = None) -> LoadedCard:
        super().load_card(timeout=timeout, cancel=cancel)
        return LoadedCard(None)


class SpareDesk:
    """The printer from the store room, with its own chip station, fed and plugged in."""

    def __init__(self, world: World, *, reads_serial: bool = True) -> None:
        self.bench = SimulatedBench(world.clock.pause, pace=0.0)
        self.bench.printer.model, self.bench.printer.serial = "Another Model", "SIM-CP-0099"
        self.bench.printer.truth.cards = 12_345
        self._world = world
        self.printer: Device = (
            self.bench.adapter("card_printer")
            if reads_serial
            else OtherModel(self.bench.printer, world.clock.pause)
        )

    def take_the_place(self) -> None:
        """The cables are changed, and the blanks of the old feeder are put into this one."""
        hub = self._world.desk.hub
        feed(self._world, self.bench)
        hub.replace("card_printer", self.printer)
        hub.replace("chip_station", self.bench.adapter("chip_station"))
        hub.poll()


def test_the_printer_is_swapped_for_another_model_between_two_cards(andi: World) -> None:
    """At eleven, four of twelve cards made: the rest come from the other printer, none twice."""
    desk = andi.desk
    ids = [app.id for app in approved_in_a_row(andi, 12)]
    feed(andi, andi.bench)
    spare = SpareDesk(andi)
    andi.clock.advance(3.5 * 3600)

    def swap(step: BatchProgress) -> None:
        if step.done == 4:
            spare.take_the_place()

    done = desk.batch.run(andi.by, ids, swap)
    assert done.complete
    assert done.stopped is None
    old, new = andi.bench.take_output(), spare.bench.take_output()
    assert (len(old), len(new)) == (4, 8)
    each_has_one_card(andi, ids, [*old, *new])
    status = desk.hub.status(DeviceKind.CARD_PRINTER)
    assert (status.info.model, status.health.usable) == ("Another Model", True)


def test_a_printer_is_not_taken_away_from_under_a_card(andi: World) -> None:
    """Devices are changed between cards or after a cable was pulled, never while one is made."""
    desk = andi.desk
    [app] = approved_in_a_row(andi, 1)
    spare = SpareDesk(andi)
    with desk.hub.printer(), pytest.raises(Busy):
        desk.hub.replace("card_printer", spare.printer)
    assert desk.hub.status(DeviceKind.CARD_PRINTER).info.model != "Another Model"
    assert desk.issuing.issue(andi.by, app.id).outcome is Outcome.PRINTED
    assert len(andi.bench.take_output()) == 1


def test_the_printer_dies_with_a_card_inside_and_another_model_takes_over(andi: World) -> None:
    """One question about the card in the dead machine; the batch goes on on the other one."""
    desk = andi.desk
    ids = [app.id for app in approved_in_a_row(andi, 12)]
    feed(andi, andi.bench)
    andi.bench.order("card_printer", Fault("print.panel.c", FaultName.UNPLUGGED, skip=4))
    first = desk.batch.run(andi.by, ids)
    assert isinstance(first.stopped, NotConnected)
    assert first.last is not None
    assert first.last.outcome is Outcome.IN_DOUBT
    assert (len(first.printed), list(first.left)) == (4, ids[4:])

    spare = SpareDesk(andi)
    spare.take_the_place()
    assert desk.hub.status(DeviceKind.CARD_PRINTER).health.state is HealthState.READY
    [job] = desk.issuing.find_doubtful()
    assert job.application_id == ids[4]

    # The new machine made many cards in its life, and knows nothing of this one.
    doubt = desk.issuing.examine(job.id)
    assert doubt.card_inside is not True
    assert doubt.advice is None

    # Not answered yet: the others are printed, this one waits.
    going = desk.batch.run(andi.by, first.left, batch=first.batch)
    assert [one for one, _ in going.refused] == [ids[4]]
    assert [type(problem) for _, problem in going.refused] == [JobInDoubt]
    assert [app.id for app in going.printed] == ids[5:]

    andi.bench.printer.clear_jam()
    [stuck] = andi.bench.take_by_hand()
    assert (stuck.serial, stuck.whole) == (job.blank_serial, False)
    answered = desk.issuing.answer(andi.by, job.id, DoubtAnswer.CARD_SPOILED, blank_here=True)
    assert answered.application.state is S.APPROVED
    last = desk.batch.run(andi.by, [ids[4]], batch=first.batch)
    assert last.complete
    each_has_one_card(andi, ids, [*andi.bench.take_output(), *spare.bench.take_output()])
    with desk.ledger.reading() as r:
        assert r.get(Blank, job.blank_serial).state is BlankState.SPOILED


def test_a_model_that_reads_no_serial_leaves_it_to_the_officer(andi: World) -> None:
    desk = andi.desk
    [app] = approved_in_a_row(andi, 1)
    spare = SpareDesk(andi, reads_serial=False)
    spare.take_the_place()
    result = desk.issuing.issue(andi.by, app.id)
    assert result.outcome is Outcome.PRINTED
    assert result.job is not None
    with desk.ledger.reading() as r:
        assert r.get(Job, result.job.id).serial_read is False
    [card] = spare.bench.take_output()
    assert card.serial == result.application.blank_serial
