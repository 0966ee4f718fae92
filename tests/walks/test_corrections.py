"""What is wrong on a card, and a card that is in the wrong hands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from desktop.domain.application import Application, CardSwapped, Incident
from desktop.domain.application import ApplicationState as S
from desktop.domain.classes import Door, NotOffered
from desktop.domain.correction import (
    CardNotOut,
    CardOfAnother,
    CardStillOut,
    LicenceNotGood,
    LostOrSeized,
    NikFixed,
    NothingCorrected,
    OtherCardDisagrees,
    Surrender,
)
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import RoleMissing, SameOfficer
from desktop.domain.person import Blocked, Hold, LicenceStatus
from desktop.domain.person import Person as Known
from desktop.domain.reasons import SpoilReason
from desktop.domain.requirements import RequirementKind, RequirementMissing
from desktop.domain.service import Service
from desktop.domain.stock import Blank, BlankState
from desktop.domain.validity import ReplacementTooLate
from desktop.domain.workflow import GatesMissing, NoSuchStep
from desktop.services.reviews import Remark
from tests.walks.making import witness
from tests.walks.steps import (
    A,
    acts,
    captured,
    case,
    checked,
    expires,
    finished,
    handed,
    licences_of,
    look_at,
    paid,
    printed,
    registered,
    signed_off,
)
from tests.walks.world import World


def approved(world: World, index: int = 1) -> Application:
    person = world.people[index]
    app = captured(world, paid(world, checked(world, registered(world, person))), person)
    return signed_off(world, app)


def blank_of(world: World, serial: str) -> Blank:
    with world.desk.ledger.reading() as r:
        return r.get(Blank, serial)


def test_typo_found_before_printing_voids_the_approval(world: World) -> None:
    world.sign_in("andi")
    app = approved(world)
    right = replace(app.applicant, occupation="PETANI")
    app = world.desk.intake.correct(world.by, app.id, right)
    assert (app.state, app.approved_by) == (S.CAPTURED, "")
    app = world.desk.intake.confirm_data(world.by, app.id)
    with pytest.raises(NoSuchStep):
        world.desk.issuing.issue(world.by, app.id)
    world.take_over("sri")
    [review] = world.desk.reviews.waiting(world.by)
    assert review.remarks == (Remark.CHANGED,), "the chip says otherwise: whoever approves looks"
    app = world.desk.approvals.approve(world.by, app.id)
    world.give_back()
    assert finished(world, app).state is S.READY


@pytest.mark.parametrize("given", [False, True])
def test_what_was_changed_on_a_made_card_is_looked_at_too(world: World, given: bool) -> None:
    world.sign_in("andi")
    app = finished(world, approved(world))
    right = replace(app.applicant, occupation="PETANI")
    if given:
        app = handed(world, app)
        second = witness(world, "bambang")
        world.desk.corrections.handed(world.by, second, app.id, app.blank_serial, right)
    else:
        world.desk.corrections.printed(world.by, app.id, right)
    world.desk.intake.confirm_data(world.by, app.id)
    [review] = world.desk.reviews.waiting(witness(world, "sri"))
    assert Remark.CHANGED in review.remarks


def test_another_telephone_number_is_nothing_to_look_at(world: World) -> None:
    world.sign_in("andi")
    app = approved(world)
    world.desk.intake.correct(world.by, app.id, replace(app.applicant, phone="081200000009"))
    world.desk.intake.confirm_data(world.by, app.id)
    [review] = world.desk.reviews.waiting(witness(world, "sri"))
    assert review.clean


def test_a_correction_reaches_the_persons_record(world: World) -> None:
    world.sign_in("andi")
    app = approved(world)
    world.desk.intake.correct(world.by, app.id, replace(app.applicant, address="JL. BARU NO. 7"))
    with world.desk.ledger.reading() as r:
        assert r.get(Known, app.person_id).applicant.address == "JL. BARU NO. 7"


def test_another_nik_is_another_person(world: World) -> None:
    world.sign_in("andi")
    app = approved(world)
    with pytest.raises(NikFixed):
        world.desk.intake.correct(world.by, app.id, replace(app.applicant, nik=world.people[2].nik))
    assert case(world, app).state is S.APPROVED


def test_another_birth_date_than_on_the_person_s_other_card_is_corrected_there_first(
    world: World,
) -> None:
    """Nothing is sent to the supervisor, so nobody is told to wait for them."""
    world.sign_in("andi")
    first = finished(world, approved(world))
    second = registered(world, world.people[1], Service.NEW_ISSUE, A)
    right = replace(second.applicant, birth_date=second.applicant.birth_date - timedelta(days=1))
    with pytest.raises(OtherCardDisagrees) as refused:
        world.desk.intake.correct(world.by, second.id, right)
    assert (refused.value.case, refused.value.reason) == (first.number, "")
    world.desk.corrections.printed(world.by, first.id, right)
    assert world.desk.intake.correct(world.by, second.id, right).applicant == right


def test_two_made_cards_with_a_wrong_birth_date_are_corrected_once_the_supervisor_decided(
    world: World,
) -> None:
    """Neither can be the first: the holder comes anew with the right data, and that is compared."""
    world.sign_in("andi")
    first = handed(world, finished(world, approved(world)))
    with world.desk.ledger.acting(world.by) as w:
        w.add(replace(first, id=world.desk.frame.ids.new(), number="ANOTHER"))
        w.record("records.loaded", first.id, {})
    right = replace(first.applicant, birth_date=first.applicant.birth_date - timedelta(days=1))

    def corrected() -> Application:
        second = witness(world, "bambang")
        serial = first.blank_serial
        return world.desk.corrections.handed(world.by, second, first.id, serial, right)

    with pytest.raises(OtherCardDisagrees) as refused:
        corrected()
    assert (refused.value.case, refused.value.reason) == ("ANOTHER", "made")
    person = replace(world.people[1], birth_date=right.birth_date)
    anew = registered(world, person, Service.NEW_ISSUE, A)
    world.take_over("bambang")
    world.desk.intake.settle_conflict(world.by, anew.person_id, "KTP-el", owner=anew.id)
    world.give_back()
    assert corrected().applicant == right


def test_typo_found_after_printing_is_reprinted_with_the_same_dates_and_no_fee(
    world: World,
) -> None:
    world.sign_in("andi")
    app = finished(world, approved(world))
    first = app.blank_serial
    world.clock.advance(timedelta(days=1).total_seconds())
    right = replace(app.applicant, occupation="PETANI")
    app = world.desk.corrections.printed(world.by, app.id, right)
    assert (app.state, app.licence_id) == (S.CAPTURED, "")
    spoiled = blank_of(world, first)
    assert (spoiled.state, spoiled.reason) == (BlankState.SPOILED, SpoilReason.DATA_ERROR_OFFICE)
    [before] = [x for x in licences_of(world, world.people[1]) if x.status is LicenceStatus.VALID]
    assert before.sequence == 1
    finished(world, signed_off(world, app))
    now, licence = look_at(world, app)
    assert licence is not None
    assert (now.issue_on, now.valid_until) == (app.issue_on, app.valid_until)
    assert licence.blank_serial != first
    assert [line.content["kind"] for line in acts(world, "evidence.recorded") if line.content
            and line.content["kind"] == "payment"] == ["payment"]  # fmt: skip


def test_a_correction_that_changes_nothing_spoils_nothing(world: World) -> None:
    world.sign_in("andi")
    app = finished(world, approved(world))
    with pytest.raises(NothingCorrected):
        world.desk.corrections.printed(world.by, app.id, app.applicant)
    assert blank_of(world, app.blank_serial).state is BlankState.ISSUED


def test_typo_found_a_week_later_needs_the_card_and_two_officers(world: World) -> None:
    world.sign_in("andi")
    app = handed(world, finished(world, approved(world)))
    first, until = app.blank_serial, app.valid_until
    world.clock.advance(timedelta(days=7).total_seconds())
    right = replace(app.applicant, birth_place="CIMAHI")
    with pytest.raises(SameOfficer):
        world.desk.corrections.handed(world.by, world.by, app.id, first, right)
    second = witness(world, "bambang")
    with pytest.raises(CardSwapped):
        world.desk.corrections.handed(world.by, second, app.id, "CT99999999", right)
    app = world.desk.corrections.handed(world.by, second, app.id, first, right)
    assert app.state is S.CAPTURED
    [entry] = acts(world, "application.correct_handed")
    assert entry.content is not None
    assert (entry.officer, entry.content["second"]) == ("79010001", "74050005")
    assert blank_of(world, first).state is BlankState.SPOILED

    app = handed(world, finished(world, signed_off(world, app)))
    assert app.valid_until == until
    _, wrong, good = licences_of(world, world.people[1])
    assert (wrong.status, good.status) == (LicenceStatus.SUPERSEDED, LicenceStatus.VALID)
    assert good.valid_until == wrong.valid_until

    world.take_over("nyoman")
    made = world.desk.destruction.destroy(world.by, witness(world, "bambang"), [first])
    assert made.pdf.startswith(b"%PDF")
    assert blank_of(world, first).state is BlankState.DESTROYED


def test_a_spoiled_reprint_of_a_correction_leaves_the_licence_standing(world: World) -> None:
    """The licence stands while its corrected card fails at the printer or at the inspection."""
    world.sign_in("andi")
    app = handed(world, finished(world, approved(world)))
    right = replace(app.applicant, birth_place="CIMAHI")
    second = witness(world, "bambang")
    app = world.desk.corrections.handed(world.by, second, app.id, app.blank_serial, right)
    app = printed(world, signed_off(world, app))
    world.desk.issuing.spoil(world.by, app.id, "print_defect")
    assert licences_of(world, world.people[1])[-1].status is LicenceStatus.VALID
    with pytest.raises(GatesMissing):
        world.desk.intake.cancel(world.by, app.id, "by_applicant")


def test_card_given_to_the_wrong_person_is_recalled_and_exchanged(world: World) -> None:
    """Two people, two cards, each in the other's pocket, though both were scanned."""
    world.sign_in("andi")
    one = handed(world, finished(world, approved(world, 1)))
    other = handed(world, finished(world, approved(world, 2)))
    incident, letters = world.desk.corrections.given_to_other(world.by, one.id, other.id)
    assert len(letters) == 2
    for index in (1, 2):
        assert licences_of(world, world.people[index])[-1].status is LicenceStatus.FLAGGED
    second = witness(world, "bambang")
    for app in (one, other):
        back = world.desk.corrections.take_back(world.by, second, app.id, app.blank_serial)
        assert back.state is S.READY
    world.take_over("bambang")
    with pytest.raises(CardStillOut):
        world.desk.corrections.exchanged(world.by, incident.id, "too early")
    world.give_back()
    handed(world, one)
    handed(world, other)
    for index in (1, 2):
        assert licences_of(world, world.people[index])[-1].status is LicenceStatus.VALID
    world.take_over("bambang")
    closed = world.desk.corrections.exchanged(world.by, incident.id, "each has their own")
    assert closed.closed_by == "74050005"


