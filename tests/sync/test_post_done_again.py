"""Parcels and returns that the centre didn't take are done again by who may do it now."""

from __future__ import annotations

from typing import Any

import pytest

from db import central_admin
from db.journal_check import check_store
from desktop.domain.application import Application, Approval
from desktop.domain.officer import Role
from desktop.domain.shipment import (
    ContactResult,
    ContactWay,
    Parcel,
    ParcelState,
    ReturnCase,
    ReturnState,
)
from desktop.services.redoing import HelpNeeded
from desktop.services.returns import VERIFIED
from tests.central.rigs.centre import CentreRig
from tests.sync.counters import assert_alike, exchange
from tests.sync.test_done_again import again, first, parked
from tests.walks.making import witness
from tests.walks.online_day import OnlineDay
from tests.walks.steps import acts
from tests.walks.world import PASSWORDS, World

RAHMAT, NYOMAN, BAMBANG = (PASSWORDS[name][0] for name in ("rahmat", "nyoman", "bambang"))


def rahmat_serves(centre: CentreRig, *, active: bool) -> None:
    """The centre doesn't know Rahmat any more; the counter hears of it with its next exchange."""
    with centre.admin() as conn:
        central_admin.put_officer(
            conn, RAHMAT, "Rahmat Hidayat", roles=["production", "dispatch"], offices=None,
            active=active,
        )  # fmt: skip


def standing_at(centre: CentreRig, kind: str, key: str) -> list[Any]:
    return [
        row[0]
        for row in centre.ask(
            "SELECT row ->> 'state' FROM centre.things WHERE kind = %s AND id = %s", kind, key
        )
    ]


def sound(world: World) -> bool:
    """Whether every entry and signature of the counter's chain verifies."""
    desk = world.desk
    with desk.ledger.store.read() as conn:
        return check_store(
            conn, counter=desk.profile.counter, realm="training", key_of=desk.profile.trust.key_of
        ).sound


@pytest.fixture
def sent(counter: World, centre: CentreRig) -> tuple[OnlineDay, Application]:
    """A finished card that goes by courier, known to the centre."""
    exchange(counter)
    day = OnlineDay(counter)
    [app] = day.ready()
    assert exchange(counter).parked == 0
    return day, app


def test_a_parcel_that_left_is_told_again_by_another_officer_of_the_dispatch_desk(
    sent: tuple[OnlineDay, Application], centre: CentreRig
) -> None:
    day, app = sent
    here = day.world
    rahmat_serves(centre, active=False)
    [parcel] = day.dispatched(app)
    assert exchange(here).parked == 1, "one decision for all that hangs on the packing"
    assert standing_at(centre, "parcels", parcel.id) == []
    here.sign_in("bambang")
    with pytest.raises(HelpNeeded) as asked:
        here.desk.conflicts.redo(here.by, parked(here))
    assert (asked.value.act, asked.value.roles) == ("application.pack", (Role.DISPATCH,))
    here.desk.conflicts.redo(here.by, parked(here), (witness(here, "nyoman"),))
    facts = exchange(here)
    assert (facts.parked, facts.waiting) == (0, 0)
    packed, left = again(here, "application.pack"), again(here, "manifest.closed")
    assert (packed.officer, left.officer) == (NYOMAN, NYOMAN)
    assert (first(packed)["officer"], first(left)["officer"]) == (RAHMAT, RAHMAT)
    assert standing_at(centre, "parcels", parcel.id) == ["dispatched"]
    assert standing_at(centre, "applications", app.id) == ["in_delivery"]
    with here.desk.ledger.reading() as r:
        assert r.get(Parcel, parcel.id).state is ParcelState.DISPATCHED
    assert sound(here)


def test_a_return_is_opened_again_with_both_signatures_made_anew(
    sent: tuple[OnlineDay, Application], centre: CentreRig, other: World
) -> None:
    day, app = sent
    here = day.world
    [parcel] = day.dispatched(app)
    assert exchange(here).parked == 0
    rahmat_serves(centre, active=False)
    case = day.came_back(parcel)
    day.lay(app.blank_serial)
    here.desk.returns.check_card(here.by, case.id, app.blank_serial)
    here.desk.returns.contact(
        here.by, case.id, ContactWay.PHONE, ContactResult.WILL_COLLECT, "besok"
    )
    here.desk.returns.hold_for_collection(here.by, case.id, "B-07")
    exchange(here)
    assert standing_at(centre, "returns", case.id) == []

    named = {one.number for one in here.desk.conflicts.parked()}
    assert named <= {parcel.awb, app.number}, "what people call it, never its id"
    here.sign_in("bambang")
    nyoman = witness(here, "nyoman")
    while here.desk.conflicts.parked():
        here.desk.conflicts.redo(here.by, parked_first(here), (nyoman,))
    facts = exchange(here)
    assert (facts.parked, facts.waiting) == (0, 0)
    assert standing_at(centre, "returns", case.id) == ["held_for_collection"]
    assert standing_at(centre, "parcels", parcel.id) == ["return_received"]
    assert standing_at(centre, "applications", app.id) == ["ready"]
    opened = again(here, "return.verify")
    assert (opened.officer, first(opened)["officer"]) == (NYOMAN, RAHMAT)
    with here.desk.ledger.reading() as r:
        now = r.get(ReturnCase, case.id)
        given = r.find(Approval, subject=case.id, act=VERIFIED)
    assert now.state is ReturnState.HELD_FOR_COLLECTION
    assert sorted(a.officer for a in given if not a.void) == [BAMBANG, NYOMAN]
    assert sorted(a.officer for a in given if a.void) == [BAMBANG, RAHMAT]
    assert len({a.signature for a in given}) == 4, "signed anew, not copied"
    assert sound(here)
    exchange(other)
    assert_alike(here, other)


def test_an_opened_return_needs_its_second_officer_again(
    sent: tuple[OnlineDay, Application], centre: CentreRig
) -> None:
    day, app = sent
    here = day.world
    [parcel] = day.dispatched(app)
    exchange(here)
    rahmat_serves(centre, active=False)
    case = day.came_back(parcel)
    exchange(here)
    rahmat_serves(centre, active=True)
    exchange(here)
    with here.desk.ledger.reading() as r:
        before = len(r.find(Approval, subject=case.id))
    count = len(acts(here, "*"))
    here.sign_in("bambang")
    # Bambang decides, and is himself the second who signed then: the first one is wanted.
    with pytest.raises(HelpNeeded) as asked:
        here.desk.conflicts.redo(here.by, parked_first(here))
    assert asked.value.roles == (Role.DISPATCH,)
    assert len(acts(here, "duty.signed_in", "return.*", "parcel.*")) <= count
    with here.desk.ledger.reading() as r:
        assert len(r.find(Approval, subject=case.id)) == before, "nothing was done by halves"
    assert standing_at(centre, "returns", case.id) == []


def parked_first(world: World) -> str:
    """The oldest that waits for a decision."""
    return world.desk.conflicts.parked()[0].entry_id
