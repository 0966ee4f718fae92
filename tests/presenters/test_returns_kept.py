"""A returned parcel in the middle of its work: kept at every field, opened again after a kill."""

from __future__ import annotations

import pytest

from desktop.domain.application import Draft
from desktop.domain.reasons import ReprintReason, ReturnReason
from desktop.domain.shipment import ContactResult, ContactWay, Parcel
from desktop.presenters.returns import Returns
from desktop.presenters.returns_view import ReturnStep
from desktop.services.kept_work import RETURN, subject_of
from tests.walks.online_day import OnlineDay
from tests.walks.world import PASSWORDS, World


@pytest.fixture
def day(world: World) -> OnlineDay:
    return OnlineDay(world)


def begun(day: OnlineDay) -> tuple[Returns, Parcel]:
    """Rahmat has scanned a parcel that came back."""
    [app] = [app for app in day.ready(seed=8) if app.delivery == "courier"]
    [parcel] = day.dispatched(app)
    presenter = Returns(day.world.desk)
    presenter.enter()
    presenter.scanned(parcel.awb)
    return presenter, parcel


def kept(day: OnlineDay) -> list[Draft]:
    with day.world.desk.ledger.reading() as r:
        return r.find(Draft)


def again(day: OnlineDay) -> Returns:
    """As after a kill: another presenter finds what the first one kept, whoever signs in."""
    day.world.sign_in("nyoman")
    [draft] = day.world.desk.kept_work.begun(day.world.by)
    assert draft.form == RETURN
    made = Returns(day.world.desk)
    made.enter(subject_of(draft))
    assert made.view.problem is None
    made.close()  # one window has one presenter: two would keep the same parcel by turns
    return made


def test_a_parcel_half_looked_at_opens_again_with_all_that_was_told(day: OnlineDay) -> None:
    presenter, _parcel = begun(day)
    assert again(day).view.step is ReturnStep.SEAL, "nothing told yet, but it lies on the table"
    with day.world.desk.ledger.reading() as r:
        head = r.head()
    presenter.pick_reason(ReturnReason.OTHER)
    presenter.judge_seal(intact=False)
    presenter.take_picture()
    for typed in ("Se", "Segel robek"):
        presenter.type_note(typed)
    with day.world.desk.ledger.reading() as r:
        assert r.head() == head, "what isn't signed is no act"
    now, before = again(day), presenter.view
    assert now.view.reason is ReturnReason.OTHER
    assert now.view.seal_intact is False
    assert now.view.note == "Segel robek"
    assert now.view.picture == before.picture != b""
    now.open_parcel(*PASSWORDS["rahmat"])
    assert now.view.problem is None
    assert [draft.form for draft in kept(day)] == [RETURN], "the picture went with its act"
    last = again(day).view
    assert (last.step, last.reason, last.note, last.picture) == (ReturnStep.CARD, None, "", b"")


def test_a_parcel_put_away_or_settled_leaves_nothing_behind(day: OnlineDay) -> None:
    presenter, parcel = begun(day)
    presenter.pick_reason(ReturnReason.REFUSED)
    presenter.close_case()
    assert kept(day) == []
    presenter.scanned(parcel.awb)
    assert presenter.view.reason is None
    presenter.pick_reason(ReturnReason.NOBODY_HOME)
    presenter.judge_seal(intact=True)
    presenter.open_parcel(*PASSWORDS["bambang"])
    day.lay(parcel.serial)
    presenter.scanned(parcel.serial)
    presenter.ask("slot", {"slot": "R-1"})
    presenter.ask("slot", {"slot": "R-12"})
    asked = again(day).view.asked
    assert asked is not None
    assert (asked.question, asked.answers, asked.again) == ("slot", {"slot": "R-12"}, True)
    day.world.sign_in("rahmat")
    presenter.hold("R-12")
    assert (presenter.view.step, presenter.view.asked) == (ReturnStep.HELD, None)
    assert kept(day) == [], "a held card lies in its slot"
    presenter.send_again()
    presenter.new_address("Jalan Baru 5", "Kota Bandung", "40111", "0812")
    presenter.scanned(parcel.serial)
    now = again(day).view
    assert (now.step, now.sending, now.card_scanned) == (ReturnStep.HELD, True, parcel.serial)
    assert now.address == presenter.view.address
    day.world.sign_in("rahmat")
    presenter.scanned(day.waybill())
    assert presenter.view.step is ReturnStep.DONE
    assert kept(day) == []


def test_a_half_answered_question_waits_for_its_act(day: OnlineDay) -> None:
    presenter, parcel = begun(day)
    presenter.pick_reason(ReturnReason.NOBODY_HOME)
    presenter.judge_seal(intact=True)
    presenter.open_parcel(*PASSWORDS["bambang"])
    day.lay(parcel.serial)
    presenter.scanned(parcel.serial)
    note = {"way": "phone", "reason": "reached", "note": "Akan datang"}
    presenter.ask("contact_result", note)
    assert presenter.answered("contact_result") == note
    presenter.contact(ContactWay.PHONE, ContactResult.REACHED, "Akan datang")
    assert presenter.answered("contact_result") == {}
    presenter.ask("reprint", {"reason": "returned_damaged"})
    presenter.reprint(ReprintReason.RETURNED_DAMAGED, PASSWORDS["bambang"][0], "wrong")
    assert presenter.answered("reprint") == {"reason": "returned_damaged"}, "refused, not lost"
    day.world.sign_in("bambang")
    presenter.ask_no_more()  # the sheet closes over another officer's work
    day.world.sign_in("rahmat")
    assert presenter.answered("reprint"), "nobody gave it up"
    presenter.ask("reprint", {"reason": "returned_damaged"})
    presenter.ask_no_more()
    assert again(day).view.asked is None
