"""The cards run out at eleven: letters go out, and each is redeemed once, in order."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from db.errors import StoreFull
from db.sync_state import Lease, put_lease
from desktop.cards.seal import PaperStatement, PaperType
from desktop.cards.seal_check import check
from desktop.domain.application import Application, ApplicationState
from desktop.domain.officer import RoleMissing
from desktop.domain.offline import CaseElsewhere
from desktop.domain.reasons import CancelReason, HoldReason
from desktop.presenters.walkin import WalkIn
from desktop.services.centre_link import CentreLink
from desktop.services.letters import (
    LetterInForce,
    LetterRedeemed,
    NoCardYet,
    NotWaiting,
    NotYetTheirTurn,
    UnknownLetter,
)
from desktop.services.papers import letters_out
from tests.walks.making import approved
from tests.walks.steps import acts
from tests.walks.test_full_disk import limit
from tests.walks.test_retention import later
from tests.walks.world import World


def without_cards(world: World) -> None:
    """Take every free blank back into the store room."""
    world.take_over("nyoman")
    world.desk.stock.unassign(world.by, [f"CT{26030001 + n:08d}" for n in range(120)])
    world.give_back()


def waiting(world: World, *numbers: int) -> list[Application]:
    apps = [approved(world, number) for number in numbers]
    without_cards(world)
    return [world.desk.issuing.await_material(world.by, app.id) for app in apps]


def test_a_letter_is_issued_signed_and_dated(world: World) -> None:
    world.sign_in("andi")
    [app] = waiting(world, 1)
    letter, made = world.desk.letters.issue(world.by, app.id)
    assert letter.expires.isoformat() == "2026-04-02"
    pages = PdfReader(io.BytesIO(made.pdf)).pages
    text = " ".join("\n".join(page.extract_text() for page in pages).split())
    assert app.number in text
    assert "2 April 2026" in text
    assert "Bripka Andi Pratama" in text
    with pytest.raises(LetterInForce):
        world.desk.letters.issue(world.by, app.id)


def test_a_letter_whose_paper_finds_no_room_was_never_issued(world: World) -> None:
    world.sign_in("andi")
    [app] = waiting(world, 1)
    limit(world, 6)
    with pytest.raises(StoreFull):
        world.desk.letters.issue(world.by, app.id)
    [waiter] = world.desk.letters.waiting()
    assert waiter.letter is None
    limit(world, 100_000)
    letter, made = world.desk.letters.issue(world.by, app.id)
    assert letter.paper == made.paper.id
    assert [line.act for line in acts(world, "letter.*")] == ["letter.issued", "letter.made"]
    assert world.desk.oversight.verify().sound


def test_a_letter_never_ends_on_a_day_off(world: World) -> None:
    later(world, 3)
    world.sign_in("andi")
    [app] = waiting(world, 1)
    letter, _made = world.desk.letters.issue(world.by, app.id)
    assert letter.expires.isoformat() == "2026-04-06", "5 April is a Sunday, and Easter"


def test_the_letter_s_seal_names_the_card_that_it_stands_for(world: World) -> None:
    """Read from the page by a reader that isn't ours, and judged as an officer on a road would."""
    world.sign_in("andi")
    [app] = waiting(world, 1)
    letter, made = world.desk.letters.issue(world.by, app.id)
    with pypdfium2.PdfDocument(made.pdf) as document:
        picture = document[0].render(scale=300 / 72).to_pil().convert("L")
    [text] = [c.text for c in zxingcpp.read_barcodes(picture) if c.text.startswith("SIM1:")]
    now = world.clock.now()
    verdict = check(text, world.desk.sealing.verifying_keys(now), now)
    assert verdict.good, verdict.fault
    said = verdict.statement
    assert isinstance(said, PaperStatement)
    assert said.paper is PaperType.INTERIM_LETTER
    assert said.number == made.paper.number
    [signed] = acts(world, "letter.issued")
    assert said.sim_number == signed.content["sim_number"]
    assert said.licence_class is app.licence_class
    assert said.valid_until == letter.expires
    assert said.counter == world.desk.ledger.journal.counter
    assert said.seq == signed.seq
    with world.desk.ledger.reading() as r:
        found = r.conn.exec_driver_sql("SELECT hash FROM journal WHERE seq = ?", (said.seq,))
        assert said.head.hex() == found.scalar_one()[:32]


def test_a_letter_is_taken_back_with_the_card_and_never_outlives_it(world: World) -> None:
    """A card whose dates are kept, as a lost one's, may end before a letter's own term."""
    world.sign_in("andi")
    [app] = waiting(world, 1)
    today = world.desk.frame.today()
    with world.desk.ledger.acting(world.by) as w:
        end = today + timedelta(days=10)
        w.change(app, keep_validity=True, issue_on=today, valid_until=end)
        w.record("test.kept", app.id, {})
    letter, made = world.desk.letters.issue(world.by, app.id)
    assert letter.expires == end
    with world.desk.ledger.reading() as r:
        assert letters_out(r, app.id) == (made.paper.number,)