def test_a_card_that_was_never_given_out_was_not_swapped(world: World) -> None:
    world.sign_in("andi")
    one = handed(world, finished(world, approved(world, 1)))
    here = finished(world, approved(world, 2))
    for other in (here, one):
        with pytest.raises(CardNotOut):
            world.desk.corrections.given_to_other(world.by, one.id, other.id)
    for index in (1, 2):
        assert licences_of(world, world.people[index])[-1].status is LicenceStatus.VALID


def test_a_flagged_card_stays_on_the_shelf(world: World) -> None:
    world.sign_in("andi")
    app = finished(world, approved(world))
    world.desk.corrections.given_to_other(world.by, app.id)
    with pytest.raises(LicenceNotGood):
        handed(world, app)
    assert case(world, app).state is S.READY


def test_damaged_card_of_somebody_else_is_found_property(world: World) -> None:
    world.sign_in("andi")
    theirs = handed(world, finished(world, approved(world, 2)))
    app = registered(world, world.people[1], Service.REPLACE_DAMAGED)
    found = world.desk.corrections.handed_in(world.by, app.id, theirs.blank_serial)
    assert found.whose is Surrender.OF_ANOTHER
    with pytest.raises(CardOfAnother):
        world.desk.corrections.refuse_another(found)
    world.desk.corrections.handed_in(world.by, app.id, theirs.blank_serial)
    with world.desk.ledger.reading() as r:
        [incident] = r.find(Incident, kind="found_property")
    assert incident.details["serial"] == theirs.blank_serial
    assert licences_of(world, world.people[2])[-1].status is LicenceStatus.VALID


