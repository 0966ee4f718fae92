"""Two officers at the walk-in: each signature stands for what they saw, and for nothing else."""

from __future__ import annotations

import pytest

from desktop.domain.application import ApplicationState as S
from desktop.domain.application import Visit
from desktop.domain.officer import Role, RoleMissing
from desktop.domain.reasons import MissingReason
from desktop.domain.stock import Job, WrongBlank
from desktop.presenters.second import who_may
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import WalkStep
from devices.simulators.faults import Fault, FaultName
from tests.presenters.test_walkin import problem, to, typed, walk
from tests.walks.steps import acts
from tests.walks.test_sixty import SpareDesk
from tests.walks.world import World

DEWI, RAHMAT = ("85020002", "dewi123"), ("78030003", "rahmat1")
__all__ = ["walk"]


def by_hand(walk: WalkIn, world: World) -> None:
    """Typed, looked up and signed by Dewi, too; not yet registered."""
    walk.type_manually("eid_chip_unreadable")
    typed(walk, world.people[1])
    walk.enter_key()
    walk.second_officer(*DEWI)
    assert not walk.view.needs_second


def test_what_is_changed_after_the_second_signature_is_signed_anew(
    walk: WalkIn, world: World
) -> None:
    by_hand(walk, world)
    walk.field_changed("name", f"{world.people[1].name} SE")
    assert walk.view.needs_second
    walk.enter_key()
    walk.enter_key()
    assert problem(walk) == "SecondOfficerNeeded"
    walk.second_officer(*DEWI)
    walk.enter_key()
    assert walk.view.step is WalkStep.REQUIREMENTS


def test_a_further_service_of_a_visit_rests_on_the_identity_that_two_vouched_for(
    walk: WalkIn, world: World
) -> None:
    """Also when the visit was left and opened again, and the second officer has gone."""
    by_hand(walk, world)
    walk.enter_key()
    first = walk.view.app
    assert first is not None
    walk.hold("waiting_for_payment")
    walk.enter(first.id)
    walk.add_case()
    walk.choose(next(i for i, c in enumerate(walk.view.choices) if c.possible))
    walk.enter_key()
    assert walk.view.problem is None
    assert len(walk.view.cases) == 2
    told = [entry.content for entry in acts(world, "application.register")]
    assert [one["second_officer"] for one in told if one] == [DEWI[0], ""]


def test_a_visit_that_is_opened_again_keeps_the_chip_s_photo_and_the_finger(
    walk: WalkIn, world: World
) -> None:
    walk.enter_key()
    first = walk.view.app
    assert first is not None
    with world.desk.ledger.reading() as r:
        before = r.get(Visit, first.visit_id)
    assert before.eid_photo
    assert before.fingerprint
    walk.hold("waiting_for_payment")
    walk.enter(first.id)
    walk.add_case()
    walk.choose(next(i for i, c in enumerate(walk.view.choices) if c.possible))
    walk.enter_key()
    assert len(walk.view.cases) == 2
    with world.desk.ledger.reading() as r:
        after = r.get(Visit, first.visit_id)
    assert (after.eid_photo, after.fingerprint) == (before.eid_photo, before.fingerprint)


def unread_card(walk: WalkIn, world: World, fault: FaultName | None = None) -> WalkIn:
    """A card whose number no machine has read, of somebody who was typed in before two officers."""
    spare = SpareDesk(world, reads_serial=False)
    spare.take_the_place()
    by_hand(walk, world)
    to(walk, world, WalkStep.PRODUCTION)
    if fault is not None:
        spare.bench.order("card_printer", Fault("print.done", fault))
    walk.enter_key()
    app = walk.view.app
    assert app is not None
    assert app.state is S.PRINTED
    world.bench.put_card_in_viewer(spare.bench.printer.truth.output[-1])
    with world.desk.ledger.reading() as r:
        job = r.get(Job, app.job_id)
    assert not job.serial_read
    return walk


@pytest.fixture
def unread(walk: WalkIn, world: World) -> WalkIn:
    return unread_card(walk, world)


def test_whoever_vouched_for_the_identity_reads_no_card(unread: WalkIn, world: World) -> None:
    """Enter at the inspection doesn't sign in the second officer's name."""
    for _ in range(2):  # where there is a viewer, the card is looked at first
        unread.enter_key()
    assert problem(unread) == "SerialUnread"
    assert acts(world, "blank.read_by_two") == []
    assert unread.unread
    unread.read_by_two("79010001", "andi123")
    assert problem(unread) == "SameOfficer"
    assert unread.view.app is not None
    assert unread.view.app.state is S.PRINTED


def test_a_number_that_no_machine_reads_is_read_by_two_at_the_walk_in(
    unread: WalkIn, world: World
) -> None:
    for _ in range(2):
        unread.enter_key()
    unread.read_by_two(*RAHMAT)
    assert unread.view.problem is None
    assert unread.view.app is not None
    assert unread.view.app.state is S.READY
    [entry] = acts(world, "blank.read_by_two")
    assert entry.subject == unread.view.app.blank_serial
    assert (entry.content or {})["second_officer"] == RAHMAT[0]


