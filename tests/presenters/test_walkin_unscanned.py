"""The handover where no scanner reads the card: its chip does, or two officers read its number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.trail import Wanted
from desktop.cards.chip.tlv import ChipNotGenuine
from desktop.domain.application import Application, CardUnproven
from desktop.domain.application import ApplicationState as S
from desktop.domain.reasons import CardKnownBy
from desktop.presenters.training_scans import lay_card
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_stage import TrainingStage
from desktop.presenters.walkin_view import Typing, WalkStep
from desktop.services.exceptions import ExceptionKind, exceptions
from desktop.services.handover import CHIP_REFUSED as REFUSED
from devices.device import HealthReason
from devices.simulators.plastic import PlasticCard
from tests.presenters.busy_lane import on_busy_lane
from tests.presenters.test_walkin import problem, to, walk
from tests.walks.licence_office import card_of, lay, licence_office
from tests.walks.making import ready as finished
from tests.walks.steps import acts
from tests.walks.world import World

RAHMAT = ("78030003", "rahmat1")
__all__ = ["walk"]


def scanner_dies(world: World) -> None:
    world.bench.scanner.unplug()
    world.desk.hub.poll()
    assert HealthReason.UNPLUGGED in world.desk.hub.status("scanner").health.reasons


@pytest.fixture
def ready(walk: WalkIn, world: World) -> Application:
    """A finished card, and a scanner that died meanwhile."""
    to(walk, world, WalkStep.HANDOVER)
    scanner_dies(world)
    assert walk.view.app is not None
    return walk.view.app


def read_first(walk: WalkIn, number: str) -> bool:
    """The first officer reads the card's number; whether the second is asked for."""
    asked: list[str] = []

    def second() -> None:
        asked.append(number)

    walk.read_number(number, second)
    return bool(asked)


def state(walk: WalkIn) -> S:
    assert walk.view.app is not None
    return walk.view.app.state


@pytest.fixture
def licences(furnished: Path, tmp_path: Path) -> Iterator[World]:
    """A counter whose chips prove themselves."""
    world = licence_office(furnished, tmp_path / "licences")
    yield world
    world.desk.close()


def test_a_scanner_that_works_comes_first(walk: WalkIn, world: World) -> None:
    """By hand only where nothing answers, or the officer has said that the code can't be read."""
    to(walk, world, WalkStep.HANDOVER)
    world.desk.hub.poll()
    assert not walk.unscannable
    walk.enter_key()
    assert problem(walk) == "ScanTheCard"
    assert walk.unscannable
    walk.dismiss()
    assert not walk.unscannable
    scanner_dies(world)
    assert walk.unscannable
    assert walk.scanner_dead


def test_a_scanner_that_types_is_not_known_to_be_dead(walk: WalkIn, world: World) -> None:
    """No device tells of a keyboard wedge: the officer does."""
    world.desk.hub.remove("scanner")
    to(walk, world, WalkStep.HANDOVER)
    assert not walk.unscannable
    walk.enter_key()
    assert walk.unscannable
    walk.read_chip()
    assert problem(walk) == "CardMissing"
    assert walk.unscannable


def test_the_ways_that_were_offered_stay_while_nothing_was_read(walk: WalkIn, world: World) -> None:
    """Esc ends the waiting, and the proxy's form opens: the code can't be read any better then."""
    world.desk.hub.remove("scanner")
    to(walk, world, WalkStep.HANDOVER)
    walk.begin_typing(Typing.PROXY)
    walk.enter_key()
    assert walk.reads_number
    reader = on_busy_lane(walk, "desk_reader")
    walk.read_chip()
    walk.escape()
    reader.let_go()
    assert (walk.view.doing, walk.view.problem) == ("", None)
    assert walk.reads_chip
    assert walk.reads_number
    walk.cancel_typing()
    assert walk.reads_number
    assert walk.view.app is not None
    walk.scanned(walk.view.app.blank_serial)
    assert not walk.unscannable


