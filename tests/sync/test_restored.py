"""Yesterday's store on another PC, or two PCs under one name: found out, and nothing discarded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from db.journal_check import Verdict, check_store
from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.evidence import Evidence
from desktop.domain.person import Licence
from desktop.domain.stock import Blank, Movement
from desktop.services.conflicts import StrayWork
from desktop.services.sync_facts import LineState
from tests.central.rigs.centre import CentreRig
from tests.sync.counters import assert_alike, connect, exchange
from tests.walks.making import approved, confirmed, witness
from tests.walks.steps import case, checked, finished, handed, paid, registered
from tests.walks.world import World, open_world


def restored(backup: Path, world: World, centre: CentreRig) -> World:
    """The backup on a new PC, whose clock goes on."""
    clock = world.clock
    clock.advance(60)
    return connect(open_world(backup, seed=9, clock=clock), centre)


def verdict(world: World) -> Verdict:
    """The whole chain of a counter's store, judged."""
    desk = world.desk
    with desk.ledger.store.read() as conn:
        return check_store(
            conn, counter=desk.profile.counter, realm="training", key_of=desk.profile.trust.key_of
        )


def copy_of(world: World, folder: Path) -> Path:
    """A backup of the whole profile as it stands."""
    source = world.desk.profile.path
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("store*"))
    world.desk.ledger.store.backup(folder / world.desk.profile.store_path.name)
    return folder


def test_last_night_s_backup_on_another_pc(
    counter: World, centre: CentreRig, tmp_path: Path
) -> None:
    exchange(counter)
    counter.sign_in("andi")
    first = confirmed(counter, 1)
    exchange(counter)
    backup = copy_of(counter, tmp_path / "backup")
    lost = registered(counter, counter.people[2])  # sent, then the PC dies
    exchange(counter)

    new = restored(backup, counter, centre)
    new.sign_in("andi")
    doubled = registered(new, new.people[4])  # worked on before the line was back
    beside = registered(new, new.people[5])
    assert doubled.number == lost.number, "nobody could tell it yet"
    facts = exchange(new)
    assert facts.state is LineState.UP
    assert facts.strays > 0, "its own work waits for a supervisor"
    with new.desk.ledger.reading() as r:
        assert r.head().epoch == 2
        assert r.get(Application, lost.id).state is S.REGISTERED, "what the centre had came back"
        assert r.get(Application, first.id).state is S.CONFIRMED
        assert r.get(Application, beside.id).state is S.REGISTERED, "nothing was discarded"

    new.take_over("bambang")
    andi = witness(new, "andi")
    assert new.desk.conflicts.release_all(new.by, (andi,)) == facts.strays
    new.give_back()
    facts = exchange(new)
    assert (facts.strays, facts.parked, facts.waiting) == (0, 1, 0)
    assert of_number(centre, lost.number) == [lost.id], "no number bears two cases"
    assert of_number(centre, beside.number) == [beside.id]
    checked(new, beside)
    assert exchange(new).parked == 1
    new.desk.syncing.close()
    new.desk.close()


def of_number(centre: CentreRig, number: str) -> list[str]:
    """The cases that bear a number at the centre."""
    return [str(row[0]) for row in centre.ask(
        "SELECT id FROM centre.things WHERE kind = 'applications' AND row ->> 'number' = %s", number
    )]  # fmt: skip


def test_whose_number_was_given_away_is_registered_anew(
    counter: World, centre: CentreRig, tmp_path: Path
) -> None:
    exchange(counter)
    backup = copy_of(counter, tmp_path / "backup")
    counter.sign_in("andi")
    lost = paid(counter, checked(counter, registered(counter, counter.people[2])))
    exchange(counter)
    new = restored(backup, counter, centre)
    new.sign_in("andi")
    doubled = paid(new, checked(new, registered(new, new.people[4])))
    assert doubled.billing_code == lost.billing_code
    exchange(new)
    new.take_over("bambang")
    new.desk.conflicts.release_all(new.by, (witness(new, "andi"),))
    exchange(new)
    (waits,) = new.desk.conflicts.parked()
    assert (waits.reason, waits.number) == ("number_used", lost.number)
    new.desk.conflicts.accept(new.by, waits.entry_id)
    new.give_back()
    assert exchange(new).parked == 0
    assert case(new, doubled).state is S.CANCELLED

    again = paid(new, checked(new, registered(new, new.people[4])))
    assert again.number != lost.number
    assert again.billing_code != lost.billing_code
    assert exchange(new).parked == 0
    assert of_number(centre, again.number) == [again.id]
    assert of_number(centre, lost.number) == [lost.id]
    new.desk.syncing.close()
    new.desk.close()


@pytest.mark.parametrize("drawn_before", [0, 1])
def test_an_old_backup_draws_no_number_that_the_centre_told_of(
    counter: World, centre: CentreRig, tmp_path: Path, drawn_before: int
) -> None:
    counter.sign_in("andi")
    for person in counter.people[6 : 6 + drawn_before]:
        registered(counter, person)
    exchange(counter)
    backup = copy_of(counter, tmp_path / "backup")
    with counter.desk.ledger.acting(counter.by) as w:
        for _ in range(500 * drawn_before):  # as many as a restored store leaves out
            w.number(f"application:{counter.desk.frame.today().year}")
    known = registered(counter, counter.people[2])
    exchange(counter)
    new = restored(backup, counter, centre)
    exchange(new)
    new.sign_in("andi")
    assert registered(new, new.people[4]).number > known.number
    assert exchange(new).parked == 0
    new.desk.syncing.close()
    new.desk.close()


