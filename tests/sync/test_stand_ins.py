"""An absent approver's duty is handed on at a linked counter, and the centre judges by it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from db import central_admin
from desktop.domain.application import ApplicationState as S
from desktop.domain.application import Incident
from desktop.domain.officer import Officer, OwnWork, Role, RoleMissing
from tests.central.rigs.centre import CentreRig
from tests.sync.counters import cut, exchange, mend
from tests.walks.making import confirmed
from tests.walks.steps import acts
from tests.walks.world import PASSWORDS, World

RAHMAT = PASSWORDS["rahmat"][0]
APPROVER = frozenset({Role.APPROVER})


def name(world: World, *, giver: str = "sri", days: int = 2) -> date:
    """The giver hands approving to Rahmat; the last day of it."""
    until = world.desk.frame.today() + timedelta(days=days)
    world.take_over(giver)
    world.desk.oversight.delegate(world.by, RAHMAT, APPROVER, until, "rapat di Polda")
    world.give_back()
    return until


def roles_at(world: World) -> frozenset[Role]:
    with world.desk.ledger.reading() as r:
        return r.get(Officer, RAHMAT).roles_on(world.desk.frame.today())


def incidents(world: World) -> list[str]:
    with world.desk.ledger.reading() as r:
        return [one.kind for one in r.find(Incident, closed_by="")]


def test_a_stand_in_approves_and_everybody_knows(
    counter: World, other: World, centre: CentreRig
) -> None:
    exchange(counter, other)
    counter.sign_in("andi")
    app = confirmed(counter, 1)
    cut(counter)
    exchange(counter)
    until = name(counter)
    counter.take_over("rahmat")
    approved = counter.desk.approvals.approve(counter.by, app.id)
    counter.give_back()
    assert approved.state is S.APPROVED, "this counter's own journal shows who may"

    mend(counter, centre)
    facts = exchange(counter)
    assert (facts.parked, facts.waiting) == (0, 0), "the centre counts it within one batch"
    [[state]] = centre.ask("SELECT row ->> 'state' FROM centre.applications WHERE id = %s", app.id)
    assert state == "approved"
    exchange(other)
    with other.desk.ledger.reading() as r:
        rahmat = r.get(Officer, RAHMAT)
    assert (rahmat.delegate_roles, rahmat.delegate_until) == (APPROVER, until)
    assert roles_at(counter) == roles_at(other) == rahmat.roles | APPROVER

    counter.take_over("sri")
    counter.desk.oversight.revoke(counter.by, RAHMAT)
    counter.give_back()
    assert exchange(counter, other).parked == 0
    assert roles_at(counter) == roles_at(other) == rahmat.roles
    assert incidents(counter) == incidents(other) == []


def test_a_stand_in_approves_at_another_counter_and_never_their_own_work(
    counter: World, other: World
) -> None:
    exchange(counter, other)
    counter.sign_in("andi")
    other.sign_in("andi")
    name(counter)
    exchange(counter, other)
    app = confirmed(other, 1)
    with other.desk.ledger.acting(other.by) as w:
        w.change(w.get(type(app), app.id), makers=app.makers | {RAHMAT})
        w.record("application.note", app.id, {})
    other.take_over("rahmat")
    with pytest.raises(OwnWork):
        other.desk.approvals.approve(other.by, app.id)
    other.give_back()
    second = confirmed(other, 2)
    other.take_over("rahmat")
    other.desk.approvals.approve(other.by, second.id)
    other.give_back()
    assert exchange(other).parked == 0


def test_whose_role_the_centre_took_away_hands_nothing_on(
    counter: World, centre: CentreRig
) -> None:
    """The counter, cut off, couldn't know; the centre says no, and the counter hears why."""
    exchange(counter)
    counter.sign_in("andi")
    app = confirmed(counter, 1)
    exchange(counter)
    cut(counter)
    with centre.admin() as admin:
        central_admin.put_officer(
            admin, PASSWORDS["sri"][0], "Sri Wahyuni", roles=["dispatch"], offices=None
        )
    name(counter)
    counter.take_over("rahmat")
    counter.desk.approvals.approve(counter.by, app.id)
    counter.give_back()
    mend(counter, centre)
    facts = exchange(counter)
    assert facts.parked == 1, "the approval waits for a supervisor; the rest settled itself"
    assert Role.APPROVER not in roles_at(counter)
    assert incidents(counter) == ["stand_in_refused"]
    counter.take_over("rahmat")
    with pytest.raises(RoleMissing):
        counter.desk.approvals.approve(counter.by, app.id)


def test_an_older_word_of_the_office_never_comes_after_a_dismissal(
    counter: World, other: World, centre: CentreRig
) -> None:
    """The country's feed is taken first; a counter that comes late reads both at once."""
    exchange(counter)
    counter.sign_in("andi")
    name(counter)
    exchange(counter)
    counter.take_over("bambang")
    counter.desk.oversight.revoke(counter.by, RAHMAT)
    exchange(counter)
    with centre.admin() as admin:
        central_admin.put_officer(
            admin, RAHMAT, "Rahmat H.", roles=["dispatch"], offices=None, active=False
        )
    exchange(other)
    with other.desk.ledger.reading() as r:
        assert not r.get(Officer, RAHMAT).active