def test_a_scanned_number_counts_until_the_card_passes_and_no_longer(
    walk: WalkIn, world: World
) -> None:
    """What the machine found is borne with: nobody reads the number for it once more."""
    walk = unread_card(walk, world, FaultName.MISSING_PANEL)
    app = walk.view.app
    assert app is not None
    walk.scanned(app.blank_serial)
    walk.look_at_card()
    walk.enter_key()
    assert problem(walk) == "CardFaulty"
    assert walk.view.scanned_serial == app.blank_serial
    walk.overrule_card("fault_bearable")
    assert walk.view.app is not None
    assert walk.view.app.state is S.READY
    assert acts(world, "blank.read_by_two") == []
    assert walk.view.scanned_serial == "", "what is handed over is scanned anew"


def test_another_card_that_was_scanned_is_passed_by_no_enter(unread: WalkIn, world: World) -> None:
    """Its number stands until another is scanned, or two officers have read the right one."""
    other = world.desk.stock.free_here(1)[0]
    unread.scanned(other)
    for _ in range(2):
        unread.enter_key()
        refused = unread.view.problem
        assert isinstance(refused, WrongBlank)
        assert refused.reason == "finished", "no blank lies in the printer any more"
        assert unread.view.scanned_serial == other
    unread.dismiss()
    assert unread.unread
    unread.read_by_two(RAHMAT[0], "not his")
    assert problem(unread) == "WrongPassword"
    unread.read_by_two(*RAHMAT)
    assert unread.view.app is not None
    assert unread.view.app.state is S.READY
    assert len(acts(world, "blank.read_by_two")) == 1
    assert unread.view.scanned_serial == ""


def test_after_another_card_the_right_one_is_scanned(walk: WalkIn, world: World) -> None:
    """Also where the printer has read the number: the card in hand may be another by now."""
    to(walk, world, WalkStep.PRODUCTION)
    walk.enter_key()
    app = walk.view.app
    assert app is not None
    assert walk.view.number_read, "by the printer"
    walk.scanned(world.desk.stock.free_here(1)[0])
    assert not walk.view.number_read
    for _ in range(2):
        walk.enter_key()
        assert problem(walk) == "WrongBlank"
    walk.scanned(app.blank_serial)
    assert walk.view.number_read
    assert not walk.unread
    walk.enter_key()
    assert walk.view.app is not None
    assert walk.view.app.state is S.READY


def test_the_number_of_a_card_that_was_refused_is_not_held_against_the_next(
    walk: WalkIn, world: World
) -> None:
    """Also where another screen wrote it off."""
    to(walk, world, WalkStep.PRODUCTION)
    walk.enter_key()
    app = walk.view.app
    assert app is not None
    walk.scanned(app.blank_serial)
    world.desk.issuing.spoil(world.by, app.id, "print_defect")
    walk.refresh()
    walk.enter_key()
    walk.enter_key()
    assert walk.view.problem is None
    assert walk.view.app is not None
    assert walk.view.app.state is S.READY


def test_a_slip_of_the_password_ends_no_reading_by_two(unread: WalkIn) -> None:
    for _ in range(2):
        unread.enter_key()
    assert not unread.view.number_read, "no machine reads it here, and nobody scanned"
    unread.read_by_two(RAHMAT[0], "not his")
    assert problem(unread) == "WrongPassword"
    unread.dismiss()
    assert unread.unread, "the key stays"
    unread.read_by_two(*RAHMAT)
    assert unread.view.app is not None
    assert unread.view.app.state is S.READY


def test_after_a_take_over_f12_gives_the_counter_back_before_anybody_else_signs_in(
    walk: WalkIn, world: World
) -> None:
    stock = RoleMissing(needed=(Role.STOCK_KEEPER,))
    assert who_may(walk.desk, stock).reason == "held"
    world.take_over("sri")
    told = who_may(walk.desk, stock)
    assert (told.reason, *told.holders) == ("held_over", "Aipda Nyoman Artha")
    told = who_may(walk.desk, RoleMissing(needed=(Role.REGISTRATION,)))
    assert told.reason == "held_below"
    assert told.holders == (walk.desk.duty.sessions[-2].officer.title,), "Dewi needn't come"


@pytest.mark.parametrize(
    ("needed", "holder"),
    [(Role.STOCK_KEEPER, "Aipda Nyoman Artha"), (Role.SUPERVISOR, "AKP Bambang Sutrisno")],
)
def test_where_giving_back_locks_the_counter_one_f12_is_told(
    world: World, needed: Role, holder: str
) -> None:
    """Bambang decides over others: his counter waits for a password, his own or another's."""
    world.sign_in("bambang")
    world.take_over("andi")
    told = who_may(world.desk, RoleMissing(needed=(needed,)))
    assert (told.reason, *told.holders) == ("held", holder)


def test_who_cannot_open_the_walk_in_is_not_named_for_its_acts(walk: WalkIn, world: World) -> None:
    """Bambang supervises, and the counter is his; only production writes a card off here."""
    to(walk, world, WalkStep.HANDOVER)
    case = walk.view.app
    assert case is not None
    world.desk.duty.sign_out()
    world.sign_in("bambang")
    world.take_over("dewi")
    walk.open(case.id)
    walk.card_missing(MissingReason.OTHER, "hilang")
    refused = walk.view.problem
    assert isinstance(refused, RoleMissing)
    assert Role.SUPERVISOR in refused.needed
    assert refused.reason == "held"
    assert set(refused.holders) == {"Bripka Andi Pratama", "Aiptu Rahmat Hidayat"}
