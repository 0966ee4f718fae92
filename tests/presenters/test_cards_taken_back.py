"""A card that was taken back lies here for its destruction, whatever its case made since."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.domain.correction import CardTakenIn
from desktop.domain.officer import PROGRAM
from desktop.domain.person import Licence, LicenceStatus
from desktop.domain.reasons import CancelReason, DestroyReason
from desktop.domain.service import Service
from desktop.domain.stock import Blank, BlankState
from desktop.presenters.cards_view import CardAct
from tests.presenters.test_cards import CardDesk, cards
from tests.walks.making import ready, witness
from tests.walks.steps import acts, checked, finished, handed, registered, signed_off
from tests.walks.test_old_cards import replacement
from tests.walks.world import World

__all__ = ["cards"]


def test_a_card_that_was_corrected_and_made_anew_is_set_aside_and_nobodys_find(
    world: World, cards: CardDesk
) -> None:
    app = handed(world, ready(world, 1))
    first = app.blank_serial
    right = replace(app.applicant, birth_place="CIMAHI")
    second = witness(world, "bambang")
    app = world.desk.corrections.handed(world.by, second, app.id, first, right)
    handed(world, finished(world, signed_off(world, app)))
    with world.desk.ledger.reading() as r:
        assert r.get(Blank, first).state is BlankState.SPOILED
    cards.scanned(first)
    record = cards.view.record
    assert record is not None
    assert (record.serial, record.aside) == (first, True)
    assert not {CardAct.FOUND, CardAct.TURNED_UP, CardAct.ORDER} & set(cards.view.acts)
    assert not replace(cards.view, scanned="", keeps_records=True).scan_helps


def test_a_card_that_an_open_case_took_in_is_nobodys_find(world: World, cards: CardDesk) -> None:
    """Until the new card is printed its licence is in force: it would be given back by H."""
    old = handed(world, ready(world, 1))
    found = world.desk.corrections.found(world.by, old.blank_serial)
    case = checked(world, registered(world, world.people[1], Service.REPLACE_DAMAGED))
    world.desk.corrections.handed_in(world.by, case.id, old.blank_serial)
    cards.scanned(old.blank_serial)
    record = cards.view.record
    assert record is not None
    assert record.taken_in_by == case.number
    assert not {CardAct.FOUND, CardAct.GIVE_BACK} & set(cards.view.acts)
    for act in (world.desk.corrections.found, world.desk.corrections.give_back):
        with pytest.raises(CardTakenIn) as refused:
            act(world.by, old.blank_serial)
        assert refused.value.number == case.number
    world.desk.intake.cancel(world.by, case.id, CancelReason.BY_APPLICANT)
    cards.refresh()
    assert record.found == found
    assert CardAct.GIVE_BACK in cards.view.acts, "no new card is made: it is its holder's"
    cards.give_back()
    cards.scanned(old.blank_serial)
    assert CardAct.FOUND in cards.view.acts


def test_a_replaced_card_whose_number_was_typed_is_put_aside_as_typed(
    world: World, cards: CardDesk
) -> None:
    old, app = replacement(world)
    world.desk.handover.take_old(world.by, app.id, "unreadable")
    handed(world, app)
    world.take_over("bambang")
    cards.typed(old.blank_serial)
    cards.turned_up()
    [told] = acts(world, "blank.set_aside")
    assert (told.content or {}).items() >= {"reason": "surrendered", "known_by": "typed"}.items()


def test_the_card_of_a_revoked_licence_is_destroyed_for_that(world: World, cards: CardDesk) -> None:
    app = handed(world, ready(world, 1))
    with world.desk.ledger.acting(PROGRAM) as w:
        gone = w.change(w.get(Licence, app.licence_id), status=LicenceStatus.REVOKED)
        w.record("licence.revoked", gone.id, {"serial": app.blank_serial, "order": "9/Pid/2026"})
    world.take_over("bambang")
    cards.scanned(app.blank_serial)
    cards.turned_up()
    [waiting] = world.desk.destruction.waiting()
    assert (waiting.serial, waiting.reason) == (app.blank_serial, DestroyReason.REVOKED)
    by = world.desk.duty.actor()
    world.desk.destruction.destroy(by, witness(world, "nyoman"), [app.blank_serial])
    cards.scanned(app.blank_serial)
    assert not {CardAct.FOUND, CardAct.ORDER} & set(cards.view.acts)