def test_a_scanned_card_stays_scanned_while_the_letter_is_missing(
    walk: WalkIn, world: World
) -> None:
    to(walk, world, WalkStep.HANDOVER)
    assert walk.view.app is not None
    serial = walk.view.app.blank_serial
    walk.begin_typing(Typing.PROXY)
    walk.scanned(serial)
    walk.enter_key()
    assert problem(walk) == "ProxyLetterMissing"
    assert walk.view.scanned_serial == serial
    for name, text in (("name", "SITI"), ("letter", "SK-1"), ("relation", "Anak")):
        walk.field_changed(name, text)
    walk.enter_key()
    assert state(walk) is S.CLOSED


def test_two_officers_read_the_card_and_both_are_named(
    walk: WalkIn, world: World, ready: Application
) -> None:
    serial = ready.blank_serial
    assert read_first(walk, f" {serial[:2].lower()} {serial[2:]} ")
    walk.hand_over_read(serial, *RAHMAT, serial)
    assert walk.view.problem is None
    assert state(walk) is S.CLOSED
    assert world.bench.printer.truth.output == []
    [entry] = acts(world, "blank.read_by_two")
    assert (entry.officer, entry.subject) == ("79010001", serial)
    assert entry.content == {
        "serial": serial, "reason": "serial_read_by_two", "second_officer": RAHMAT[0],
    }  # fmt: skip
    [handed] = acts(world, "application.hand_over")
    assert (handed.content or {})["known_by"] == "two_readers"
    assert walk.view.receipt_number
    with world.desk.ledger.reading() as r:
        [told] = exceptions(r, world.desk.frame.counter, Wanted())
    assert (told.kind, told.subject) == (ExceptionKind.READ_BY_TWO, serial)


def test_a_number_read_wrong_is_refused_and_on_record(
    walk: WalkIn, world: World, ready: Application
) -> None:
    other = world.desk.stock.free_here(1)[0]
    assert not read_first(walk, other)
    assert problem(walk) == "CardMisread"
    assert ready.blank_serial not in str(walk.view.problem and vars(walk.view.problem))
    assert read_first(walk, ready.blank_serial)
    walk.hand_over_read(ready.blank_serial, *RAHMAT, other)
    assert problem(walk) == "CardMisread"
    assert state(walk) is S.READY
    assert acts(world, "blank.read_by_two") == []
    found = [(one.officer, one.content) for one in acts(world, "card.misread")]
    assert found == [
        ("79010001", {"serial": other, "read_by": "79010001"}),
        ("79010001", {"serial": other, "read_by": RAHMAT[0]}),
    ]


def test_one_officer_is_no_two(walk: WalkIn, world: World, ready: Application) -> None:
    assert read_first(walk, ready.blank_serial)
    walk.hand_over_read(ready.blank_serial, "79010001", "andi123", ready.blank_serial)
    assert problem(walk) == "SameOfficer"
    assert state(walk) is S.READY


def test_what_keeps_the_card_is_said_before_a_second_officer_comes(
    walk: WalkIn, ready: Application
) -> None:
    walk.begin_typing(Typing.PROXY)
    walk.field_changed("name", "SITI")
    assert not read_first(walk, ready.blank_serial)
    assert problem(walk) == "ProxyLetterMissing"
    walk.field_changed("letter", "SK-1")
    assert read_first(walk, ready.blank_serial)
    walk.hand_over_read(ready.blank_serial, *RAHMAT, ready.blank_serial)
    assert walk.view.app is not None
    assert (walk.view.app.state, walk.view.app.handed_to) == (S.CLOSED, "SITI")


def test_who_may_hand_nothing_over_calls_no_second_officer(
    walk: WalkIn, world: World, ready: Application
) -> None:
    """The approver who took over at the handover."""
    world.take_over("sri")
    assert walk.unscannable
    assert not walk.may_hand_over()
    assert problem(walk) == "RoleMissing"
    walk.dismiss()
    assert not read_first(walk, ready.blank_serial), "the question stood there before"
    assert problem(walk) == "RoleMissing"
    world.give_back()
    assert walk.may_hand_over()
    assert read_first(walk, ready.blank_serial)