def test_ones_own_damaged_card_is_taken(world: World) -> None:
    world.sign_in("andi")
    mine = handed(world, finished(world, approved(world, 1)))
    app = registered(world, world.people[1], Service.REPLACE_DAMAGED)
    found = world.desk.corrections.handed_in(world.by, app.id, mine.blank_serial)
    assert found.whose is Surrender.OWN


def test_a_lost_card_asks_lost_or_seized(world: World) -> None:
    world.sign_in("andi")
    app = registered(world, world.people[1], Service.REPLACE_LOST)
    world.desk.requirements.gather(world.by, app.id)
    with pytest.raises(LostOrSeized):
        world.desk.requirements.check(world.by, app.id)
    world.desk.intake.answer_loss(world.by, app.id)
    assert world.desk.requirements.check(world.by, app.id).state is S.REQUIREMENTS_CHECKED


@pytest.mark.parametrize("service", [Service.RENEWAL, Service.DATA_CHANGE, Service.REPLACE_DAMAGED])
def test_whose_card_turns_out_to_be_lost_goes_on_as_that(world: World, service: Service) -> None:
    """They came without the card: another service, with the police's report."""
    world.sign_in("andi")
    app = registered(world, world.people[1], service)
    world.desk.requirements.gather(world.by, app.id)
    now = world.desk.intake.answer_loss(world.by, app.id)
    assert (now.service, now.loss, now.state) == (Service.REPLACE_LOST, "lost", S.REGISTERED)
    assert now.previous_licence == app.previous_licence
    with pytest.raises(RequirementMissing) as missing:
        world.desk.requirements.check(world.by, app.id)
    assert missing.value.kind is RequirementKind.LOSS_REPORT
    assert world.desk.requirements.gather(world.by, app.id) == []
    assert world.desk.requirements.check(world.by, app.id).fee == 75_000


