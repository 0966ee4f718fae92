"""The card desk: wrong data, wrong hands, found cards, as a screen would lead them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.domain.application import Application, Incident
from desktop.domain.application import ApplicationState as S
from desktop.domain.card_reading import ChipWanted
from desktop.domain.correction import CardInForce, LicenceNotGood
from desktop.domain.person import Licence, LicenceStatus
from desktop.domain.service import Service
from desktop.domain.stock import Blank, BlankState
from desktop.presenters.base import DESK
from desktop.presenters.cards import CardDesk
from desktop.presenters.cards_view import CardAct, CardStep, Whereabouts, acts_of
from desktop.services.oversight import TrailQuery
from devices.simulators.faults import Fault, FaultName
from tests.presenters.busy_lane import on_busy_lane
from tests.walks.making import ready
from tests.walks.steps import (
    captured,
    case,
    checked,
    finished,
    handed,
    paid,
    registered,
    signed_off,
)
from tests.walks.test_full_disk import after, limit
from tests.walks.world import PASSWORDS, World
from ui.going_on import place_of


@pytest.fixture
def cards(world: World) -> CardDesk:
    world.sign_in("andi")
    made = CardDesk(world.desk)
    made.enter()
    return made


def problem(cards: CardDesk) -> str:
    return type(cards.view.problem).__name__


def given(cards: CardDesk, app: Application) -> None:
    cards.scanned(app.blank_serial)
    cards.begin_given()
    cards.given()
    cards.put_down()


def test_a_printed_card_with_a_typo_is_compared_before_its_blank_is_spoiled(
    world: World, cards: CardDesk
) -> None:
    app = ready(world, 1)
    cards.open(app.id)
    assert cards.view.acts == (CardAct.CORRECT_PRINTED, CardAct.GO_ON)
    cards.begin_correction()
    cards.field_changed("occupation", "petani")
    cards.compare()
    [change] = cards.view.changes
    assert (change.field, change.after) == ("occupation", "PETANI")
    assert case(world, app).state is S.READY
    cards.correct()
    now = case(world, app)
    assert (now.state, now.applicant.occupation) == (S.CAPTURED, "PETANI")
    with world.desk.ledger.reading() as r:
        assert r.get(Blank, app.blank_serial).state is BlankState.SPOILED
    assert cards.view.acts == (CardAct.GO_ON,)
    assert not world.desk.intake.drafts(world.by)


def test_a_card_whose_photo_isnt_here_is_shown_without_it(world: World, cards: CardDesk) -> None:
    app = handed(world, ready(world, 1))
    with world.desk.ledger.acting(world.by) as w:
        w.change(w.get(Application, app.id), photo="0" * 64)
        w.change(w.get(Licence, app.licence_id), photo="0" * 64)
        w.record("test.away", app.id, {})
    assert cards.scanned(app.blank_serial)
    assert cards.scanned(app.blank_serial), "the same card, shown already"
    record = cards.view.record
    assert record is not None
    assert (record.serial, record.photo, cards.view.problem) == (app.blank_serial, b"", None)


def test_nothing_changed_and_no_date_stay_in_the_form(world: World, cards: CardDesk) -> None:
    cards.open(ready(world, 1).id)
    cards.begin_correction()
    cards.compare()
    assert (problem(cards), cards.view.step) == ("NothingCorrected", CardStep.TYPING)
    cards.field_changed("birth_date", "31/02/1990")
    cards.compare()
    assert (problem(cards), cards.view.step) == ("DateUnreadable", CardStep.TYPING)


def test_a_correction_begun_is_there_again_after_a_crash(world: World, cards: CardDesk) -> None:
    app = ready(world, 1)
    cards.open(app.id)
    cards.begin_correction()
    cards.field_changed("name", "NAMA BENAR")
    again = CardDesk(world.desk)
    again.enter(app.id)
    assert (again.view.step, again.view.form["name"]) == (CardStep.TYPING, "NAMA BENAR")
    again.compare()
    [change] = again.view.changes
    last = CardDesk(world.desk)
    last.enter(app.id)
    assert (last.view.step, last.view.changes) == (CardStep.COMPARE, (change,))
    last.back()
    last.back()
    assert not world.desk.intake.drafts(world.by)


def test_what_was_done_just_before_the_lock_stands_there_when_it_is_unlocked(
    world: World, cards: CardDesk
) -> None:
    """Whoever asked for it has locked the window by the time of the answer."""
    app, wrong = handed(world, ready(world, 1)), ready(world, 2)
    lane = on_busy_lane(cards, DESK)
    cards.open(wrong.id)
    lane.let_go()
    cards.begin_correction()
    cards.field_changed("occupation", "petani")
    cards.compare()
    cards.correct()
    world.desk.duty.lock()
    lane.let_go()
    assert (cards.view.step, cards.view.problem) == (CardStep.RECORD, None)
    assert case(world, wrong).applicant.occupation == "PETANI"
    world.desk.duty.unlock(*PASSWORDS["andi"])
    assert not world.desk.intake.drafts(world.by)
    cards.scanned(app.blank_serial)
    lane.let_go()
    cards.begin_given()
    cards.given()
    world.desk.duty.lock()
    lane.let_go()
    assert cards.view.problem is None
    assert len(world.bench.take_papers()) == 1, "the letter goes out for whoever asked for it"
    world.desk.duty.unlock(*PASSWORDS["andi"])
    lane.let_go()
    assert [line.serial for line in cards.view.lines] == [app.blank_serial]


def test_two_swapped_cards_are_still_together_after_a_crash(world: World, cards: CardDesk) -> None:
    one, two = (handed(world, ready(world, number)) for number in (1, 2))
    cards.scanned(one.blank_serial)
    cards.begin_given()
    assert not world.desk.intake.drafts(world.by), "nothing is told yet"
    cards.scanned(two.blank_serial)
    again = CardDesk(world.desk)
    again.enter(one.id)
    assert again.view.step is CardStep.GIVEN
    assert again.view.other is not None
    assert again.view.other.serial == two.blank_serial
    again.given()
    assert {line.serial for line in again.view.lines} == {one.blank_serial, two.blank_serial}
    assert not world.desk.intake.drafts(world.by)


def test_a_correction_begun_falls_with_what_it_was_begun_for(world: World, cards: CardDesk) -> None:
    app = ready(world, 1)
    cards.open(app.id)
    cards.begin_correction()
    cards.field_changed("name", "NAMA BENAR")
    world.desk.corrections.printed(world.by, app.id, replace(app.applicant, occupation="PETANI"))
    again = CardDesk(world.desk)
    again.enter(app.id)
    assert again.view.step is CardStep.RECORD
    assert not world.desk.intake.drafts(world.by)


def test_a_handed_card_is_corrected_with_the_card_and_a_second_officer(
    world: World, cards: CardDesk
) -> None:
    app = handed(world, ready(world, 1))
    cards.open(app.id)
    assert CardAct.CORRECT_HANDED in cards.view.acts
    cards.begin_correction()
    assert (problem(cards), cards.view.step) == ("CardNotInHand", CardStep.RECORD)
    cards.scanned(app.blank_serial)
    cards.begin_correction()
    cards.field_changed("birth_place", "cimahi")
    cards.compare()
    cards.correct("74050005", "wrong")
    assert (problem(cards), cards.view.step) == ("WrongPassword", CardStep.COMPARE)
    cards.correct(*PASSWORDS["andi"])
    assert problem(cards) == "SameOfficer"
    cards.correct(*PASSWORDS["bambang"])
    assert case(world, app).state is S.CAPTURED
    assert cards.view.said is not None
    assert cards.view.said.message_id == "cards.said.corrected_handed", "taken in, not spoiled"


def test_no_order_is_offered_for_a_card_that_is_missing(world: World, cards: CardDesk) -> None:
    app = handed(world, ready(world, 1))
    cards.scanned(app.blank_serial)
    record, roles = cards.view.record, cards.view.roles
    assert record is not None
    assert CardAct.ORDER in acts_of(record, roles, app.blank_serial)
    assert CardAct.ORDER not in acts_of(replace(record, missing=True), roles, app.blank_serial)


def test_a_corrected_case_shows_the_card_that_it_has_now(world: World, cards: CardDesk) -> None:
    app = handed(world, ready(world, 1))
    cards.scanned(app.blank_serial)
    before = cards.view.face
    assert before
    cards.begin_correction()
    cards.field_changed("birth_place", "cimahi")
    cards.compare()
    cards.correct(*PASSWORDS["bambang"])
    old = cards.view.record
    assert old is not None
    assert (old.serial, old.surrendered) == (app.blank_serial, True)
    assert not replace(old, missing=True).surrendered, "a lost one wasn't taken in"
    corrected = cards.view.face
    assert corrected != before, "what the new card will say"
    now = finished(world, signed_off(world, case(world, app)))
    shown = cards.view.record
    assert shown is not None
    assert (shown.serial, shown.surrendered) == (app.blank_serial, True), "the card on show stays"
    cards.open(app.id)
    shown = cards.view.record
    assert shown is not None
    assert (shown.serial, shown.current) == (now.blank_serial, True)
    assert not shown.surrendered
    cards.scanned(app.blank_serial)
    shown = cards.view.record
    assert shown is not None
    assert (shown.serial, shown.current) == (app.blank_serial, False)
    assert CardAct.CORRECT_PRINTED not in cards.view.acts, "its blank isn't the one to spoil"


def test_a_sample_scan_leaves_no_old_card_on_the_reader(world: World, cards: CardDesk) -> None:
    app = handed(world, ready(world, 1))
    cards.open(app.id)
    cards.play_scan()
    assert cards.view.in_hand
    with world.desk.hub.desk_reader() as reader:
        assert reader.card_present(timeout=1)
    cards.read_card_of("", ChipWanted.IF_THERE)
    assert cards.view.read is not None
    assert cards.view.read.seal is not None  # the code was scanned with the card
    assert cards.view.read.seal.good
    cards.put_reading_away()
    cards.begin_correction()
    cards.field_changed("birth_place", "cimahi")
    cards.compare()
    cards.correct(*PASSWORDS["bambang"])
    with world.desk.hub.desk_reader() as reader:
        assert not reader.card_present(timeout=1), "its chip would be read for the new card's"


def test_a_card_without_a_number_here_offers_no_sample_scan(world: World, cards: CardDesk) -> None:
    with world.desk.ledger.reading() as r:
        old = next(one for one in r.find(Licence) if not one.blank_serial)
    cards.open(old.id)
    assert cards.view.record is not None
    assert not cards.can_play
    cards.open(ready(world, 1).id)
    assert cards.can_play


def test_a_letter_is_said_to_be_printed_once_it_was(world: World, cards: CardDesk) -> None:
    first, second = handed(world, ready(world, 1)), handed(world, ready(world, 2))
    world.bench.order("document_printer", Fault("paper", FaultName.OUT_OF_PAPER))
    given(cards, first)
    assert cards.view.said is not None
    assert cards.view.said.message_id == "cards.said.flagged"
    world.bench.remedy("document_printer")
    given(cards, second)
    assert cards.view.said is not None
    assert cards.view.said.message_id == "cards.said.given"


def test_two_swapped_cards_come_back_and_the_supervisor_ends_it(
    world: World, cards: CardDesk
) -> None:
    one, other = handed(world, ready(world, 1)), handed(world, ready(world, 2))
    cards.scanned(one.blank_serial)
    cards.begin_given()
    cards.scanned(other.blank_serial)
    assert cards.view.other is not None
    after(world, 2, lambda: limit(world, 6))  # the incident, the letter for the first card
    cards.given()
    assert problem(cards) == "StoreFull"
    limit(world, 100_000)
    cards.put_down()
    assert [line.where for line in cards.view.lines] == [Whereabouts.OUT, Whereabouts.OUT]
    for app in (one, other):
        cards.open(app.id)
        assert CardAct.LETTER in cards.view.acts
        cards.print_letter()  # one is there, the other found no room and is made now
        assert cards.view.problem is None
        [letter] = world.desk.papers.of(case(world, app).licence_id)
        assert letter.printed_at is not None
        assert cards.view.said is not None
        assert cards.view.said.message_id == "cards.said.letter"
        assert cards.need_card()
        cards.scanned(app.blank_serial)
        assert CardAct.TAKE_BACK in cards.view.acts
        assert CardAct.FOUND not in cards.view.acts
        cards.take_back(*PASSWORDS["bambang"])
        assert case(world, app).state is S.READY
        assert CardAct.GO_ON in cards.view.acts
    world.take_over("bambang")
    cards.refresh()
    assert CardAct.EXCHANGED in cards.view.acts
    cards.exchanged("handed back")
    assert problem(cards) == "CardStillOut"
    world.give_back()
    handed(world, one)
    handed(world, other)
    world.take_over("bambang")
    cards.ask("exchange", {"text": "each has th"})
    [draft] = world.desk.kept_work.begun(world.by)
    assert place_of(draft) == ("cards", cards.view.record.key)
    again = CardDesk(world.desk)
    again.enter(cards.view.record.key)
    assert again.view.asked is not None
    assert again.view.asked.again
    assert again.view.asked.answers == {"text": "each has th"}
    again.close()
    cards.exchanged("each has their own")
    assert not world.desk.kept_work.begun(world.by)
    assert cards.view.record is not None
    assert cards.view.record.incident is None
    cards.put_down()
    assert cards.view.lines == ()


def test_the_other_of_two_swapped_cards_was_given_out_too(world: World, cards: CardDesk) -> None:
    one, here = handed(world, ready(world, 1)), ready(world, 2)
    cards.open(one.id)
    cards.begin_given()
    for code in (here.blank_serial, one.number):
        cards.typed(code)
        assert problem(cards) == "CardNotOut"
        assert cards.view.other is None
    two = handed(world, ready(world, 3))
    cards.typed(two.number)
    assert cards.view.other is not None
    assert cards.view.other.app is not None
    assert cards.view.other.app.id == two.id


def test_a_scanned_card_of_somebody_is_kept_as_found(world: World, cards: CardDesk) -> None:
    app = handed(world, ready(world, 1))
    cards.open(app.id)
    assert CardAct.FOUND not in cards.view.acts
    with world.desk.ledger.reading() as r:
        photo = r.blob(app.photo)
    cards.scanned(world.desk.sealing.card(app, photo))
    cards.found()
    cards.put_down()
    [line] = cards.view.lines
    assert (line.kind, line.where) == ("found_property", Whereabouts.KEPT)
    cards.open(line.key)
    assert cards.view.record is not None
    assert cards.view.record.status is LicenceStatus.VALID
    assert CardAct.GIVE_BACK not in cards.view.acts, "the card itself lies on the shelf"
    cards.scanned(world.desk.sealing.card(app, photo))
    cards.give_back()
    assert cards.view.record.found is None
    cards.put_down()
    assert cards.view.lines == ()
    line = world.desk.oversight.trail(TrailQuery(acts="card.given_back"))[0]
    assert dict(line.facts) == {"serial": app.blank_serial}


def test_a_number_that_was_typed_is_told_as_typed(world: World, cards: CardDesk) -> None:
    app = handed(world, ready(world, 1))
    serial = app.blank_serial
    cards.typed(serial)
    assert cards.view.in_hand
    assert cards.view.typed
    cards.found()
    assert not cards.view.typed
    cards.typed(serial)
    cards.give_back()
    told = {"serial": serial, "known_by": "typed"}
    for act in ("incident.opened", "card.given_back"):
        line = world.desk.oversight.trail(TrailQuery(acts=act))[0]
        assert dict(line.facts).items() >= told.items(), act
    cards.typed(serial)
    cards.scanned(serial)
    assert not cards.view.typed, "scanned by now"


def test_a_found_card_that_was_replaced_meanwhile_stays_here(world: World, cards: CardDesk) -> None:
    cards.put_down()
    app = handed(world, ready(world, 1))
    by = world.desk.duty.actor()
    kept = world.desk.corrections.found(by, app.blank_serial)
    with world.desk.ledger.acting(by) as w:
        w.change(w.get(Licence, app.licence_id), status=LicenceStatus.SUPERSEDED)
        w.record("licence.superseded", app.licence_id, {})
    with pytest.raises(LicenceNotGood):
        world.desk.corrections.give_back(by, app.blank_serial)
    with world.desk.ledger.reading() as r:
        assert r.get(Incident, kept.id).closed_by == ""


def test_a_replaced_card_that_turns_up_goes_to_destruction(world: World, cards: CardDesk) -> None:
    cards.put_down()
    old = handed(world, ready(world, 1))
    cards.scanned(old.blank_serial)
    assert CardAct.TURNED_UP not in cards.view.acts, "it is the holder's, and in force"
    world.take_over("bambang")
    with pytest.raises(CardInForce):
        world.desk.corrections.turned_up(world.desk.duty.actor(), old.blank_serial)
    world.take_over("andi")
    person, again = world.people[1], Service.REPLACE_DAMAGED
    app = captured(world, paid(world, checked(world, registered(world, person, again))), person)
    app = finished(world, signed_off(world, app))
    world.desk.handover.take_old(world.by, app.id, "unreadable")
    handed(world, app)
    cards.scanned(old.blank_serial)
    cards.found()
    assert cards.view.record is not None
    assert cards.view.record.serial == old.blank_serial, "not the card that the person has now"
    assert CardAct.TURNED_UP not in cards.view.acts, "not this officer's"
    assert not replace(cards.view, scanned="").scan_helps, "these chips keep no orders"
    assert replace(cards.view, scanned="", keeps_records=True).scan_helps
    world.take_over("bambang")
    cards.scanned(old.blank_serial)
    cards.turned_up()
    assert cards.view.record is not None
    assert cards.view.record.aside
    assert cards.view.record.found is None
    assert CardAct.TURNED_UP not in cards.view.acts
    [waiting] = world.desk.destruction.waiting()
    assert (waiting.serial, waiting.set_aside) == (old.blank_serial, True)
    by = world.desk.duty.actor()
    second = world.desk.duty.second(by, *PASSWORDS["nyoman"])
    world.desk.destruction.destroy(by, second, [old.blank_serial])
    cards.put_down()
    cards.scanned(old.blank_serial)
    assert cards.view.record.destroyed, "it isn't told to be replaced, nor to wait"
    gone = replace(cards.view, scanned="", keeps_records=True)
    assert not gone.scan_helps, "nobody can scan it any more"
    assert not cards.view.record.aside


def test_another_card_is_not_taken_for_the_one_being_corrected(
    world: World, cards: CardDesk
) -> None:
    one, other = handed(world, ready(world, 1)), handed(world, ready(world, 2))
    cards.scanned(one.blank_serial)
    cards.begin_correction()
    cards.scanned(other.blank_serial)
    assert problem(cards) == "CardSwapped"
    assert cards.view.record is not None
    assert cards.view.record.serial == one.blank_serial
    assert not cards.scanned("JX900000000ID")
    cards.typed("JX900000000ID")
    assert problem(cards) == "CardNotOnRecord"