def test_a_letter_that_ran_out_may_be_followed_by_another(world: World) -> None:
    world.sign_in("andi")
    [app] = waiting(world, 1)
    first, _ = world.desk.letters.issue(world.by, app.id)
    world.clock.advance(20 * 24 * 3600)
    with pytest.raises(LetterInForce):
        world.desk.letters.issue(world.by, app.id)
    world.clock.advance(13 * 24 * 3600)
    second, _ = world.desk.letters.issue(world.by, app.id)
    assert second.number == first.number + 1
    [waiter] = world.desk.letters.waiting()
    assert waiter.letter == second


def test_a_letter_that_another_followed_is_told_from_one_that_was_redeemed(world: World) -> None:
    world.sign_in("andi")
    [app] = waiting(world, 1)
    papers = []
    for _ in range(3):
        papers.append(world.desk.letters.issue(world.by, app.id)[1].paper)
        world.clock.advance(33 * 24 * 3600)
    for old in papers[:2]:
        with pytest.raises(LetterRedeemed) as refused:
            world.desk.letters.redeem(world.by, old.number)
        assert (refused.value.reason, refused.value.newer) == ("replaced", papers[2].number)
    world.take_over("nyoman")
    world.desk.stock.assign_next(world.by, 1)
    world.give_back()
    world.desk.letters.redeem(world.by, papers[2].number)
    with pytest.raises(LetterRedeemed) as refused:
        world.desk.letters.redeem(world.by, papers[2].number)
    assert refused.value.reason == ""


def test_a_letter_that_another_followed_in_the_new_year_is_told_as_replaced(world: World) -> None:
    """Letters are numbered anew each year, so what follows may have a lower number."""
    world.sign_in("andi")
    apps = waiting(world, 1, 2)
    world.clock.advance((date(2026, 12, 10) - world.desk.frame.today()).days * 24 * 3600)
    world.desk.letters.issue(world.by, apps[1].id)
    old, old_made = world.desk.letters.issue(world.by, apps[0].id)
    world.clock.advance(33 * 24 * 3600)
    new, new_made = world.desk.letters.issue(world.by, apps[0].id)
    assert new.number < old.number
    with pytest.raises(LetterRedeemed) as refused:
        world.desk.letters.redeem(world.by, old_made.paper.number)
    assert (refused.value.reason, refused.value.newer) == ("replaced", new_made.paper.number)


def test_stock_lands_and_the_first_are_served_first(world: World) -> None:
    world.sign_in("andi")
    apps = waiting(world, 1, 2, 3)
    # The last in the queue asks for a letter first: that buys no place.
    late = world.desk.letters.issue(world.by, apps[2].id)[1].paper
    early = world.desk.letters.issue(world.by, apps[0].id)[1].paper
    numbers = [waiter.number for waiter in world.desk.letters.waiting()]
    assert numbers == [early.number, "", late.number], "as their heads say it"
    assert [w.application.id for w in world.desk.letters.waiting()] == [app.id for app in apps]
    assert world.desk.letters.landed(world.by) == []
    world.take_over("nyoman")
    world.desk.stock.assign_next(world.by, 2)
    world.give_back()
    with pytest.raises(NotYetTheirTurn):
        world.desk.letters.redeem(world.by, late.number)
    served = world.desk.letters.redeem(world.by, f" {early.number.lower()} ")
    assert served.state is ApplicationState.APPROVED
    with pytest.raises(LetterRedeemed):
        world.desk.letters.redeem(world.by, early.number)
    assert [app.id for app in world.desk.letters.landed(world.by)] == [apps[1].id]
    [left] = world.desk.letters.waiting()
    assert (left.application.id, left.place) == (apps[2].id, 1)


def test_a_letter_needs_a_case_that_waits_and_an_officer_who_may(world: World) -> None:
    world.sign_in("andi")
    app = approved(world, 1)
    with pytest.raises(NotWaiting):
        world.desk.letters.issue(world.by, app.id)
    with pytest.raises(UnknownLetter):
        world.desk.letters.redeem(world.by, "30001")
    world.take_over("yohana")
    with pytest.raises(RoleMissing):
        world.desk.letters.issue(world.by, app.id)


