"""Acts done again bear the name of whoever does them now; nothing that was signed is copied."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from db import central_admin
from db.journal_check import check_store
from db.sync_state import Lease, put_lease
from db.trail import Line
from desktop.domain.application import Application, Approval
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import Officer, Role
from desktop.domain.walker import NoSuchStep
from desktop.presenters.sync import SyncDesk
from desktop.services.redoing import HelpNeeded, NobodyToHelp
from tests.central.rigs.centre import CentreRig
from tests.sync.counters import assert_alike, exchange
from tests.sync.test_restored import copy_of, forked, restored
from tests.walks.making import approved, confirmed, witness
from tests.walks.steps import acts, checked, finished, registered
from tests.walks.world import PASSWORDS, World

MAKING = (Role.IDENTIFICATION, Role.EXAMINER)
ANDI, DEWI, SRI, BAMBANG = (PASSWORDS[name][0] for name in ("andi", "dewi", "sri", "bambang"))


def dismissed(centre: CentreRig, nrp: str, *, active: bool) -> None:
    """The centre doesn't know the officer any more, or knows them again."""
    with centre.admin() as conn:
        central_admin.put_officer(
            conn, nrp, "Andi Pratama", roles=["registration", "identification", "production"],
            offices=None, active=active,
        )  # fmt: skip


def parked(world: World) -> str:
    """The one case that waits for a decision."""
    [case] = world.desk.conflicts.parked()
    return case.entry_id


def again(world: World, act: str) -> Line:
    """The entry in which an act was done again."""
    return acts(world, act)[-1]


def first(line: Line) -> dict[str, Any]:
    return dict((line.content or {})["redone"])


@pytest.fixture
def refused(counter: World, centre: CentreRig) -> tuple[World, Application]:
    """A case by Andi, approved by Sri, of which the centre takes nothing: Andi serves no more."""
    exchange(counter)
    counter.sign_in("andi")
    app = approved(counter, 1)
    dismissed(centre, ANDI, active=False)
    exchange(counter)
    return counter, app


def test_what_another_officer_does_again_is_theirs_and_names_the_first(
    refused: tuple[World, Application],
) -> None:
    here, app = refused
    when = acts(here, "application.register")[0]
    here.clock.advance(60)
    here.sign_in("bambang")
    dewi, sri = witness(here, "dewi"), witness(here, "sri")
    case = parked(here)
    here.desk.conflicts.redo(here.by, case, (dewi, sri))
    facts = exchange(here)
    assert (facts.parked, facts.waiting) == (0, 0), "the centre takes it from those who serve"
    register, approve = again(here, "application.register"), again(here, "application.approve")
    assert (register.officer, approve.officer) == (DEWI, SRI)
    assert first(register)["officer"] == ANDI
    assert datetime.fromisoformat(first(register)["at"]) == when.time
    assert first(register)["entry_id"] == case
    assert not [line for line in acts(here, "application.register")[1:] if line.officer == ANDI]
    with here.desk.ledger.reading() as r:
        now = r.get(Application, app.id)
        given = r.find(Approval, subject=app.id)
    assert {ANDI, DEWI} <= now.makers, "both had it in hand"
    assert now.state is S.APPROVED
    assert sorted((a.officer, a.void) for a in given) == [(SRI, False), (SRI, True)]
    assert len({a.signature for a in given}) == 2, "signed anew, not copied"


def test_an_act_of_another_duty_asks_for_one_who_has_it(
    refused: tuple[World, Application],
) -> None:
    here, app = refused
    here.sign_in("bambang")
    before = len(acts(here, "*"))
    with pytest.raises(HelpNeeded) as asked:
        here.desk.conflicts.redo(here.by, parked(here))
    assert (asked.value.act, asked.value.officer) == ("application.register", ANDI)
    assert asked.value.roles == (Role.REGISTRATION,)
    assert len(acts(here, "*")) == before, "nothing was done"
    assert parked(here)
    with here.desk.ledger.reading() as r:
        assert r.get(Application, app.id).state is S.APPROVED


def test_whoever_signed_already_is_not_asked_for_what_they_may_not_do(
    refused: tuple[World, Application],
) -> None:
    """Dewi alone could approve, and has just registered the case: nobody is left for it."""
    here, _ = refused
    theirs = {BAMBANG: {Role.SUPERVISOR}, DEWI: {Role.REGISTRATION, *MAKING, Role.APPROVER}}
    here.sign_in("bambang")
    with here.desk.ledger.acting(here.by) as w:
        for officer in w.find(Officer, active=True):
            roles = frozenset(theirs.get(officer.id, ()))
            w.change(officer, roles=roles or officer.roles, active=bool(roles))
        w.record("officer.left", BAMBANG, {})
    here.desk.duty.sign_out()
    here.sign_in("bambang")
    presenter = SyncDesk(here.desk)
    presenter.enter()
    presenter.redo(parked(here))
    wanted = presenter.view.help
    assert wanted is not None
    assert wanted.roles == (Role.REGISTRATION,)
    assert [number for number, *_ in wanted.officers.named] == [DEWI]
    presenter.help_with(*PASSWORDS["dewi"])
    assert presenter.view.help is None
    assert isinstance(presenter.view.problem, NobodyToHelp)
    assert presenter.view.problem.roles == (Role.APPROVER,)
    presenter.close()


