"""Proofs at the walk-in: what was half typed is kept through a kill, and a decree takes the fee."""

from __future__ import annotations

import pytest

from db.errors import StoreFull
from desktop.domain.application import Application, Draft, Visit
from desktop.domain.officer import RoleMissing
from desktop.domain.requirements import RequirementKind
from desktop.domain.service import Service
from desktop.outside.simulators import Manner, OutsideSimulator
from desktop.presenters.base import DESK
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import ASKING, Typing, WalkInView, WalkStep
from desktop.rulebook import FOLDER, Rulebook
from desktop.training.proof_paper import code_on_paper
from tests.presenters.busy_lane import on_busy_lane
from tests.presenters.test_walkin import to
from tests.walks.steps import registered
from tests.walks.test_full_disk import fill, limit
from tests.walks.world import World
from ui.going_on import place_of


@pytest.fixture
def walk(world: World) -> WalkIn:
    """Andi has called somebody who holds a C, and registered a renewal."""
    return at_requirements(world)


def at_requirements(world: World) -> WalkIn:
    world.sign_in("andi")
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    world.put_eid(world.people[1])
    made = WalkIn(world.desk)
    made.enter()
    made.call_next()
    made.enter_key()
    assert made.view.step is WalkStep.REQUIREMENTS
    return made


@pytest.mark.parametrize("typing", [Typing.EVIDENCE, Typing.BANK_SLIP])
def test_a_proof_half_typed_opens_again_where_it_was_left(
    walk: WalkIn, world: World, typing: Typing
) -> None:
    """As after a kill: another walk-in finds what the first one kept at its last field."""
    assert isinstance(world.desk.outside, OutsideSimulator)
    if typing is Typing.EVIDENCE:
        world.desk.outside.manners[RequirementKind.PSYCH_CERT] = Manner.SILENT
        walk.begin_typing(typing, RequirementKind.PSYCH_CERT)
        field, text = "reference", "PSI-77"
    else:
        walk.enter_key()
        walk.begin_typing(typing)
        field, text = "ntpn", "ABCDEF0123456789"
    with world.desk.ledger.reading() as r:
        head = r.head()
    walk.field_changed(field, text)
    with world.desk.ledger.reading() as r:
        assert r.head() == head, "a draft is no act"
    [draft] = world.desk.intake.drafts(world.by)
    again = WalkIn(world.desk)
    again.enter(draft.id)
    before, now = walk.view, again.view
    assert (now.typing, now.typed_kind, now.step) == (typing, before.typed_kind, before.step)
    assert now.form[field] == text
    assert now.app is not None
    assert before.app is not None
    assert now.app.id == before.app.id


def test_a_proxy_half_typed_opens_again_at_the_handover(walk: WalkIn, world: World) -> None:
    world.stage.sit(world.people[1])
    to(walk, world, WalkStep.HANDOVER)
    walk.begin_typing(Typing.PROXY)
    walk.field_changed("name", "SITI")
    walk.field_changed("letter", "SK-1")
    [draft] = world.desk.intake.drafts(world.by)
    again = WalkIn(world.desk)
    again.enter(draft.id)
    assert again.view.app is not None
    assert (again.view.step, again.view.typing) == (WalkStep.HANDOVER, Typing.PROXY)
    assert again.view.form == {"name": "SITI", "letter": "SK-1"}
    again.scanned(again.view.app.blank_serial)
    again.enter_key()
    assert again.view.app.handed_to == "SITI"
    assert world.desk.intake.drafts(world.by) == []


def paper(world: World, walk: WalkIn, kind: RequirementKind) -> str:
    """The code on a paper that the applicant brings, whose issuer doesn't answer."""
    assert isinstance(world.desk.outside, OutsideSimulator)
    world.desk.outside.manners[kind] = Manner.SILENT
    assert walk.view.app is not None
    return code_on_paper(world.desk, walk.view.app, kind)


@pytest.fixture
def unproven(world: World) -> WalkIn:
    """A renewal at its requirements; neither doctor nor psychologist answers."""
    assert isinstance(world.desk.outside, OutsideSimulator)
    for kind in (RequirementKind.PSYCH_CERT, RequirementKind.MEDICAL_CERT):
        world.desk.outside.manners[kind] = Manner.SILENT
    return at_requirements(world)