def test_a_letter_whose_case_waits_no_more_was_not_redeemed(world: World) -> None:
    world.sign_in("andi")
    desk, by = world.desk, world.by
    [app] = waiting(world, 1)
    letter = desk.letters.issue(by, app.id)[1].paper
    app = desk.intake.hold(by, app.id, HoldReason.APPLICANT_LEFT)
    with pytest.raises(NotWaiting) as refused:
        desk.letters.redeem(by, letter.number)
    assert (refused.value.number, refused.value.reason) == (app.number, "held")
    desk.intake.resume(by, app.id)
    with pytest.raises(NoCardYet):
        desk.letters.redeem(by, letter.number)
    desk.intake.cancel(by, app.id, CancelReason.BY_APPLICANT)
    with pytest.raises(NotWaiting) as refused:
        desk.letters.redeem(by, letter.number)
    assert refused.value.reason == "ended"
    assert refused.value.state is ApplicationState.CANCELLED


def test_cards_that_approved_cases_wait_for_are_told_apart_from_none(world: World) -> None:
    world.sign_in("andi")
    approved(world, 2)
    [app] = waiting(world, 1)
    letter = world.desk.letters.issue(world.by, app.id)[1].paper
    with pytest.raises(NoCardYet) as refused:
        world.desk.letters.redeem(world.by, letter.number)
    assert refused.value.reason == ""
    world.take_over("nyoman")
    world.desk.stock.assign_next(world.by, 1)
    world.give_back()
    with pytest.raises(NoCardYet) as refused:
        world.desk.letters.redeem(world.by, letter.number)
    assert refused.value.reason == "promised"
    assert world.desk.supplies.forecast().spare == 0


def test_whoever_opens_a_waiting_case_goes_on_with_it_when_cards_are_here(world: World) -> None:
    world.sign_in("andi")
    apps = waiting(world, 1, 2)
    walk = WalkIn(world.desk)
    walk.open(apps[1].id)
    walk.enter_key()
    assert isinstance(walk.view.problem, NoCardYet)
    world.take_over("nyoman")
    world.desk.stock.assign_next(world.by, 1)
    world.give_back()
    walk.enter_key()
    assert isinstance(walk.view.problem, NotYetTheirTurn)
    walk.open(apps[0].id)
    walk.enter_key()
    assert walk.view.problem is None
    assert walk.view.app is not None
    assert walk.view.app.state is ApplicationState.APPROVED
    walk.enter_key()
    assert walk.view.app.state is ApplicationState.PRINTED
    with pytest.raises(NotWaiting):
        world.desk.letters.go_on(world.by, apps[0].id)


def test_what_waits_at_another_counter_is_served_there(world: World) -> None:
    """The next counter's cases take no card of ours and no place before those who wait here."""
    world.sign_in("andi")
    apps = waiting(world, 1, 2, 3)
    letter = world.desk.letters.issue(world.by, apps[0].id)[1].paper
    desk, link = world.desk, CentreLink(world.desk.frame.counter, world.clock)
    desk.frame.centre.link = link
    theirs, freed, ours = (app.id for app in apps)
    with desk.ledger.store.write() as conn:
        put_lease(conn, Lease(theirs, "1374-L4", 3, ""))
        put_lease(conn, Lease(freed, "", 0, ""))
    link.whole()
    world.take_over("nyoman")
    desk.stock.assign_next(world.by, 2)
    world.give_back()
    assert [w.application.id for w in desk.letters.waiting()] == [freed, ours]
    for go_on in (
        lambda: desk.letters.redeem(world.by, letter.number),
        lambda: desk.letters.go_on(world.by, theirs),
    ):
        with pytest.raises(CaseElsewhere) as refused:
            go_on()
        assert refused.value.counter == "1374-L4"
    assert desk.letters.next_served() == [freed, ours], "to be asked for, where nobody holds it"
    assert [app.id for app in desk.letters.landed(world.by)] == [ours]
    with desk.ledger.reading() as r:
        assert desk.letters.free(r) == 1
    with desk.ledger.store.write() as conn:
        put_lease(conn, Lease(ours, "1374-L4", 4, ""))
    with desk.ledger.reading() as r:
        assert desk.letters.free(r) == 2, "their approved case is printed on their card"


def test_a_case_that_goes_on_by_its_letter_is_not_told_to_wait(world: World) -> None:
    """At the stock desk the letter was brought; the walk-in's page had refused Enter before."""
    world.sign_in("andi")
    [app] = waiting(world, 1)
    letter = world.desk.letters.issue(world.by, app.id)[1].paper
    walk = WalkIn(world.desk)
    walk.open(app.id)
    walk.enter_key()
    assert isinstance(walk.view.problem, NoCardYet)
    world.take_over("nyoman")
    world.desk.stock.assign_next(world.by, 1)
    world.give_back()
    world.desk.letters.redeem(world.by, letter.number)
    walk.refresh()
    assert walk.view.problem is None
