"""When a counter tries again, and what is too old meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from db.feed import want_blobs
from desktop.domain.rules import NoRulesInForce
from desktop.domain.service import Service
from desktop.notices import Notice
from desktop.presenters.sync import SyncDesk
from desktop.services.forbidden import forbidden
from desktop.services.sync_facts import LineState
from desktop.services.syncing import (
    BLOBS_AT_ONCE,
    LONGEST,
    POLL,
    SPLAY,
    WAITING_POLL,
    Syncing,
    full_jitter,
)
from tests.central.rigs.centre import CentreRig
from tests.sync.counters import cut, exchange, line_of, mend
from tests.walks.world import PASSWORDS, World

HOUR = 3600


def test_after_an_outage_counters_are_spread_and_then_try_ever_more_rarely(
    counter: World, centre: CentreRig
) -> None:
    exchange(counter)
    cut(counter)
    syncing = Syncing(counter.desk, spread=lambda most: most)
    waits = [round(syncing.exchange().next_in) for _ in range(6)]
    assert waits == [SPLAY, 4 * POLL, 8 * POLL, 16 * POLL, LONGEST, LONGEST]
    counter.clock.advance(LONGEST - 1)
    assert not syncing.due()
    counter.clock.advance(2)
    assert syncing.due()
    mend(counter, centre)
    assert syncing.exchange().state is LineState.UP
    cut(counter)
    syncing.close()
    assert round(syncing.exchange().next_in) == SPLAY, "a new outage begins anew"
    syncing.hurry()
    assert syncing.due(), "F5 doesn't wait"


def test_the_moment_within_the_splay_is_anybody_s() -> None:
    drawn = [full_jitter(SPLAY) for _ in range(200)]
    assert all(0 <= one <= SPLAY for one in drawn)
    assert len({round(one) for one in drawn}) > 40


@pytest.mark.parametrize(("waiting", "seconds"), [(False, POLL), (True, WAITING_POLL)])
def test_the_head_is_asked_for_more_often_while_a_screen_waits(
    counter: World, waiting: bool, seconds: float
) -> None:
    syncing = counter.desk.syncing
    if waiting:
        syncing.wait_for_news(True)
    assert exchange(counter).next_in == pytest.approx(seconds, abs=0.5)


def test_more_pictures_and_what_is_asked_for_meanwhile_come_right_after_it(counter: World) -> None:
    desk, syncing = counter.desk, counter.desk.syncing
    with desk.ledger.store.write() as conn:
        want_blobs(conn, [f"{n:064x}" for n in range(BLOBS_AT_ONCE + 1)])
    exchange(counter)
    assert syncing.due(), "more pictures are wanted"
    with desk.ledger.store.write() as conn:
        conn.exec_driver_sql("DELETE FROM blobs_wanted")
    exchange(counter)
    assert not syncing.due()

    def hurry(_: Notice) -> None:
        if syncing.facts.state is LineState.WORKING:
            syncing.hurry()

    stop = desk.notices.subscribe(hurry)
    exchange(counter)
    stop()
    assert syncing.due(), "somebody asked for another one during this one"
    exchange(counter)
    assert not syncing.due()


def test_a_look_that_was_refused_keeps_none_of_the_next_from_the_screen(counter: World) -> None:
    cut(counter)
    screen = SyncDesk(counter.desk)
    now = counter.clock.now()
    counter.clock.jump_to(datetime(1990, 1, 1, tzinfo=UTC))
    screen.load()
    assert isinstance(screen.view.problem, NoRulesInForce)
    counter.clock.jump_to(now)
    screen.load()
    assert screen.view.forbids == forbidden(counter.desk.frame)
    assert screen.view.forbids.cases


def test_who_takes_over_at_the_screen_has_their_own_keys_at_once(counter: World) -> None:
    counter.sign_in("bambang")
    screen = SyncDesk(counter.desk)
    screen.enter()
    assert (screen.view.supervises, screen.view.keeps_stock) == (True, False)
    counter.desk.duty.lock()
    counter.desk.duty.take_over(*PASSWORDS["nyoman"])
    assert (screen.view.supervises, screen.view.keeps_stock) == (False, True)
    screen.close()


def test_what_is_old_says_since_when_and_what_that_forbids(
    counter: World, centre: CentreRig
) -> None:
    frame = counter.desk.frame
    settings = replace(frame.settings, centre=line_of(centre, "1374-L3"))
    object.__setattr__(frame, "settings", settings)
    exchange(counter)
    assert forbidden(frame).later == (), "while the line is up nothing is"
    came = frame.now()
    cut(counter)
    facts = exchange(counter)
    counter.clock.advance(HOUR)
    at_first = forbidden(frame)
    assert facts.contact == came
    assert facts.down_since is not None
    assert {Service.NEW_ISSUE, Service.CLASS_UPGRADE} <= set(at_first.later), "never offline"
    assert Service.RENEWAL not in at_first.later
    assert at_first.until is not None
    hours = (at_first.until - came) / timedelta(hours=1)
    assert at_first.cases, "no case can be had from another counter"
    assert at_first.sign_in_until == came + timedelta(days=frame.place.offline_days)

    counter.clock.advance(hours * HOUR)
    later = forbidden(frame)
    assert set(later.later) == set(Service), "the list of holds is too old for any card"
    assert later.until is None
    mend(counter, centre)
    exchange(counter)
    assert forbidden(frame).later == ()
