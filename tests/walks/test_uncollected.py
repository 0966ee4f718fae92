"""A card that nobody fetches: listed by age, written for, recalled and destroyed by two."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from desktop.domain.application import Application, ApplicationState, Ticket, Visit
from desktop.domain.destruction import DestroyMethod
from desktop.domain.officer import SameOfficer
from desktop.domain.person import Licence, LicenceStatus
from desktop.domain.reasons import DestroyReason, HoldReason
from desktop.domain.stock import Blank, BlankState
from desktop.services.destruction import Manner
from desktop.services.doubts import Outcome
from desktop.services.papers import MadePaper
from desktop.services.uncollected import NotWrittenTo, StillAwaited
from desktop.words import Words
from tests.walks.making import ready, witness
from tests.walks.test_retention import later
from tests.walks.world import World


def blank_of(world: World, serial: str) -> BlankState:
    with world.desk.ledger.reading() as r:
        return r.get(Blank, serial).state


def written(world: World, app: Application) -> MadePaper:
    """The letter lies in the printer's tray."""
    made = world.desk.uncollected.letter(world.by, app.id)
    world.desk.papers.print(world.by, made.paper.id)
    return made


def test_a_waiting_card_is_listed_by_its_age(world: World) -> None:
    world.sign_in("andi")
    app = ready(world, 1)
    assert world.desk.uncollected.ageing() == []
    later(world, 20)
    [card] = world.desk.uncollected.ageing()
    assert (card.application.id, card.days, card.letters) == (app.id, 20, 0)
    assert isinstance(card.refusal, StillAwaited)
    later(world, 80)
    [card] = world.desk.uncollected.ageing()
    assert isinstance(card.refusal, NotWrittenTo), "a letter first"


def test_a_card_whose_holder_left_for_a_while_is_listed_and_recalled_too(world: World) -> None:
    world.sign_in("andi")
    app, other = ready(world, 1), ready(world, 2)
    world.desk.intake.hold(world.by, app.id, HoldReason.APPLICANT_LEFT)
    world.desk.intake.hold(world.by, other.id, HoldReason.INQUIRY)
    later(world, 100)
    world.desk.duty.sign_out()
    world.sign_in("nyoman")
    [card] = world.desk.uncollected.ageing()
    assert card.application.id == app.id, "an inquiry keeps the other"
    written(world, app)
    later(world, 15)
    second = witness(world, "bambang")
    assert (
        world.desk.uncollected.recall(world.by, second, app.id).state is ApplicationState.RECALLED
    )
    with pytest.raises(NotWrittenTo):
        world.desk.uncollected.recall(world.by, second, other.id)


def test_the_applicant_is_written_to_and_the_letter_counted(world: World) -> None:
    world.sign_in("andi")
    app = ready(world, 1)
    later(world, 30)
    made = written(world, app)
    assert made.pdf.startswith(b"%PDF")
    [card] = world.desk.uncollected.ageing()
    assert card.letters == 1
    assert isinstance(card.refusal, StillAwaited)
    later(world, 70)
    [card] = world.desk.uncollected.ageing()
    assert card.refusal is None


def test_who_is_written_to_late_still_has_two_weeks(world: World) -> None:
    """The letter names the day; until then the card stays, whatever the term says."""
    world.sign_in("andi")
    app = ready(world, 1)
    later(world, 100)
    world.desk.duty.sign_out()
    world.sign_in("nyoman")
    second = witness(world, "bambang")
    with pytest.raises(NotWrittenTo) as unwritten:
        world.desk.uncollected.recall(world.by, second, app.id)
    assert unwritten.value.number == app.number
    day = world.desk.frame.today() + timedelta(days=14)
    made = written(world, app)
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(made.pdf)).pages)
    assert Words.load("id").date(day, "long") in text
    later(world, 14)
    with pytest.raises(StillAwaited) as refused:
        world.desk.uncollected.recall(world.by, second, app.id)
    assert refused.value.until == day
    later(world, 1)
    world.desk.uncollected.recall(world.by, second, app.id)


def test_a_letter_that_never_came_out_tells_nobody(world: World) -> None:
    """On the same day it is printed after all; later another is made, with a day still to come."""
    world.sign_in("andi")
    app = ready(world, 1)
    later(world, 100)
    made = world.desk.uncollected.letter(world.by, app.id)
    assert world.desk.uncollected.letter(world.by, app.id).paper == made.paper
    later(world, 15)
    [card] = world.desk.uncollected.ageing()
    assert (card.letters, type(card.refusal)) == (0, NotWrittenTo)
    assert written(world, app).paper.id != made.paper.id
    [card] = world.desk.uncollected.ageing()
    assert (card.letters, type(card.refusal)) == (1, StillAwaited)


def test_a_letter_about_an_earlier_card_tells_nothing_of_the_next(world: World) -> None:
    world.sign_in("andi")
    app = ready(world, 1)
    later(world, 20)
    written(world, app)
    later(world, 20)
    desk = world.desk
    desk.issuing.spoil(world.by, app.id, "print_defect")
    assert desk.issuing.issue(world.by, app.id).outcome is Outcome.PRINTED
    app = desk.issuing.inspect(world.by, app.id)
    later(world, 100)
    [card] = desk.uncollected.ageing()
    assert (card.application.id, card.letters, type(card.refusal)) == (app.id, 0, NotWrittenTo)
    written(world, app)
    [card] = desk.uncollected.ageing()
    assert card.letters == 1


def test_a_card_is_kept_to_its_last_day(world: World) -> None:
    world.sign_in("andi")
    app = ready(world, 1)
    later(world, 60)
    world.desk.duty.sign_out()
    world.sign_in("nyoman")
    with pytest.raises(StillAwaited) as refused:
        world.desk.uncollected.recall(world.by, witness(world, "bambang"), app.id)
    assert refused.value.number == app.number


def test_after_three_months_two_officers_recall_and_destroy_it(world: World) -> None:
    world.sign_in("andi")
    app = ready(world, 1)
    with world.desk.ledger.reading() as r:
        licence = r.get(Licence, r.get(Application, app.id).licence_id)
        [before] = licence.superseded
    later(world, 60)
    written(world, app)
    later(world, 40)
    world.desk.duty.sign_out()
    world.sign_in("nyoman")
    with pytest.raises(SameOfficer):
        world.desk.uncollected.recall(world.by, world.by, app.id)
    second = witness(world, "bambang")
    gone = world.desk.uncollected.recall(world.by, second, app.id)
    assert gone.state is ApplicationState.RECALLED
    with world.desk.ledger.reading() as r:
        visit = r.get(Visit, app.visit_id)
        assert visit.closed_at is not None, "nobody is being served any more"
        assert r.get(Ticket, visit.ticket_id).state == "done"
    assert world.desk.uncollected.ageing() == []
    with world.desk.ledger.reading() as r:
        assert r.get(Licence, licence.id).status is LicenceStatus.REVOKED
        assert r.get(Licence, before).status is not LicenceStatus.SUPERSEDED
    serial = app.blank_serial
    assert blank_of(world, serial) is BlankState.TO_BE_DESTROYED
    world.desk.destruction.destroy(
        world.by, second, [serial], DestroyReason.UNCOLLECTED,
        Manner(method=DestroyMethod.SHREDDED),
    )  # fmt: skip
    assert blank_of(world, serial) is BlankState.DESTROYED