def test_where_no_lost_card_is_replaced_no_case_becomes_that(world: World) -> None:
    """An outlet renews only; whoever lost the card is sent to the office."""
    world.sign_in("andi")
    app = registered(world, world.people[1])
    foreigner = replace(app, applicant=replace(app.applicant, nationality="BELANDA"))
    refused_to = world.desk.intake.lost_refused
    assert refused_to(app) is refused_to(foreigner) is None
    assert refused_to(replace(foreigner, licence_class=LicenceClass.BI)) is not None
    at_an_outlet(world)
    with pytest.raises(NotOffered) as refused:
        world.desk.intake.answer_loss(world.by, app.id)
    assert (refused.value.door, refused.value.service) == (Door.OUTLET, Service.REPLACE_LOST)
    assert case(world, app).service is Service.RENEWAL
    assert refused_to(app) is not None


def at_an_outlet(world: World) -> None:
    """The counter stands in an outlet from now on."""
    frame = world.desk.frame
    place = replace(frame.place, door=Door.OUTLET)
    object.__setattr__(frame, "settings", replace(frame.settings, place=place))


def test_whoever_made_it_a_lost_card_doesn_t_approve_it(world: World) -> None:
    world.sign_in("andi")
    app = registered(world, world.people[1])
    changer = witness(world, "dewi")
    now = world.desk.intake.answer_loss(changer, app.id)
    assert changer.officer in now.makers


def test_what_was_checked_is_no_more_turned_into_a_lost_card(world: World) -> None:
    world.sign_in("andi")
    app = checked(world, registered(world, world.people[1]))
    with pytest.raises(NoSuchStep):
        world.desk.intake.answer_loss(world.by, app.id)
    assert case(world, app).service is Service.RENEWAL


def test_a_card_that_ran_out_is_no_more_replaced_as_lost(world: World) -> None:
    """Only a renewal may have a decree."""
    world.sign_in("andi")
    app = registered(world, world.people[1])
    expires(world, world.people[1], world.desk.frame.today() - timedelta(days=1))
    with pytest.raises(ReplacementTooLate):
        world.desk.intake.answer_loss(world.by, app.id)
    assert case(world, app).service is Service.RENEWAL


def test_a_seizure_that_is_refused_leaves_no_hold(world: World) -> None:
    world.sign_in("andi")
    app = registered(world, world.people[1], Service.REPLACE_LOST)
    world.take_over("nyoman")
    with pytest.raises(RoleMissing):
        world.desk.corrections.seized(
            world.by, app.id, reference="TILANG-0001", authority="Satlantas Contoh", settle_at=""
        )
    with world.desk.ledger.reading() as r:
        assert r.count(Hold, nik=app.nik) == 0


def test_a_seized_card_is_not_replaced_as_lost_now_or_tomorrow(world: World) -> None:
    person = world.people[1]
    world.sign_in("andi")
    app = registered(world, person, Service.REPLACE_LOST)
    app = world.desk.corrections.seized(
        world.by, app.id, reference="TILANG-0001", authority="Satlantas Contoh",
        settle_at="Kejaksaan Contoh",
    )  # fmt: skip
    assert app.state is S.REJECTED
    again = registered(world, person, Service.REPLACE_LOST)
    world.desk.requirements.gather(world.by, again.id)
    world.desk.intake.answer_loss(world.by, again.id)
    with pytest.raises(Blocked) as refused:
        world.desk.requirements.check(world.by, again.id)
    assert refused.value.settle_at == "Kejaksaan Contoh"
