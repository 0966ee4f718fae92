"""Reading a card at the walk-in, the card desk and the returns desk: what the officer is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.domain.application import Incident
from desktop.domain.card_reading import CardFact, ChipWanted, Weight
from desktop.domain.correction import CardOfAnother
from desktop.domain.reasons import ReturnReason
from desktop.domain.service import Service
from desktop.domain.violations import CardOrder, OrderOvertaken
from desktop.presenters.cards import CardDesk
from desktop.presenters.cards_view import CardStep
from desktop.presenters.returns import Returns
from desktop.presenters.simulator import Simulator
from desktop.presenters.simulator_view import Hand
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import WalkStep
from desktop.services.card_reading import FaceOf
from devices.errors import CardMissing
from devices.simulators.plastic import PlasticCard
from tests.presenters.busy_lane import on_busy_lane
from tests.walks.licence_office import card_of, code_on, lay, licence_office
from tests.walks.making import ready
from tests.walks.online_day import OnlineDay
from tests.walks.ordered import ordered
from tests.walks.steps import acts, handed, registered
from tests.walks.world import PASSWORDS, World

F = CardFact


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Iterator[World]:
    world = licence_office(furnished, tmp_path / "licence office")
    yield world
    world.desk.close()


def found(presenter: WalkIn | CardDesk) -> set[CardFact]:
    read = presenter.view.read
    assert read is not None
    return {finding.code for finding in read.findings}


def handed_card(world: World, number: int) -> PlasticCard:
    """The licence of this person, made here and handed over; in nobody's reader yet."""
    return card_of(world, handed(world, ready(world, number)).blank_serial)


def card_desk(world: World, card: PlasticCard | None = None) -> CardDesk:
    """The card desk as it is entered; a card that lies there has been read."""
    presenter = CardDesk(world.desk)
    presenter.enter()
    if card is not None:
        lay(world, card)
        presenter.read_card_of()
    return presenter


def at_identity(world: World) -> WalkIn:
    """A walk-in that was called with a KTP on the reader; nothing else is done yet."""
    presenter = WalkIn(world.desk)
    presenter.enter()
    world.desk.queue.take_ticket(world.by, Service.REPLACE_DAMAGED)
    world.put_eid(world.people[1])
    presenter.call_next()
    assert presenter.view.step is WalkStep.IDENTITY
    return presenter


def walk_in(world: World, number: int) -> WalkIn:
    """A renewal of this person at its requirements."""
    app = registered(world, world.people[number], Service.REPLACE_DAMAGED)
    presenter = WalkIn(world.desk)
    presenter.enter(app.id)
    assert presenter.view.step is WalkStep.REQUIREMENTS
    return presenter


def test_ones_own_card_is_shown_with_the_face_and_taken(office: World) -> None:
    card = handed_card(office, 1)
    presenter = walk_in(office, 1)
    office.stage.sit(office.people[1])
    lay(office, card)
    assert presenter.scanned(code_on(card))
    assert presenter.view.read is None, "a good code on the way is no reason to stop anybody"
    presenter.read_sim()
    assert found(presenter) == {F.CHIP_PROVEN, F.SEAL_NOT_READ, F.OWN}
    read = presenter.view.read
    assert read is not None
    assert {face.source for face in read.faces} == {FaceOf.CHIP, FaceOf.RECORD, FaceOf.LIVE}
    assert presenter.view.said is not None
    assert presenter.view.said.message_id == "cards.handed_in.TAKEN"
    presenter.put_reading_away()
    assert presenter.view.read is None


def test_somebody_elses_card_is_named_and_kept(office: World) -> None:
    card = handed_card(office, 2)
    presenter = walk_in(office, 1)
    lay(office, card)
    presenter.read_sim()
    assert F.OF_ANOTHER in found(presenter)
    assert isinstance(presenter.view.problem, CardOfAnother)
    with office.desk.ledger.reading() as r:
        [incident] = r.find(Incident, kind="found_property")
    assert incident.details["serial"] == card.serial