def test_what_was_decided_here_since_isnt_overwritten(counter: World, other: World) -> None:
    """The centre's word of before comes while this counter has ended it: the end stands."""
    exchange(counter, other)
    counter.sign_in("andi")
    name(counter)
    exchange(counter)
    other.sign_in("sri")
    exchange(other)
    other.desk.oversight.revoke(other.by, RAHMAT)
    counter.take_over("bambang")
    counter.desk.oversight.revoke(counter.by, RAHMAT)
    until = counter.desk.frame.today() + timedelta(days=5)
    counter.desk.oversight.delegate(counter.by, RAHMAT, APPROVER, until, "cuti")
    exchange(other)
    syncing = counter.desk.syncing
    assert syncing._centre is not None
    syncing._pull_all(syncing._centre)
    syncing._carry_out(syncing._centre)
    assert Role.APPROVER in roles_at(counter), "the end of before isn't laid over it"
    exchange(counter, other, counter)
    assert Role.APPROVER in roles_at(counter) & roles_at(other)


def test_one_beside_the_chain_is_brought_in_by_whoever_gave_it_alone(counter: World) -> None:
    """A restored store left two: each is signed anew, and nobody signs for another's duty."""
    exchange(counter)
    counter.sign_in("bambang")
    counter.desk.oversight.delegate(counter.by, RAHMAT, APPROVER, counter.desk.frame.today(), "x")
    counter.desk.syncing.sync.open_epoch("restored_or_cloned", 2)
    exchange(counter)
    conflicts = counter.desk.conflicts
    assert conflicts.release_all(counter.by) > 0
    assert exchange(counter).parked == 0
    assert (Role.APPROVER in roles_at(counter), incidents(counter)) == (True, [])

    counter.desk.oversight.revoke(counter.by, RAHMAT)
    exchange(counter)
    name(counter)
    counter.desk.syncing.sync.open_epoch("restored_or_cloned", 3)
    exchange(counter)
    conflicts.release_all(counter.by)
    exchange(counter)
    assert Role.APPROVER not in roles_at(counter)
    assert incidents(counter) == ["stand_in_refused"]


def test_an_end_beside_the_chain_is_brought_in_and_holds_everywhere(
    counter: World, other: World
) -> None:
    exchange(counter, other)
    counter.sign_in("bambang")
    counter.desk.oversight.delegate(counter.by, RAHMAT, APPROVER, counter.desk.frame.today(), "x")
    exchange(counter, other)
    assert Role.APPROVER in roles_at(other)
    counter.desk.oversight.revoke(counter.by, RAHMAT)
    counter.desk.syncing.sync.open_epoch("restored_or_cloned", 2)
    exchange(counter)
    counter.desk.conflicts.release_all(counter.by)
    assert exchange(counter, other).parked == 0
    assert Role.APPROVER not in roles_at(counter) | roles_at(other)


def test_what_is_laid_aside_leaves_the_stand_in_as_the_centre_has_it(counter: World) -> None:
    exchange(counter)
    counter.sign_in("bambang")
    desk = counter.desk

    def lay_aside(epoch: int) -> None:
        desk.syncing.sync.open_epoch("restored_or_cloned", epoch)
        exchange(counter)
        for stray in desk.conflicts.strays():
            desk.conflicts.drop(counter.by, stray.entry_id, "tidak jadi")

    desk.oversight.delegate(counter.by, RAHMAT, APPROVER, desk.frame.today(), "x")
    lay_aside(2)
    assert Role.APPROVER not in roles_at(counter), "nobody there knows of it"
    desk.oversight.delegate(counter.by, RAHMAT, APPROVER, desk.frame.today(), "y")
    exchange(counter)
    desk.oversight.revoke(counter.by, RAHMAT)
    lay_aside(3)
    assert Role.APPROVER in roles_at(counter), "it still stands there"


def test_who_gave_it_loses_the_role_and_the_stand_in_ends(
    counter: World, centre: CentreRig
) -> None:
    exchange(counter)
    counter.sign_in("andi")
    name(counter)
    exchange(counter)
    sri = PASSWORDS["sri"][0]
    with centre.admin() as admin:
        central_admin.put_officer(admin, RAHMAT, "Rahmat H.", roles=["dispatch"], offices=None)
    exchange(counter)
    assert roles_at(counter) == {Role.DISPATCH, Role.APPROVER}, "a new order leaves it standing"
    with centre.admin() as admin:
        central_admin.put_officer(admin, sri, "Sri Wahyuni", roles=["approver"], offices=["3275"])
    exchange(counter)
    assert roles_at(counter) == {Role.DISPATCH}
    assert acts(counter, "officer.told")[-1].subject == RAHMAT
