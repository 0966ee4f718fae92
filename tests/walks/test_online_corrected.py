"""A card of a file from home is wrong before it is sent: the file is verified anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.person import Person
from desktop.presenters.cards import CardDesk
from desktop.presenters.cards_view import CardAct
from desktop.presenters.online import Online
from tests.walks.online_day import OnlineDay
from tests.walks.world import World


@pytest.fixture
def day(world: World) -> OnlineDay:
    return OnlineDay(world)


def corrected(day: OnlineDay, name: str) -> Application:
    """A finished card whose data this officer corrects."""
    [app] = day.ready()
    day.world.sign_in(name)
    right = replace(app.applicant, occupation="PETANI")
    return day.world.desk.corrections.printed(day.world.by, app.id, right)


def test_whoever_may_not_verify_leaves_a_corrected_file_to_those_who_may(day: OnlineDay) -> None:
    app = corrected(day, "rahmat")
    assert (app.state, app.claimed_by, app.blank_serial) == (S.RECEIVED, "", "")
    assert day.verified(app.id).state is S.VERIFIED
    day.world.sign_in("sri")
    assert day.world.desk.approvals.approve(day.world.by, app.id).state is S.APPROVED
    again = day.made(app.id)
    assert again.applicant.occupation == "PETANI"
    assert (again.issue_on, again.valid_until) == (app.issue_on, app.valid_until)


def test_what_the_office_corrected_is_what_is_verified_and_kept_of_the_person(
    day: OnlineDay,
) -> None:
    """Also a birth date, of which what was sent would differ from the record by now."""
    [app] = day.ready()
    day.world.sign_in("rahmat")
    born = app.applicant.birth_date - timedelta(days=31)
    right = replace(app.applicant, birth_date=born, address="JL. BENAR 1")
    day.world.desk.corrections.printed(day.world.by, app.id, right)
    assert day.world.desk.online.pre_check(app.id).problems == ()
    assert day.verified(app.id).state is S.VERIFIED
    with day.world.desk.ledger.reading() as r:
        known = r.first(Person, nik=app.nik)
    assert known is not None
    assert (known.applicant.birth_date, known.applicant.address) == (born, "JL. BENAR 1")


def test_whoever_may_verify_has_the_corrected_file_in_the_hand(day: OnlineDay) -> None:
    app = corrected(day, "dewi")
    assert (app.state, app.claimed_by) == (S.CLAIMED, "85020002")


def test_the_card_desk_says_that_a_corrected_file_waits_for_verification(day: OnlineDay) -> None:
    [app] = day.ready()
    day.world.sign_in("rahmat")
    cards = CardDesk(day.world.desk)
    cards.enter(app.id)
    cards.begin_correction()
    cards.field_changed("occupation", "PETANI")
    cards.compare()
    cards.correct()
    assert cards.view.said is not None
    assert cards.view.said.message_id == "cards.said.corrected_online"
    assert CardAct.GO_ON not in cards.view.acts, "verifying isn't this officer's duty"
    assert CardAct.GO_ON in cards.view.of_others


@pytest.mark.parametrize(("name", "whose"), [("rahmat", "79010001"), ("dewi", "85020002")])
def test_a_held_file_is_taken_up_into_a_hand_that_may_verify(
    day: OnlineDay, name: str, whose: str
) -> None:
    """Taken up by somebody else it stays with whoever looked at it."""
    [line] = day.take_in(1).taken
    desk = day.world.desk
    desk.online.claim(day.world.by, line.application_id)
    desk.intake.hold(day.world.by, line.application_id, "waiting_for_issuer")
    day.world.sign_in(name)
    files = Online(desk)
    files.enter()
    files.open_file(line.application_id)
    files.resume()
    app = day.app(line.application_id)
    assert (app.state, app.claimed_by) == (S.CLAIMED, whose)
    assert (files.view.file is not None) is (whose == day.world.by.officer)