def test_a_code_scanned_first_is_held_against_the_chip_that_comes_after(office: World) -> None:
    one = handed(office, ready(office, 1))
    other = handed(office, ready(office, 2))
    cards = {card.serial: card for card in office.bench.take_output()}
    presenter = card_desk(office)
    assert presenter.scanned(code_on(cards[other.blank_serial]))
    assert presenter.view.record is not None
    lay(office, cards[one.blank_serial])
    presenter.read_card_of()
    assert F.OTHER_CARD_IN_SEAL in found(presenter)
    assert presenter.view.read is not None
    assert presenter.view.read.worst is Weight.BAD


def test_the_card_desk_opens_the_card_that_lay_on_the_reader(office: World) -> None:
    app = ready(office, 3)
    presenter = card_desk(office, card_of(office, app.blank_serial))
    assert {F.CHIP_PROVEN, F.NOT_HANDED_OVER} <= found(presenter)
    assert presenter.view.step is CardStep.RECORD
    assert presenter.view.in_hand
    assert presenter.view.record is not None
    assert presenter.view.record.app is not None
    assert presenter.view.record.app.id == app.id


def test_a_person_s_card_is_laid_down_by_the_panel_and_read(office: World) -> None:
    card = handed_card(office, 1)
    who = office.people[1].name
    panel = Simulator(office.desk)
    panel.enter()
    panel.choose_visitor(next(i for i, v in enumerate(panel.view.visitors) if v.name == who))
    panel.select("desk_reader")
    panel.do(Hand.LAY_THEIRS)
    presenter = card_desk(office)
    presenter.read_card_of()
    assert presenter.view.read is not None
    assert presenter.view.read.serial == card.serial
    assert F.CHIP_NOT_READ not in found(presenter)


@pytest.mark.parametrize("left", [True, False])
def test_a_card_read_too_late_is_nobody_s_who_came_after(office: World, left: bool) -> None:
    """Whoever stands there by then brought neither the card nor the code scanned from it."""
    card = handed_card(office, 1)
    other = registered(office, office.people[2], Service.REPLACE_DAMAGED)
    presenter = walk_in(office, 1)
    lay(office, card)
    presenter.remember_code(code_on(card))
    reader = on_busy_lane(presenter, "desk_reader")
    presenter.read_sim()
    if left:
        presenter.hold()
    else:
        presenter.enter(other.id)
    reader.let_go()
    assert presenter.view.read is None
    assert presenter.view.problem is None
    assert not presenter.view.reading
    assert acts(office, "card.handed_in") == []
    with office.desk.ledger.reading() as r:
        assert r.find(Incident, kind="found_property") == []
    if not left:
        presenter.read_sim()
        reader.let_go()
        assert F.SEAL_NOT_READ in found(presenter)


@pytest.mark.parametrize("bad", [False, True])
def test_what_was_read_lies_over_no_later_step_unless_it_is_bad(office: World, bad: bool) -> None:
    """Its sheet would take the key that was meant for the step."""
    card = handed_card(office, 2 if bad else 1)
    presenter = walk_in(office, 1)
    lay(office, card)
    reader = on_busy_lane(presenter, "desk_reader")
    presenter.read_sim()
    presenter.gather()
    presenter.enter_key()
    assert presenter.view.step is not WalkStep.REQUIREMENTS
    reader.let_go()
    if bad:
        assert F.OF_ANOTHER in found(presenter)
        return
    assert presenter.view.read is None
    assert len(acts(office, "card.handed_in")) == 1
    presenter.read_sim()
    reader.let_go()
    assert F.OWN in found(presenter), "asked for here, it is shown here"


