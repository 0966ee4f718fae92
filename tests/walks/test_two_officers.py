"""Two officers sign one content, each with their own key; to name somebody isn't enough."""

from __future__ import annotations

import pytest

from desktop.domain.application import Approval
from desktop.domain.officer import Actor, NotSignedIn, RoleMissing, SameOfficer
from desktop.domain.stock import Blank, BlankAction, BlankState
from desktop.domain.workflow import GatesMissing
from desktop.presenters.second import second_officers
from desktop.services.signing import sign_both
from tests.walks.making import approved, witness
from tests.walks.steps import finished, handed
from tests.walks.world import PASSWORDS, World


def keeper(world: World) -> World:
    world.sign_in("nyoman")
    return world


def transfer(world: World, second: str, *, sign: bool) -> Blank:
    """Blanks leave for another office."""
    desk = world.desk
    [serial] = desk.stock.next_in_store(1)
    with desk.ledger.acting(world.by) as w:
        if sign:
            other = witness_of(world)
            sign_both(desk.approvals, w, world.by, other, "stock.transfer", serial, {"n": serial})
        blank = w.get(Blank, serial)
        return desk.frame.move_blank(w, blank, BlankAction.TRANSFER, second=second, reason="-")


def witness_of(world: World) -> Actor:
    return world.desk.duty.witness("74050005")


def test_a_second_officer_who_was_only_named_counts_for_nothing(world: World) -> None:
    keeper(world)
    witness(world, "bambang")
    with pytest.raises(GatesMissing):
        transfer(world, "74050005", sign=False)
    assert transfer(world, "74050005", sign=True).state is BlankState.TRANSFERRED


def test_a_signature_of_another_act_counts_for_nothing(world: World) -> None:
    """What was signed yesterday, or for another card, isn't a signature of this act."""
    keeper(world)
    witness(world, "bambang")
    transfer(world, "74050005", sign=True)
    with pytest.raises(GatesMissing):
        transfer(world, "74050005", sign=False)


def test_nobody_is_their_own_second_officer(world: World) -> None:
    keeper(world)
    with pytest.raises(SameOfficer):
        transfer(world, "82060006", sign=False)
    with pytest.raises(SameOfficer):
        world.desk.duty.second(world.by, "82060006", "nyoman1")


def test_both_signatures_stand_in_the_store_and_in_the_journal(world: World) -> None:
    world.sign_in("andi")
    app = handed(world, finished(world, approved(world, 1)))
    second = witness(world, "bambang")
    world.desk.corrections.given_to_other(world.by, app.id)
    world.desk.corrections.take_back(world.by, second, app.id, app.blank_serial)
    with world.desk.ledger.reading() as r:
        signed = r.find(Approval, subject=app.id, act="application.take_back")
    assert {approval.officer for approval in signed} == {"79010001", "74050005"}
    assert len({approval.digest for approval in signed}) == 1
    assert len({approval.signature for approval in signed}) == 2
    assert world.desk.oversight.verify().sound


def test_who_only_reads_signs_beside_nobody(andi: World) -> None:
    with pytest.raises(RoleMissing):
        andi.desk.duty.second(andi.by, *PASSWORDS["yohana"])
    with pytest.raises(NotSignedIn):
        andi.desk.duty.witness(PASSWORDS["yohana"][0])
    offered = {number for number, *_ in second_officers(andi.desk).named}
    assert PASSWORDS["yohana"][0] not in offered