def test_the_chip_tells_which_card_it_is(walk: WalkIn, world: World, ready: Application) -> None:
    """The chip reader works: no second officer is needed."""
    lay_card(world.desk, ready, ready.blank_serial)
    walk.read_chip()
    assert walk.view.problem is None
    assert walk.view.scanned_serial == ready.blank_serial
    walk.enter_key()
    assert state(walk) is S.CLOSED
    [handed] = acts(world, "application.hand_over")
    assert (handed.content or {})["known_by"] == "chip"
    assert world.bench.reader.card is None, "it went with its holder, and is no other card's chip"
    assert world.bench.printer.truth.output == [], "nor does it lie in the tray any more"


def test_only_the_card_that_was_handed_over_leaves_the_counter(
    walk: WalkIn, world: World, ready: Application
) -> None:
    bench = world.bench
    others = [bench.fresh_card(one) for one in world.desk.stock.free_here(3)]
    bench.printer.truth.output.insert(0, others[0])
    bench.printer.truth.by_hand.append(others[1])
    bench.put_card_on_reader(others[2])
    assert read_first(walk, ready.blank_serial)
    walk.hand_over_read(ready.blank_serial, *RAHMAT, ready.blank_serial)
    assert state(walk) is S.CLOSED
    truth = bench.printer.truth
    assert [*truth.output, *truth.by_hand, bench.reader.card] == others


def test_another_card_on_the_reader_is_named_and_the_right_one_is_read_next(
    walk: WalkIn, world: World, ready: Application
) -> None:
    walk.show(scanned_serial=world.desk.stock.free_here(1)[0], known_by=CardKnownBy.CHIP)
    assert walk.unscannable, "the right card needs the same way"
    lay_card(world.desk, ready, ready.blank_serial)
    walk.read_chip()
    assert not walk.unscannable
    walk.enter_key()
    assert state(walk) is S.CLOSED


def test_a_chip_of_another_case_s_card_names_the_right_number_to_nobody(
    walk: WalkIn, world: World, ready: Application
) -> None:
    """Two may have to read that number next; and nothing here is scanned again."""
    other = finished(world, 3)
    for serial, named in (
        (other.blank_serial, "OtherCardRead"),
        (world.desk.stock.free_here(1)[0], "CardMisread"),
    ):
        walk.show(scanned_serial=serial, known_by=CardKnownBy.CHIP)
        walk.enter_key()
        assert problem(walk) == named
        assert ready.blank_serial not in str(walk.view.problem and vars(walk.view.problem))
        assert walk.unscannable


def test_a_number_that_is_on_no_books_is_read_otherwise(walk: WalkIn, world: World) -> None:
    """The scanner may have misread it: the chip or two officers tell it right."""
    to(walk, world, WalkStep.HANDOVER)
    world.desk.hub.poll()
    walk.scanned("CT99999999")
    walk.enter_key()
    assert problem(walk) == "UnknownBlank"
    assert walk.reads_chip
    assert walk.reads_number


def test_a_code_of_no_card_offers_the_other_ways_at_once(walk: WalkIn, world: World) -> None:
    """Another code may be all that the scanner reads off this card; another card is a swap."""
    to(walk, world, WalkStep.HANDOVER)
    world.desk.hub.poll()
    walk.scanned("https://example.test/a")
    assert (walk.unknown_code, walk.reads_chip, walk.reads_number) == (True, True, True)
    walk.read_chip()
    assert problem(walk) == "CardMissing"
    walk.dismiss()
    walk.scanned(world.desk.stock.free_here(1)[0])
    assert (walk.unknown_code, walk.unscannable) == (False, False)
    walk.scanned(finished(world, 3).blank_serial)
    assert (walk.unknown_code, walk.unscannable) == (False, False)
    assert walk.view.app is not None
    walk.scanned(walk.view.app.blank_serial)
    assert (walk.unknown_code, walk.unscannable) == (False, False)