def test_a_card_read_behind_the_lock_or_a_take_over_is_only_shown(office: World) -> None:
    """Whoever asked for it isn't there: nothing is taken in, or opened, in another's name."""
    card, duty = handed_card(office, 1), office.desk.duty
    presenter = walk_in(office, 1)
    lay(office, card)
    reader = on_busy_lane(presenter, "desk_reader")
    for absent in (duty.lock, lambda: office.take_over("bambang")):
        presenter.read_sim()
        absent()
        reader.let_go()
        assert F.OWN in found(presenter)
        assert (presenter.view.reading, presenter.view.problem) == (False, None)
        assert acts(office, "card.handed_in") == []
        office.give_back() if duty.taken_over else duty.unlock(*PASSWORDS["andi"])
    presenter.read_sim()
    reader.let_go()
    assert [entry.officer for entry in acts(office, "card.handed_in")] == [office.by.officer]


def test_the_card_desk_takes_no_card_that_is_laid_once_it_was_left(office: World) -> None:
    card = handed_card(office, 1)
    presenter = card_desk(office)
    reader = on_busy_lane(presenter, "desk_reader")
    before = len(acts(office, "record.opened"))
    presenter.read_card_of()
    presenter.leave()
    lay(office, card)  # at the walk-in, by its holder
    reader.let_go()
    assert (presenter.view.reading, presenter.view.problem) == (False, None)
    assert presenter.view.read is None
    assert presenter.view.step is CardStep.LIST
    assert len(acts(office, "record.opened")) == before


def test_the_card_desk_opens_nothing_behind_the_lock(office: World) -> None:
    card = handed_card(office, 1)
    presenter, duty = card_desk(office), office.desk.duty
    lay(office, card)
    office.bench.sit_person(lambda _fault: card.back)
    reader, before = on_busy_lane(presenter, "desk_reader"), len(acts(office, "record.opened"))
    camera = on_busy_lane(presenter, "camera")
    presenter.read_card_of()
    duty.lock()
    reader.let_go()
    assert F.CHIP_PROVEN in found(presenter)
    assert presenter.view.step is CardStep.LIST
    duty.unlock(*PASSWORDS["andi"])
    presenter.read_code_by_camera()
    office.take_over("bambang")
    camera.let_go()
    reader.let_go()
    assert (presenter.view.reading, presenter.view.read) == (False, None)
    assert presenter.view.step is CardStep.LIST
    assert len(acts(office, "record.opened")) == before


def test_a_forged_code_is_shown_at_once(office: World) -> None:
    from desktop.cards.seal import CardStatement, seal
    from desktop.cards.seal_check import statement_of
    from desktop.keys.signer import SoftSigner

    stated = statement_of(code_on(handed_card(office, 3)))
    assert isinstance(stated, CardStatement)
    presenter = card_desk(office)
    presenter.scanned(seal(replace(stated, name="ORANG LAIN"), SoftSigner(bytes(32))))
    assert F.SEAL_KEY_UNKNOWN in found(presenter)


def test_nothing_on_the_reader_is_told_and_can_be_tried_again(office: World) -> None:
    card = handed_card(office, 3)
    presenter = card_desk(office)
    presenter.read_card_of()
    assert presenter.view.read is not None
    assert isinstance(presenter.view.read.fault, CardMissing)
    assert not presenter.view.reading
    lay(office, card)
    presenter.read_card_of()
    assert F.CHIP_PROVEN in found(presenter)


@pytest.mark.parametrize("later", [False, True])
def test_where_nothing_was_read_nothing_is_said_to_be(office: World, later: bool) -> None:
    presenter = walk_in(office, 1)
    reader = on_busy_lane(presenter, "desk_reader")
    presenter.read_sim()
    assert presenter.view.reading_as == "doing.read_sim"
    if later:
        presenter.gather()
        presenter.enter_key()
        assert presenter.view.reading_as == "doing.read_sim.later"
    reader.let_go()
    said = presenter.view.said
    if later:
        assert said is not None
        assert (said.message_id, said.warns) == ("reading.nothing.at_walk_in", True)
    else:
        assert said is None, "the sheet says it"
        assert presenter.view.read is not None
        assert presenter.view.read.nothing