def test_who_does_the_making_again_can_t_approve_it(counter: World, centre: CentreRig) -> None:
    """Bambang may register and approve: not both in one case, done again or not."""
    with centre.admin() as conn:
        central_admin.put_officer(
            conn, BAMBANG, "Bambang Sutrisno",
            roles=["supervisor", "approver", "production"], offices=None,
            delegate_roles=["registration", "identification"], delegate_until="2026-03-31",
        )  # fmt: skip
    exchange(counter)
    counter.sign_in("andi")
    approved(counter, 1)
    dismissed(centre, ANDI, active=False)
    exchange(counter)
    counter.sign_in("bambang")
    with pytest.raises(HelpNeeded) as asked:
        counter.desk.conflicts.redo(counter.by, parked(counter))
    assert (asked.value.act, asked.value.roles) == ("application.approve", (Role.APPROVER,))
    sri = witness(counter, "sri")
    counter.desk.conflicts.redo(counter.by, parked(counter), (sri,))
    assert again(counter, "application.register").officer == BAMBANG
    assert again(counter, "application.approve").officer == SRI


def test_a_finished_card_is_done_again_whole(counter: World, centre: CentreRig) -> None:
    exchange(counter)
    counter.sign_in("andi")
    app = finished(counter, approved(counter, 1))
    dismissed(centre, ANDI, active=False)
    exchange(counter)
    dismissed(centre, ANDI, active=True)
    exchange(counter)
    counter.sign_in("bambang")
    helpers = (witness(counter, "andi"), witness(counter, "sri"))
    counter.desk.conflicts.redo(counter.by, parked(counter), helpers)
    facts = exchange(counter)
    assert (facts.parked, facts.waiting) == (0, 0)
    assert again(counter, "application.print").officer == ANDI, "there, and asked: it is theirs"
    assert centre.ask(
        "SELECT row ->> 'state', row ->> 'blank_serial' FROM centre.things"
        " WHERE kind = 'applications' AND id = %s", app.id,
    ) == [("ready", app.blank_serial)]  # fmt: skip
    desk = counter.desk
    with desk.ledger.store.read() as conn:
        assert check_store(
            conn, counter=desk.profile.counter, realm="training", key_of=desk.profile.trust.key_of
        ).sound, "every new signature verifies"


def test_what_can_t_be_done_at_the_centre_is_said_before_it_is_sent(
    counter: World, other: World
) -> None:
    exchange(counter, other)
    counter.sign_in("andi")
    other.sign_in("andi")
    app = registered(counter, counter.people[1])
    counter.desk.claims.release(counter.by, app.id)
    exchange(counter, other)
    with counter.desk.ledger.store.write() as conn:
        put_lease(conn, Lease(app.id, "1374-L3", 1, ""))  # as a restored store would believe
    other.desk.claims.take(other.by, app.id)
    other.desk.intake.cancel(other.by, app.id, "by_applicant")
    exchange(other)
    checked(counter, app)
    exchange(counter)
    counter.take_over("bambang")
    with pytest.raises(NoSuchStep):
        counter.desk.conflicts.redo(counter.by, parked(counter), (witness(counter, "andi"),))
    counter.desk.conflicts.accept(counter.by, parked(counter))
    exchange(counter, other)
    assert_alike(counter, other)


def test_work_beside_the_chain_is_its_releaser_s_and_a_sign_in_is_only_noted(
    counter: World, centre: CentreRig, tmp_path: Path
) -> None:
    exchange(counter)
    backup = copy_of(counter, tmp_path / "backup")
    counter.sign_in("andi")
    exchange(counter)
    new = restored(backup, counter, centre)
    new.sign_in("andi")
    beside = confirmed(new, 2)
    exchange(new)
    new.desk.duty.sign_out()
    new.sign_in("bambang")
    with pytest.raises(HelpNeeded):
        new.desk.conflicts.release_all(new.by)
    new.desk.conflicts.release_all(new.by, (witness(new, "dewi"),))
    facts = exchange(new)
    assert (facts.strays, facts.parked, facts.waiting) == (0, 0, 0)
    register = again(new, "application.register")
    assert register.officer == DEWI
    assert (register.content or {})["released"]["officer"] == ANDI
    noted = [line.content or {} for line in acts(new, "restored.noted")]
    assert "duty.signed_in" in {line["act"] for line in noted}
    with new.desk.ledger.reading() as r:
        makers = r.get(Application, beside.id).makers
    assert {ANDI, DEWI} <= makers
    assert centre.ask(
        "SELECT row -> 'makers' FROM centre.things WHERE kind = 'applications' AND id = %s",
        beside.id,
    ) == [(sorted(makers),)]
    new.desk.syncing.close()
    new.desk.close()


def test_work_beside_the_chain_that_nobody_here_may_do_is_laid_aside(counter: World) -> None:
    """There the centre has no version of its own to be taken."""
    exchange(counter)
    counter.sign_in("andi")
    app = registered(counter, counter.people[2])
    forked(counter, 2)
    counter.desk.duty.sign_out()
    counter.sign_in("bambang")
    with counter.desk.ledger.acting(counter.by) as w:
        for officer in w.find(Officer, active=True):
            if officer.id != BAMBANG:
                w.change(officer, active=False)
        w.record("officer.left", BAMBANG, {})
    presenter = SyncDesk(counter.desk)
    presenter.enter()
    presenter.release_all()
    refused = presenter.view.problem
    assert isinstance(refused, NobodyToHelp)
    assert (refused.reason, refused.number) == ("beside", app.number)
    assert refused.roles == (Role.REGISTRATION,)
    presenter.close()