def test_a_card_that_nothing_scanned_is_still_in_the_tray(walk: WalkIn, world: World) -> None:
    """In training the drawn person's card isn't gone with a scan that nobody heard."""
    stage = TrainingStage(world.desk, walk)
    scanner_dies(world)
    to(walk, world, WalkStep.PRODUCTION)
    walk.enter_key()
    walk.enter_key()
    walk.enter_key()
    assert walk.view.step is WalkStep.HANDOVER
    assert stage.view.problem is None
    assert walk.view.app is not None
    assert [card.serial for card in world.bench.take_output()] == [walk.view.app.blank_serial]


def test_esc_waits_for_no_card_any_more(walk: WalkIn, ready: Application) -> None:
    reader = on_busy_lane(walk, "desk_reader")
    walk.read_chip()
    assert walk.view.doing
    walk.escape()
    reader.let_go()
    assert (walk.view.doing, walk.view.problem) == ("", None)
    assert walk.unscannable


def test_the_card_is_laid_while_the_reader_waits_for_it(
    walk: WalkIn, world: World, ready: Application
) -> None:
    """In training the hand lays the card that the reader asks for, and a printed one made anew."""
    world.bench.take_output()
    world.bench.printer.take_by_hand()
    reader = on_busy_lane(walk, "desk_reader")
    walk.read_chip()
    assert walk.view.doing
    assert walk.card_to_play
    walk.play_card()
    laid = world.bench.reader.card
    assert laid is not None
    assert laid.serial == ready.blank_serial
    assert not walk.card_to_play, "it is being read: nobody lays it anew"
    reader.let_go()
    assert (walk.view.doing, walk.view.problem) == ("", None)
    assert walk.view.scanned_serial == ready.blank_serial


def test_a_blank_on_the_reader_is_no_card(walk: WalkIn, world: World, ready: Application) -> None:
    world.bench.put_card_on_reader(world.bench.fresh_card(world.desk.stock.free_here(1)[0]))
    walk.read_chip()
    assert problem(walk) == "ChipSaysNothing"
    assert walk.view.scanned_serial == ""
    assert walk.unscannable
    assert state(walk) is S.READY


def test_the_question_is_kept_without_what_the_second_read(
    walk: WalkIn, ready: Application
) -> None:
    walk.ask("by_two", {"number": ready.blank_serial})
    assert walk.blind, "the number stands on the card alone while it is read"
    again = WalkIn(walk.desk)
    again.enter(ready.id)
    assert again.view.asked is not None
    assert again.view.asked.answers == {"number": ready.blank_serial}
    assert read_first(again, ready.blank_serial)
    again.hand_over_read(ready.blank_serial, *RAHMAT, ready.blank_serial)
    assert again.view.asked is None
    assert not again.blind


def test_a_card_whose_chip_is_not_genuine_is_handed_over_by_no_other_way(licences: World) -> None:
    """Keep it, the officer was told; only a chip that proves itself undoes that."""
    world = licences
    app = finished(world, 3)
    scanner_dies(world)
    walk = WalkIn(world.desk)
    walk.enter(app.id)
    card = card_of(world, app.blank_serial)
    assert card.chip.licence is not None
    whole = card.chip.licence.files[4]
    card.chip.licence.files[4] = whole[:-1] + b"\x00"
    lay(world, card)
    assert walk.reads_number
    walk.read_chip()
    assert problem(walk) == "ChipNotGenuine"
    [found] = acts(world, REFUSED)
    assert (found.officer, found.subject) == ("79010001", app.id)
    assert found.content == {"serial": app.blank_serial, "found": ["chip_forged"]}
    with world.desk.ledger.reading() as r:
        [told] = exceptions(r, world.desk.frame.counter, Wanted())
    assert (told.kind, told.subject) == (ExceptionKind.CARD_DOUBTED, app.blank_serial)
    walk.dismiss()
    assert walk.reads_chip
    assert not walk.reads_number
    again = WalkIn(world.desk)  # after a crash nobody remembers, but the journal does
    again.enter(app.id)
    assert not read_first(again, app.blank_serial)
    assert problem(again) == "CardUnproven"
    assert (again.reads_chip, again.reads_number) == (True, False)
    again.scanned(app.blank_serial)
    again.enter_key()
    assert problem(again) == "CardUnproven"
    assert state(again) is S.READY
    card.chip.licence.files[4] = whole
    again.read_chip()
    again.enter_key()
    assert state(again) is S.CLOSED


