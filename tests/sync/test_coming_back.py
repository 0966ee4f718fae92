"""When a counter tries again, and what is too old meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desktop.domain.service import Service
from desktop.services.forbidden import forbidden
from desktop.services.sync_facts import LineState
from desktop.services.syncing import LONGEST, POLL, SPLAY, WAITING_POLL, Syncing, full_jitter
from tests.central.rigs.centre import CentreRig
from tests.sync.counters import cut, exchange, mend
from tests.walks.world import World

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


def test_what_is_old_says_since_when_and_what_that_forbids(
    counter: World, centre: CentreRig
) -> None:
    frame = counter.desk.frame
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