def test_of_a_card_without_chip_and_code_nothing_is_judged(office: World) -> None:
    presenter = walk_in(office, 1)
    presenter.read_sim(ChipWanted.NO_CHIP)
    assert found(presenter) == {F.CHIP_NONE, F.SEAL_NOT_READ}
    assert presenter.view.read is not None
    assert presenter.view.read.nothing
    assert presenter.view.read.worst is Weight.ATTEND


def test_what_the_camera_lacked_goes_with_the_sheet_that_told_it(office: World) -> None:
    presenter = walk_in(office, 1)
    presenter.read_sim()
    presenter.read_code_by_camera()
    assert presenter.view.read is not None
    assert type(presenter.view.problem).__name__ == "NoCodeSeen"
    presenter.put_reading_away()
    assert presenter.view.problem is None


def test_a_refusal_that_no_sheet_told_stays_when_the_sheet_goes(office: World) -> None:
    card = handed_card(office, 2)
    presenter = walk_in(office, 1)
    lay(office, card)
    presenter.read_sim()
    presenter.put_reading_away()
    assert isinstance(presenter.view.problem, CardOfAnother)


def test_an_old_card_without_a_chip_is_found_by_what_was_typed(office: World) -> None:
    presenter = walk_in(office, 1)
    presenter.remember_code("9001-1374-0123")
    presenter.read_sim(ChipWanted.NO_CHIP)
    assert {F.CHIP_NONE, F.UNKNOWN_CARD} <= found(presenter)


def test_a_card_before_the_camera_is_judged_by_its_code(office: World) -> None:
    card = handed_card(office, 3)
    office.bench.sit_person(lambda _fault: card.back)
    presenter = card_desk(office)
    said: list[str] = []
    presenter.attach(lambda view: said.append(view.reading_as if view.reading else ""))
    presenter.read_code_by_camera()
    assert F.SEAL_GOOD in found(presenter)
    assert list(dict.fromkeys(said)) == ["", "doing.see_code", "doing.read_sim"]
    office.stage.sit(office.people[3])
    before = presenter.view.read
    presenter.read_code_by_camera()
    assert type(presenter.view.problem).__name__ == "NoCodeSeen"
    assert presenter.view.read is before, "what was read is on show again"
    presenter.put_reading_away()
    presenter.read_code_by_camera()
    assert presenter.view.read is None


@pytest.mark.parametrize("seen", [False, True])
def test_what_the_camera_was_asked_for_lies_over_no_later_step(office: World, seen: bool) -> None:
    card = handed_card(office, 1)
    presenter = walk_in(office, 1)
    lay(office, card)
    presenter.read_sim()
    assert presenter.view.read is not None
    camera = on_busy_lane(presenter, "camera")
    presenter.read_code_by_camera()
    presenter.gather()
    presenter.enter_key()
    assert presenter.view.step is not WalkStep.REQUIREMENTS
    if seen:
        office.bench.sit_person(lambda _fault: card.back)
    camera.let_go()
    assert (presenter.view.reading, presenter.view.read) == (False, None)


def test_the_camera_that_gives_up_shows_no_other_card_s_sheet(office: World) -> None:
    card, other = handed_card(office, 1), handed_card(office, 3)
    presenter = card_desk(office, card)
    assert presenter.view.read is not None
    camera = on_busy_lane(presenter, "camera")
    presenter.read_code_by_camera()
    presenter.open(other.serial)
    camera.let_go()
    assert type(presenter.view.problem).__name__ == "NoCodeSeen"
    assert presenter.view.read is None