def test_a_scanned_proof_leaves_another_that_is_half_typed(unproven: WalkIn, world: World) -> None:
    unproven.begin_typing(Typing.EVIDENCE, RequirementKind.PSYCH_CERT)
    unproven.field_changed("reference", "PSI-77")
    assert unproven.scan_proof(paper(world, unproven, RequirementKind.MEDICAL_CERT))
    checklist = unproven.view.checklist
    assert checklist is not None
    assert RequirementKind.MEDICAL_CERT in checklist.evidence
    assert unproven.view.typed_kind is RequirementKind.PSYCH_CERT
    assert unproven.view.form == {"reference": "PSI-77"}
    [draft] = world.desk.intake.drafts(world.by)
    assert draft.fields["reference"] == "PSI-77"
    assert unproven.scan_proof(paper(world, unproven, RequirementKind.PSYCH_CERT))
    assert (unproven.view.typing, unproven.view.form) == (None, {})
    assert world.desk.intake.drafts(world.by) == []


def test_a_proof_scanned_while_issuers_are_asked_is_kept_afterwards(
    unproven: WalkIn, world: World
) -> None:
    code, told = paper(world, unproven, RequirementKind.MEDICAL_CERT), list[str]()

    def scan(view: WalkInView) -> None:
        if view.said is not None:
            told.append(view.said.message_id)
        elif view.doing == ASKING:
            assert unproven.scan_proof(code)

    unproven.attach(scan)
    unproven.gather()
    assert told[0] == "walkin.scan_waits"
    assert "walkin.scanned_proof" in told
    checklist = unproven.view.checklist
    assert checklist is not None
    assert RequirementKind.MEDICAL_CERT in checklist.evidence


@pytest.mark.parametrize("locked", [False, True])
def test_a_case_picked_while_issuers_are_asked_opens_afterwards(
    unproven: WalkIn, world: World, locked: bool
) -> None:
    before, other = unproven.view.app, registered(world, world.people[2])
    assert before is not None
    lane = on_busy_lane(unproven, DESK)
    unproven.gather()
    unproven.enter(other.id)
    assert unproven.view.doing == ASKING
    if locked:
        world.desk.duty.lock()
    lane.let_go()
    assert unproven.view.app is not None
    assert unproven.view.app.id == (before.id if locked else other.id)
    assert unproven.view.doing == ""


def test_a_full_disk_at_a_field_is_said_and_what_was_typed_stays(
    walk: WalkIn, world: World
) -> None:
    long = "PSI-77 " * 2000  # more than the page that lies open has room for
    walk.begin_typing(Typing.EVIDENCE, RequirementKind.PSYCH_CERT)
    fill(world)
    walk.field_changed("reference", long)
    assert isinstance(walk.view.problem, StoreFull)
    assert world.desk.intake.drafts(world.by) == []
    limit(world, 100_000)
    walk.field_changed("issuer", "BIRO CONTOH")
    assert walk.view.form == {"reference": long, "issuer": "BIRO CONTOH"}
    [draft] = world.desk.intake.drafts(world.by)
    assert draft.fields["reference"] == long, "kept with the next field"


def test_a_decree_in_force_is_shown_at_the_bill_and_takes_the_fee(
    walk: WalkIn, world: World
) -> None:
    walk.enter_key()
    assert walk.view.step is WalkStep.PAYMENT
    assert walk.view.waivers == (), "none is in force for class C"
    sheet = (FOLDER / "training" / "waivers.toml").read_text("utf-8").replace('"D", "DI"', '"C"')
    object.__setattr__(
        world.desk.frame, "rulebook", Rulebook.load(FOLDER, sheets=[{"waivers.toml": sheet}])
    )
    walk.load_fee()
    [waiver] = walk.view.waivers
    walk.waive(waiver.decree)
    assert walk.view.step is WalkStep.CAPTURE
    assert walk.view.app is not None
    assert (walk.view.app.paid, walk.view.app.fee) == (True, 0)