def refused_at_the_desk(world: World, app: Application) -> tuple[PlasticCard, bytes]:
    """The card of the case, its chip altered and refused; and how the chip was before."""
    card = card_of(world, app.blank_serial)
    assert card.chip.licence is not None
    whole = card.chip.licence.files[4]
    card.chip.licence.files[4] = whole[:-1] + b"\x00"
    lay(world, card)
    with pytest.raises(ChipNotGenuine):
        world.desk.handover.read_due(world.by, app.id)
    return card, whole


def test_a_scan_after_a_refused_chip_leaves_the_way_that_is_told(licences: World) -> None:
    """Its chip counts alone: where the scanner works again, the chip can still be read."""
    world = licences
    app = finished(world, 3)
    card, whole = refused_at_the_desk(world, app)
    world.desk.hub.poll()
    walk = WalkIn(world.desk)
    walk.enter(app.id)
    walk.scanned(app.blank_serial)
    walk.enter_key()
    assert problem(walk) == "CardUnproven"
    assert (walk.reads_chip, walk.reads_number) == (True, False)
    assert card.chip.licence is not None
    card.chip.licence.files[4] = whole
    walk.read_chip()
    walk.enter_key()
    assert state(walk) is S.CLOSED


def test_a_refused_chip_that_tells_another_card_s_number_keeps_this_one(licences: World) -> None:
    """What an unproven chip tells is a claim: it may be a forged card of this very case."""
    world = licences
    app = finished(world, 3)
    own = card_of(world, app.blank_serial)
    other = finished(world, 4)
    refused_at_the_desk(world, other)
    scanner_dies(world)
    walk = WalkIn(world.desk)
    walk.enter(app.id)
    walk.read_chip()
    assert problem(walk) == "ChipNotGenuine"
    found = [(one.subject, one.content) for one in acts(world, REFUSED)]
    assert found == [
        (other.id, {"serial": other.blank_serial, "found": ["chip_forged"]}),
        (app.id, {"serial": app.blank_serial, "found": ["chip_forged"],
                  "claimed": other.blank_serial}),
    ]  # fmt: skip
    walk.dismiss()
    assert (walk.reads_chip, walk.reads_number) == (True, False)
    assert not read_first(walk, app.blank_serial)
    assert problem(walk) == "CardUnproven"
    lay(world, own)
    walk.read_chip()
    walk.enter_key()
    assert state(walk) is S.CLOSED, "it lay there by mistake: the right card's chip says so"


def test_a_refused_chip_that_tells_no_card_keeps_this_one(licences: World) -> None:
    """Nobody knows whose it is: only a chip that proves itself counts then."""
    world = licences
    app = finished(world, 3)
    card = card_of(world, app.blank_serial)
    assert card.chip.licence is not None
    card.chip.licence.files[11] = b"\x6d\x00"
    lay(world, card)
    with pytest.raises(ChipNotGenuine):
        world.desk.handover.read_due(world.by, app.id)
    [found] = acts(world, REFUSED)
    assert (found.content or {})["serial"] == app.blank_serial
    with pytest.raises(CardUnproven):
        world.desk.handover.hand_over(world.by, app.id, app.blank_serial)
