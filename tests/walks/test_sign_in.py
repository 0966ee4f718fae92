"""Who may sign in: not after too many wrong passwords, not after too long without the centre."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from desktop.domain.officer import PROGRAM, LockedOut, Officer, SignInTooOld, WrongPassword
from desktop.domain.realm import Realm
from desktop.rulebook import FOLDER, Rulebook
from desktop.services.centre_link import CentreLink
from desktop.services.exceptions import ExceptionKind
from desktop.services.proving import LOCK, TRIES
from desktop.settings import Centre
from tests.walks.steps import acts
from tests.walks.world import PASSWORDS, World

NRP, PASSWORD = PASSWORDS["andi"]


def test_too_many_wrong_passwords_lock_the_account_for_a_while(world: World) -> None:
    duty = world.desk.duty
    for left in range(TRIES - 1, 0, -1):
        with pytest.raises(WrongPassword) as wrong:
            duty.sign_in(NRP, "guess")
        assert wrong.value.tries_left == left
    for password in ("guess", PASSWORD):
        with pytest.raises(LockedOut) as locked:
            duty.sign_in(NRP, password)
        assert locked.value.until == world.clock.now() + LOCK
    world.sign_in("dewi")  # nobody else is
    world.clock.advance(LOCK.total_seconds())
    world.sign_in("andi")
    assert world.by.officer == NRP
    assert [line.officer for line in acts(world, "duty.refused")] == [""] * TRIES
    kinds = [one.kind for one in world.desk.oversight.exceptions()]
    assert kinds.count(ExceptionKind.LOCKED_OUT) == 1, "the supervisor sees it"
    with world.desk.ledger.reading() as r:
        assert r.get(Officer, NRP).failed_tries == 0


def last_online(world: World, days: float) -> None:
    """The officer was at the centre so many days ago."""
    with world.desk.ledger.acting(PROGRAM) as w:
        ago = world.clock.now() - timedelta(days=days)
        w.change(w.get(Officer, NRP), last_online=ago)
        w.record("duty.online", NRP, {})


def of_a_centre(world: World) -> None:
    """The counter has a centre that somebody else keeps."""
    settings = replace(world.desk.frame.settings, centre=Centre(host="pusat.contoh"))
    object.__setattr__(world.desk.frame, "settings", settings)


def test_a_training_profile_without_a_centre_locks_nobody_out(world: World) -> None:
    """Somebody tried the program and comes back half a year later."""
    last_online(world, 180)
    world.sign_in("andi")
    assert world.by.officer == NRP
    live = replace(world.desk.frame, realm=Realm.LIVE)
    assert live.offline_ends, "a live counter's officers come online whatever its settings say"


def test_after_too_long_without_the_centre_nobody_signs_in(world: World) -> None:
    of_a_centre(world)
    days = world.desk.frame.offline_days
    last_online(world, days + 0.5)
    world.sign_in("andi")
    last_online(world, days + 1)
    with pytest.raises(SignInTooOld) as refused:
        world.sign_in("andi")
    assert refused.value.days == days


def test_who_comes_back_after_long_while_the_centre_answers_signs_in(world: World) -> None:
    of_a_centre(world)
    frame = world.desk.frame
    link = CentreLink(frame.counter, world.clock)
    frame.centre.link = link
    last_online(world, 90)
    with pytest.raises(SignInTooOld):
        world.sign_in("andi")
    link.whole()
    world.sign_in("andi")
    assert world.by.officer == NRP


def test_the_centre_s_rules_may_shorten_the_time_without_it(world: World) -> None:
    of_a_centre(world)
    text = (FOLDER / "periods.toml").read_text("utf-8")
    head, mine, tail = text.partition('period = "sign_in_offline"')
    sheet = {"periods.toml": head + mine + tail.replace("days = 30", "days = 3", 1)}
    frame = world.desk.frame
    before = frame.offline_days
    object.__setattr__(frame, "rulebook", Rulebook.load(FOLDER, sheets=[sheet]))
    assert (before, frame.offline_days) == (30, 3)
    last_online(world, 4)
    with pytest.raises(SignInTooOld):
        world.sign_in("andi")
    place = replace(frame.place, offline_days=2)
    fewer = replace(frame, settings=replace(frame.settings, place=place))
    assert fewer.offline_days == 2, "an office may set fewer"
