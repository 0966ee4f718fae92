"""A damaged card is replaced: the old one is taken in before the new one is handed over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.domain.application import Application, Incident
from desktop.domain.application import ApplicationState as S
from desktop.domain.correction import CardTakenIn, OldCardNotTaken, Surrender
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import PROGRAM
from desktop.domain.person import Licence
from desktop.domain.reasons import OldCardSeen
from desktop.domain.service import Service
from desktop.domain.stock import Blank, BlankState
from desktop.services.old_cards import is_old_card, old_cards_taken
from tests.walks.making import ready, witness
from tests.walks.steps import (
    A,
    acts,
    after_tests,
    captured,
    case,
    checked,
    finished,
    handed,
    licences_of,
    paid,
    registered,
    signed_off,
)
from tests.walks.test_paper_forms import text_of
from tests.walks.world import World


def replacement(world: World) -> tuple[Application, Application]:
    """A card made here, and the one that replaces it, ready for its holder."""
    person = world.people[1]
    old = handed(world, ready(world, 1))
    app = checked(world, registered(world, person, Service.REPLACE_DAMAGED))
    app = captured(world, paid(world, app), person)
    return old, finished(world, signed_off(world, app))


def blank_of(world: World, app: Application) -> Blank:
    with world.desk.ledger.reading() as r:
        return r.get(Blank, app.blank_serial)


def test_the_new_card_waits_for_the_old_one(world: World) -> None:
    world.sign_in("andi")
    old, app = replacement(world)
    with pytest.raises(OldCardNotTaken):
        handed(world, app)
    assert case(world, app).state is S.READY
    world.desk.corrections.handed_in(world.by, app.id, old.blank_serial)
    assert handed(world, app).state is S.CLOSED
    made = world.desk.papers.handover_receipt(world.by, [app.id])
    assert old.blank_serial in text_of(made), "the holder has it on paper"


def test_one_that_no_machine_reads_is_taken_with_a_reason(world: World) -> None:
    world.sign_in("andi")
    _, app = replacement(world)
    world.desk.handover.take_old(world.by, app.id, OldCardSeen.UNREADABLE)
    assert case(world, app).old_card_taken
    assert handed(world, app).state is S.CLOSED
    [told] = acts(world, "card.handed_in")
    assert (told.content or {})["reason"] == "unreadable"


def test_another_card_of_the_same_holder_is_not_the_old_one(world: World) -> None:
    world.sign_in("andi")
    old, app = replacement(world)
    world.desk.corrections.handed_in(world.by, app.id, app.blank_serial)
    with pytest.raises(OldCardNotTaken):
        handed(world, app)
    assert blank_of(world, old).state is BlankState.ISSUED


def test_a_card_of_this_very_case_is_not_the_old_one(world: World) -> None:
    """Its first one went bad after the inspection, and a second was made."""
    world.sign_in("andi")
    old, app = replacement(world)
    first = app.blank_serial
    again = finished(world, world.desk.issuing.spoil(world.by, app.id, "print_defect"))
    world.desk.corrections.handed_in(world.by, app.id, first)
    with pytest.raises(OldCardNotTaken):
        handed(world, again)
    world.desk.corrections.handed_in(world.by, app.id, old.blank_serial)
    assert handed(world, again).state is S.CLOSED


def test_an_older_card_of_the_same_class_is_not_the_one_replaced(world: World) -> None:
    """It was superseded long ago; the holder still has it."""
    world.sign_in("andi")
    _, app = replacement(world)
    with world.desk.ledger.acting(PROGRAM) as w:
        replaced = w.get(Licence, app.previous_licence)
        older = w.add(
            replace(replaced, id="older", blank_serial="JB2100000001", application_id="", version=0)
        )
        w.record("records.loaded", older.id, {})
    unknown, frame = replace(app, previous_licence=""), world.desk.frame
    with world.desk.ledger.reading() as r:
        assert not is_old_card(r, frame, app, older)
        assert is_old_card(r, frame, app, replaced)
        assert is_old_card(r, frame, unknown, older), "where none is named, one of the class counts"
        own = r.get(Licence, app.licence_id)
        assert not is_old_card(r, frame, unknown, own), "but none of this case"


def test_one_that_was_taken_in_is_no_find_where_it_is_scanned_beside_another_case(
    world: World,
) -> None:
    world.sign_in("andi")
    old = handed(world, ready(world, 1))
    app = checked(world, registered(world, world.people[1], Service.REPLACE_DAMAGED))
    beside = registered(world, world.people[2], Service.REPLACE_DAMAGED)
    world.desk.corrections.handed_in(world.by, app.id, old.blank_serial)
    with pytest.raises(CardTakenIn) as refused:
        world.desk.corrections.handed_in(world.by, beside.id, old.blank_serial)
    assert refused.value.number == app.number
    with world.desk.ledger.reading() as r:
        assert r.find(Incident, kind="found_property") == []


def test_a_find_is_closed_where_its_card_goes_to_be_destroyed(world: World) -> None:
    """It was found before its holder came for a new one."""
    world.sign_in("andi")
    old = handed(world, ready(world, 1))
    kept = world.desk.corrections.found(world.by, old.blank_serial)
    person = world.people[1]
    app = checked(world, registered(world, person, Service.REPLACE_DAMAGED))
    app = finished(world, signed_off(world, captured(world, paid(world, app), person)))
    world.take_over("rahmat")
    world.desk.corrections.handed_in(world.by, app.id, old.blank_serial)
    handed(world, app)
    with world.desk.ledger.reading() as r:
        assert r.get(Incident, kept.id).closed_by == world.by.officer
    [told] = acts(world, "incident.closed")
    assert told.content == {"kind": "found_property", "serial": old.blank_serial}


def test_it_goes_with_those_to_be_destroyed_where_the_officer_may_say_so(world: World) -> None:
    world.sign_in("andi")
    old, app = replacement(world)
    world.take_over("rahmat")
    world.desk.corrections.handed_in(world.by, app.id, old.blank_serial)
    handed(world, app)
    aside = blank_of(world, old)
    assert (aside.state, aside.reason) == (BlankState.TO_BE_DESTROYED, "surrendered")


# -- the lower card that an upgrade replaces ---------------------------------------------------


def upgraded(world: World) -> Application:
    """A SIM A that becomes an A Umum, its card ready for the holder."""
    return made_higher(world, upgrading(world))


def upgrading(world: World) -> Application:
    """The same, just registered."""
    return registered(world, world.people[0], Service.CLASS_UPGRADE, LicenceClass.A_UMUM)


def made_higher(world: World, app: Application) -> Application:
    """The tests are passed and the higher card is ready."""
    app = captured(world, paid(world, after_tests(world, checked(world, app))), world.people[0])
    return finished(world, signed_off(world, app))


def lower_made(world: World) -> Application:
    """The lower card was made here, and its holder has it."""
    person = world.people[0]
    app = checked(world, registered(world, person, cls=A))
    return handed(
        world, finished(world, signed_off(world, captured(world, paid(world, app), person)))
    )


def test_an_upgrade_waits_for_the_lower_card(world: World) -> None:
    world.sign_in("andi")
    app = upgraded(world)
    [old] = licences_of(world, world.people[0], A)
    with pytest.raises(OldCardNotTaken):
        handed(world, app)
    assert case(world, app).state is S.READY
    world.desk.handover.take_old(world.by, app.id, OldCardSeen.MADE_ELSEWHERE)
    assert handed(world, app).state is S.CLOSED
    made = world.desk.papers.handover_receipt(world.by, [app.id])
    assert old.sim_number in text_of(made), "the holder has it on paper"


def test_the_lower_card_of_an_upgrade_goes_to_be_destroyed(world: World) -> None:
    """It was made here."""
    world.sign_in("andi")
    lower = lower_made(world)
    app = upgraded(world)
    world.take_over("rahmat")
    world.desk.corrections.handed_in(world.by, app.id, lower.blank_serial)
    handed(world, app)
    aside = blank_of(world, lower)
    assert (aside.state, aside.reason) == (BlankState.TO_BE_DESTROYED, "surrendered")


def test_a_lower_card_that_was_only_looked_at_stays_with_its_holder(world: World) -> None:
    """They drive on it until the new one is theirs."""
    world.sign_in("andi")
    lower = lower_made(world)
    app = upgrading(world)
    seen = world.desk.corrections.handed_in(world.by, app.id, lower.blank_serial)
    assert (seen.whose, seen.taken) == (Surrender.OWN, False)
    assert not case(world, app).old_card_taken
    app = made_higher(world, app)
    with pytest.raises(OldCardNotTaken):
        handed(world, app)
    assert world.desk.corrections.handed_in(world.by, app.id, lower.blank_serial).taken
    assert case(world, app).old_card_taken
    handed(world, app)


def test_a_lower_card_made_anew_while_the_upgrade_waits_is_the_one_taken(world: World) -> None:
    world.sign_in("andi")
    first = lower_made(world)
    app = upgrading(world)
    now = lower_made(world)
    app = made_higher(world, app)
    assert app.previous_licence != now.licence_id
    world.desk.corrections.handed_in(world.by, app.id, first.blank_serial)
    with pytest.raises(OldCardNotTaken):
        handed(world, app)
    assert world.desk.corrections.handed_in(world.by, app.id, now.blank_serial).taken
    handed(world, app)
    made = world.desk.papers.handover_receipt(world.by, [app.id])
    assert now.blank_serial in text_of(made)
    assert first.blank_serial not in text_of(made)


def test_one_made_anew_that_no_machine_reads_is_booked_by_its_own_number(world: World) -> None:
    world.sign_in("andi")
    lower_made(world)
    app = upgrading(world)
    now = lower_made(world)
    app = made_higher(world, app)
    world.desk.handover.take_old(world.by, app.id, OldCardSeen.UNREADABLE)
    [told] = acts(world, "card.handed_in")
    assert (told.content or {})["serial"] == now.blank_serial


def test_the_lower_card_is_not_asked_for_again_where_the_new_one_is_corrected(world: World) -> None:
    """Its first licence of the higher class is none of the old ones."""
    world.sign_in("andi")
    lower = lower_made(world)
    app = upgraded(world)
    world.desk.corrections.handed_in(world.by, app.id, lower.blank_serial)
    app = handed(world, app)
    mended = replace(app.applicant, address="Jl. Contoh 9")
    second = witness(world, "bambang")
    app = world.desk.corrections.handed(world.by, second, app.id, app.blank_serial, mended)
    app = finished(world, signed_off(world, app))
    with world.desk.ledger.reading() as r:
        assert old_cards_taken(r, world.desk.frame, app) == (lower.blank_serial,)
    handed(world, app)


def test_a_lower_card_that_was_lost_is_not_told_as_taken_in(world: World) -> None:
    """The police report was shown; the new card isn't kept from its holder for ever."""
    world.sign_in("andi")
    app = upgraded(world)
    world.desk.handover.take_old(world.by, app.id, OldCardSeen.LOST)
    assert not case(world, app).old_card_taken
    assert handed(world, app).state is S.CLOSED
    [old] = licences_of(world, world.people[0], A)
    made = world.desk.papers.handover_receipt(world.by, [app.id])
    assert old.sim_number not in text_of(made)
    [told] = acts(world, "card.handed_in")
    assert (told.content or {})["reason"] == "lost"


def test_a_damaged_card_isn_t_replaced_as_lost(world: World) -> None:
    world.sign_in("andi")
    _, app = replacement(world)
    with pytest.raises(OldCardNotTaken):
        world.desk.handover.take_old(world.by, app.id, OldCardSeen.LOST)


def test_an_upgrade_of_which_no_lower_card_is_replaced_asks_for_none(world: World) -> None:
    """As one from before, whose case names none."""
    world.sign_in("andi")
    app = upgraded(world)
    with world.desk.ledger.acting(PROGRAM) as w:
        w.change(w.get(Application, app.id), previous_licence="")
        w.record("records.loaded", app.id, {})
    assert handed(world, app).state is S.CLOSED