def test_a_card_read_at_the_card_desk_takes_no_other_s_place(office: World) -> None:
    card, other = handed_card(office, 1), handed_card(office, 3)
    presenter = card_desk(office)
    lay(office, card)
    reader = on_busy_lane(presenter, "desk_reader")
    presenter.read_card_of()
    presenter.open(other.serial)
    reader.let_go()
    record = presenter.view.record
    assert record is not None
    assert (presenter.view.read, record.serial) == (None, other.serial)
    assert presenter.view.said is not None
    presenter.put_down()
    presenter.read_card_of()
    presenter.scanned(card.serial)
    reader.let_go()
    assert F.CHIP_PROVEN in found(presenter), "it is that very card"


def test_a_licence_scanned_before_the_ktp_is_read_does_not_disturb_it(office: World) -> None:
    card = handed_card(office, 1)
    presenter = at_identity(office)
    lay(office, card)
    assert presenter.scanned(code_on(card))
    assert {F.CHIP_PROVEN, F.SEAL_GOOD, F.OWN} == found(presenter)
    assert presenter.view.identity is not None


def test_an_order_is_written_while_the_walk_in_waits_for_a_ktp(office: World) -> None:
    card = handed_card(office, 1)
    ordered(office, card.serial)
    presenter = at_identity(office)
    lay(office, card)
    presenter.read_sim()
    assert presenter.view.may_write
    presenter.view = replace(presenter.view, doing="doing.read_eid")
    shown: list[str] = []
    presenter.attach(lambda view: shown.append(view.reading_as if view.reading else ""))
    presenter.write_waiting()
    assert list(dict.fromkeys(shown)) == ["", "doing.write_order", "doing.read_sim"]
    assert F.POINTS_WARN in found(presenter)
    assert not presenter.view.may_write
    assert len(acts(office, "card.order_written")) == 1
    presenter.write_waiting()
    assert len(acts(office, "card.order_written")) == 1, "nothing waits any more"


def test_a_desk_that_is_locked_meanwhile_reads_nothing_more(office: World) -> None:
    card = handed_card(office, 3)
    ordered(office, card.serial)
    presenter = card_desk(office, card)
    duty, write = office.desk.duty, office.desk.card_orders.write_waiting

    def slowly(*told: Any) -> CardOrder:
        written = write(*told)
        duty.lock()
        return written

    office.desk.card_orders.write_waiting = slowly  # type: ignore[method-assign]
    presenter.write_waiting()
    assert presenter.view.problem is None
    assert presenter.view.read is None
    assert not presenter.view.reading


def test_an_order_overtaken_behind_the_open_sheet_is_not_written(office: World) -> None:
    card = handed_card(office, 3)
    ordered(office, card.serial)
    presenter = card_desk(office, card)
    assert presenter.view.may_write
    ordered(office, card.serial, 2)
    presenter.write_waiting()
    assert isinstance(presenter.view.problem, OrderOvertaken)
    assert not presenter.view.reading
    presenter.read_card_of()
    presenter.write_waiting()
    assert presenter.view.problem is None
    assert F.POINTS_WARN in found(presenter)


def test_the_order_for_a_card_that_came_back_is_written_at_the_returns_desk(
    office: World,
) -> None:
    day = OnlineDay(office)
    [app, *_] = [one for one in day.ready(count=1, seed=8) if one.delivery == "courier"]
    [parcel] = day.dispatched(app)
    ordered(office, parcel.serial)
    office.sign_in("rahmat")
    presenter = Returns(office.desk)
    presenter.enter()
    presenter.scanned(parcel.awb)
    presenter.pick_reason(ReturnReason.NOBODY_HOME)
    presenter.judge_seal(intact=True)
    presenter.open_parcel(*PASSWORDS["bambang"])
    day.lay(parcel.serial)
    presenter.scanned(parcel.serial)
    presenter.write_waiting()
    assert presenter.view.problem is None
    shown = presenter.view.open
    assert shown is not None
    assert shown.check is not None
    assert shown.check.read is not None
    assert shown.check.read.waiting is None
    assert not shown.check.read.has(F.ORDER_WAITS)
    [entry] = acts(office, "card.order_written")
    assert entry.subject == parcel.serial