@pytest.mark.parametrize("kind", [RequirementKind.PAYMENT, RequirementKind.PSYCH_CERT])
def test_a_proof_denied_later_brings_the_case_back_to_where_it_is_proved(
    unproven: WalkIn, world: World, kind: RequirementKind
) -> None:
    """Typed while its issuer was silent; by the time of the photo the issuer says no."""
    walk, ways = unproven, world.desk.outside.manners
    ways[RequirementKind.MEDICAL_CERT] = Manner.YES
    if kind is RequirementKind.PAYMENT:
        ways[RequirementKind.PSYCH_CERT] = Manner.YES
    else:
        today = f"{world.desk.frame.today():%d/%m/%Y}"
        walk.type_evidence(kind, "PSI-77", today, "BIRO CONTOH")
    walk.gather()
    walk.enter_key()
    assert walk.view.step is WalkStep.PAYMENT
    if kind is RequirementKind.PAYMENT:
        walk.type_payment("ABCDEF0123456789", "75000", "BANK CONTOH")
    else:
        walk.enter_key()
    assert walk.view.step is WalkStep.CAPTURE
    case = walk.view.app
    assert case is not None
    ways[kind] = Manner.NO
    [piece] = world.desk.proofs.confirm_all()
    assert piece.closed is False
    ways[kind] = Manner.YES
    again = WalkIn(world.desk)
    again.enter(case.id)
    stands = WalkStep.PAYMENT if kind is RequirementKind.PAYMENT else WalkStep.REQUIREMENTS
    assert again.view.step is stands
    again.enter_key()
    assert again.view.problem is None
    assert again.view.step is WalkStep.CAPTURE


def test_who_may_not_settle_the_bill_is_told_so_before_a_slip_is_typed(
    walk: WalkIn, world: World
) -> None:
    walk.enter_key()
    assert walk.view.step is WalkStep.PAYMENT
    world.take_over("rahmat")
    assert not walk.may_settle()
    walk.dismiss()
    walk.begin_typing(Typing.BANK_SLIP)
    assert walk.view.typing is None
    assert isinstance(walk.view.problem, RoleMissing)
    assert walk.view.problem.needed == ("registration",)
    world.give_back()
    walk.begin_typing(Typing.BANK_SLIP)
    assert walk.view.typing is Typing.BANK_SLIP
    assert walk.may_settle()


def test_a_case_opens_while_its_photo_is_still_at_the_centre(
    unproven: WalkIn, world: World
) -> None:
    """Filed from home, fetched from another counter; the line dropped before the picture came."""
    case = unproven.view.app
    assert case is not None
    with world.desk.ledger.acting(world.by) as w:
        w.change(case, visit_id="", photo="0" * 64, external_id="DARI-RUMAH-1")
        w.record("test.from_home", case.id, {})
    again = WalkIn(world.desk)
    again.enter(case.id)
    assert again.view.app is not None
    assert again.view.app.id == case.id


def test_who_came_without_a_chip_is_seen_beside_the_case_again(
    unproven: WalkIn, world: World
) -> None:
    """Typed by hand: no picture of the KTP-el stands beside the case, its own photo does."""
    case, visit = unproven.view.app, unproven.view.visit
    assert case is not None
    assert visit is not None
    with world.desk.ledger.acting(world.by) as w:
        seen = w.get(Visit, visit.id).eid_photo
        w.change(w.get(Visit, visit.id), eid_photo="")
        w.change(w.get(Application, case.id), photo=seen)
        w.record("test.typed_by_hand", case.id, {})
    again = WalkIn(world.desk)
    again.enter(case.id)
    assert again.view.eid_photo == b""
    assert again.view.taken_before, "the officer sees whom the case is about"


def killed(world: World, opens: str = "") -> WalkIn:
    """Another walk-in, led to where the newest of what was kept leads; the one before is gone."""
    kept = world.desk.intake.drafts(world.by) + world.desk.kept_work.begun(world.by)
    world.put_eid(world.people[1])
    again = WalkIn(world.desk)
    again.enter(opens or place_of(max(kept, key=lambda one: one.saved_at))[1])
    return again