def test_what_is_laid_aside_leaves_the_rows_as_the_centre_has_them(
    counter: World, centre: CentreRig, tmp_path: Path
) -> None:
    counter.sign_in("andi")
    known = registered(counter, counter.people[1])
    exchange(counter)
    backup = copy_of(counter, tmp_path / "backup")
    registered(counter, counter.people[2])  # sent, then the PC dies
    exchange(counter)

    new = restored(backup, counter, centre)
    new.sign_in("andi")
    checked(new, known)
    never = registered(new, new.people[4])
    exchange(new)
    new.take_over("bambang")
    for stray in new.desk.conflicts.strays():
        new.desk.conflicts.drop(new.by, stray.entry_id, "Dikerjakan ulang di loket 4.")
    new.give_back()
    facts = exchange(new)
    assert (facts.strays, facts.parked) == (0, 0)
    with new.desk.ledger.reading() as r:
        assert r.get(Application, known.id) == known
        assert r.find(Evidence, application_id=known.id) == []
        assert r.get(Application, never.id).state is S.CANCELLED, "the centre never had it"
    assert checked(new, known).state is S.REQUIREMENTS_CHECKED
    assert exchange(new).parked == 0
    new.desk.syncing.close()
    new.desk.close()


def forked(world: World, epoch: int) -> list[StrayWork]:
    """Whatever wasn't sent yet lies beside the chain."""
    world.desk.syncing.sync.open_epoch("restored_or_cloned", epoch)
    exchange(world)
    return world.desk.conflicts.strays()


def test_cards_and_licences_that_are_laid_aside_are_on_no_books(counter: World) -> None:
    counter.sign_in("andi")
    app = approved(counter, 1)
    exchange(counter)
    with counter.desk.ledger.reading() as r:
        before = [r.find(Blank), r.find(Movement), r.find(Licence)]
    counter.take_over("nyoman")
    desk = counter.desk
    desk.stock.receive(counter.by, "2604", ["CT26040001", "CT26040002"], "SJ-17")
    desk.stock.assign_next(counter.by, 1, "2604")
    counter.give_back()
    handed(counter, finished(counter, app))
    strays = forked(counter, 2)
    counter.take_over("bambang")
    for one in strays:
        desk.conflicts.drop(counter.by, one.entry_id, "salah ketik")
    with desk.ledger.reading() as r:
        assert [r.find(Blank), r.find(Movement), r.find(Licence)] == before
        assert r.get(Application, app.id).state is S.APPROVED
    counter.take_over("nyoman")
    desk.stock.receive(counter.by, "2604", ["CT26040001"], "SJ-17")
    desk.stock.assign_next(counter.by, 1)
    assert exchange(counter).parked == 0


@pytest.mark.parametrize("first", ["released", "released and sent", "dropped"])
def test_of_one_case_a_piece_is_released_and_the_next_laid_aside(
    counter: World, first: str
) -> None:
    counter.sign_in("andi")
    app = registered(counter, counter.people[1])
    exchange(counter)
    checked(counter, app)
    paid(counter, app)
    strays = forked(counter, 2)
    counter.take_over("bambang")
    helpers, conflicts = (witness(counter, "andi"),), counter.desk.conflicts
    of_payment = [one for one in strays if one.act == "application.match_payment"]
    for one in of_payment if first == "dropped" else ():
        conflicts.drop(counter.by, one.entry_id, "bukan miliknya")
    for one in strays:
        if one not in of_payment:
            conflicts.release(counter.by, one.entry_id, helpers)
    if first == "released and sent":
        exchange(counter)
    for one in of_payment if first != "dropped" else ():
        conflicts.drop(counter.by, one.entry_id, "bukan miliknya")
    counter.give_back()
    assert case(counter, app).state is S.REQUIREMENTS_CHECKED
    assert exchange(counter).parked == 0
    paid(counter, app)
    assert exchange(counter).parked == 0


def test_a_restored_store_without_work_of_its_own_catches_up(
    counter: World, centre: CentreRig, tmp_path: Path
) -> None:
    exchange(counter)
    backup = copy_of(counter, tmp_path / "backup")
    counter.sign_in("andi")
    confirmed(counter, 1)
    exchange(counter)
    new = restored(backup, counter, centre)
    facts = exchange(new)
    assert (facts.state, facts.strays, facts.parked) == (LineState.UP, 0, 0)
    assert_alike(counter, new)
    assert verdict(new).sound, "the chain with its fork still verifies"
    new.desk.syncing.close()
    new.desk.close()


def test_two_pcs_under_one_name_find_each_other_out(
    counter: World, centre: CentreRig, tmp_path: Path
) -> None:
    exchange(counter)
    clone = restored(copy_of(counter, tmp_path / "clone"), counter, centre)
    counter.sign_in("andi")
    one = registered(counter, counter.people[1])
    exchange(counter)
    clone.sign_in("andi")
    assert registered(clone, clone.people[3]).number == one.number
    two = registered(clone, clone.people[2])
    facts = exchange(clone)
    assert facts.strays > 0
    clone.take_over("bambang")
    clone.desk.conflicts.release_all(clone.by, (witness(clone, "andi"),))
    clone.give_back()
    exchange(clone)
    facts = exchange(counter)
    with counter.desk.ledger.reading() as r:
        assert r.head().epoch == 3, "each sees that the other went on"
        assert r.get(Application, one.id).state is S.REGISTERED
        assert r.get(Application, two.id).state is S.REGISTERED
    assert of_number(centre, one.number) == [one.id]
    clone.desk.syncing.close()
    clone.desk.close()