def test_what_was_said_of_somebody_before_their_case_is_made_is_kept(world: World) -> None:
    world.sign_in("andi")
    world.desk.queue.take_ticket(world.by)
    world.put_eid(world.people[1])
    walk = WalkIn(world.desk)
    walk.enter()
    walk.call_next()
    assert kept(world) == [], "nothing was said yet"
    walk.field_changed("phone", "081200000001")
    walk.choose(1)
    wanted = walk.view.choices[1]

    again = killed(world)
    assert again.view.identity is not None
    assert again.view.identity.applicant.phone == "081200000001"
    assert (again.view.visit, again.view.choices[again.view.chosen]) == (walk.view.visit, wanted)
    again.enter_key()
    assert again.view.app is not None
    assert kept(world) == []

    world.desk.intake.save_draft(world.by, "late", "walkin", ticket(again), {"_typing": "choice"})
    assert not killed(world).view.adding, "it was for the case that is made by now"
    assert kept(world) == []

    again.add_case()
    [draft] = kept(world)
    last = killed(world)
    assert last.view.adding
    assert last.view.identity is not None
    assert draft.fields["nik"] == last.view.identity.applicant.nik
    last.back()
    assert (last.view.adding, last.view.app) == (False, again.view.cases[0])
    assert kept(world) == []


def test_what_was_said_of_one_person_is_not_offered_for_another(world: World) -> None:
    world.sign_in("andi")
    world.desk.queue.take_ticket(world.by)
    world.put_eid(world.people[2])
    walk = WalkIn(world.desk)
    walk.enter()
    walk.call_next()
    walk.field_changed("phone", "081200000001")
    again = killed(world)
    assert again.view.identity is not None
    assert again.view.identity.applicant.phone != "081200000001"
    assert kept(world) == []


def test_another_s_ktp_laid_down_behind_the_lock_is_looked_up_all_the_same(world: World) -> None:
    world.sign_in("andi")
    world.desk.queue.take_ticket(world.by)
    world.put_eid(world.people[2])
    walk = WalkIn(world.desk)
    walk.enter()
    walk.call_next()
    walk.field_changed("phone", "081200000001")
    [draft] = kept(world)
    again = WalkIn(world.desk)
    reader = on_busy_lane(again, "eid_reader")
    again.enter(draft.id)
    world.put_eid(world.people[1])
    world.desk.duty.lock()
    reader.let_go()
    assert (bool(again.view.choices), again.view.problem) == (True, None)
    assert kept(world) == []


def test_a_service_that_is_not_added_after_all_is_forgotten_with_its_page(
    walk: WalkIn, world: World
) -> None:
    """Left by the tab of the case that goes on, it may not lead anybody back."""
    case = walk.view.app
    assert case is not None
    walk.add_case()
    assert len(kept(world)) == 1
    walk.pick(0)
    assert (walk.view.adding, walk.view.app) == (False, case)
    assert kept(world) == []


def test_what_is_typed_of_whoever_goes_back_into_the_line_waits_for_them(world: World) -> None:
    world.sign_in("andi")
    world.desk.queue.take_ticket(world.by)
    walk = WalkIn(world.desk)
    walk.enter()
    walk.call_next()
    walk.type_manually("eid_chip_unreadable")
    walk.field_changed("name", "SITI")
    walk.skip()
    assert kept(world), "they may be called again"
    assert world.desk.intake.drafts(world.by) == [], "nobody is led to somebody who isn't here"
    walk.call_next()
    assert (walk.view.typing, walk.view.form["name"]) == (Typing.IDENTITY, "SITI")


def test_a_proof_half_typed_falls_when_its_case_has_gone_on(walk: WalkIn, world: World) -> None:
    assert walk.view.app is not None
    walk.begin_typing(Typing.EVIDENCE, RequirementKind.PSYCH_CERT)
    walk.field_changed("reference", "PSI-77")
    walk.close()
    world.desk.requirements.check(world.by, walk.view.app.id)
    again = killed(world)
    assert (again.view.step, again.view.typing) == (WalkStep.PAYMENT, None)
    assert kept(world) == []


def test_a_question_stands_over_its_case_again_and_goes_with_the_act(
    walk: WalkIn, world: World
) -> None:
    case = walk.view.app
    assert case is not None
    with world.desk.ledger.reading() as r:
        head = r.head()
    walk.ask("reject", {"reason": "other", "note": "Data tid"})
    with world.desk.ledger.reading() as r:
        assert r.head() == head, "what is half answered is no act"
    world.sign_in("dewi")
    assert world.desk.kept_work.begun(world.by) == [], "it is Andi's own"
    world.sign_in("andi")

    again = killed(world)
    assert again.view.app == case
    asked = again.view.asked
    assert asked is not None
    assert (asked.question, asked.again) == ("reject", True)
    assert asked.answers == {"reason": "other", "note": "Data tid"}
    again.ask("reject", asked.answers)
    again.reject("other", "Data tidak cocok.")
    assert again.view.problem is None
    assert again.view.asked is None
    assert kept(world) == []


def test_a_question_falls_when_its_case_has_moved_on(walk: WalkIn, world: World) -> None:
    assert walk.view.app is not None
    walk.ask("reject", {"reason": "other", "note": "Data tid"})
    walk.close()
    world.desk.requirements.check(world.by, walk.view.app.id)
    again = killed(world)
    assert (again.view.step, again.view.asked) == (WalkStep.PAYMENT, None)
    assert kept(world) == []


def test_a_question_about_another_case_waits_for_it(walk: WalkIn, world: World) -> None:
    case = walk.view.app
    assert case is not None
    walk.ask("cancel", {"reason": "other", "note": "Pind"})
    again = WalkIn(world.desk)
    again.enter()
    again.refresh()
    assert again.view.asked is None
    assert len(kept(world)) == 1
    again.open(case.id)
    assert again.view.asked is not None
    again.ask_no_more()
    assert kept(world) == []


def ticket(walk: WalkIn) -> str:
    assert walk.view.ticket is not None
    return walk.view.ticket.id


def kept(world: World) -> list[Draft]:
    with world.desk.ledger.reading() as r:
        return r.find(Draft)


def test_a_correction_begun_before_a_hold_goes_on_with_its_case(walk: WalkIn, world: World) -> None:
    world.stage.sit(world.people[1])
    to(walk, world, WalkStep.CONFIRM)
    assert walk.view.app is not None
    case = walk.view.app.id
    walk.begin_correction()
    walk.field_changed("address", "JL. MELATI 7")
    walk.hold()
    walk.open(case)
    assert walk.view.held
    assert walk.view.correcting
    walk.field_changed("occupation", "GURU")
    walk.enter_key()
    view = walk.view
    assert (view.held, view.correcting, view.typing) == (False, True, Typing.CORRECTION)
    assert (view.form["address"], view.form["occupation"]) == ("JL. MELATI 7", "GURU")
    assert view.faces.front, "the card is there where the correction is left"
    [draft] = world.desk.intake.drafts(world.by)
    assert draft.id == view.draft_id
    walk.enter_key()
    assert walk.view.app is not None
    assert walk.view.app.applicant.address.startswith("JL. MELATI 7")
    assert world.desk.intake.drafts(world.by) == []


def test_a_proof_half_typed_before_a_hold_goes_on_with_its_case(
    unproven: WalkIn, world: World
) -> None:
    """Held at the queue, where nobody sees that it is being typed."""
    assert unproven.view.app is not None
    case = unproven.view.app.id
    unproven.begin_typing(Typing.EVIDENCE, RequirementKind.PSYCH_CERT)
    unproven.field_changed("reference", "PSI-77")
    world.desk.intake.hold(world.by, case, "applicant_left")
    unproven.open(case)
    unproven.enter_key()
    view = unproven.view
    assert (view.held, view.typing) == (False, Typing.EVIDENCE)
    assert view.typed_kind is RequirementKind.PSYCH_CERT
    assert view.form == {"reference": "PSI-77"}
    assert view.checklist is not None
