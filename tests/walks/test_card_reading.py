"""Cards that people bring to the counter: whose, genuine, in force, and what differs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from db.trail import Wanted
from desktop.cards.seal import CardStatement
from desktop.cards.seal_check import statement_of
from desktop.domain.application import Application
from desktop.domain.card_reading import CardFact, ChipWanted, ReadField, Weight
from desktop.domain.officer import PROGRAM
from desktop.domain.person import Hold, HoldKind, Licence, LicenceStatus
from desktop.domain.stock import Blank, BlankState
from desktop.keys.certificates import KeyRole
from desktop.keys.signer import SoftSigner
from desktop.profile import Withdrawal
from desktop.services.card_reading import FaceOf, ReadCard
from desktop.services.exceptions import ExceptionKind, exceptions
from desktop.training.stage import portrait
from devices.errors import CardMissing, NotConnected
from devices.simulators.faults import Fault, FaultName
from devices.simulators.plastic import PlasticCard
from tests.walks.licence_office import card_of, code_on, lay, licence_office
from tests.walks.making import ready
from tests.walks.steps import acts, handed
from tests.walks.world import World

F = CardFact


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Iterator[World]:
    world = licence_office(furnished, tmp_path / "licence office")
    yield world
    world.desk.close()


def issued(world: World, number: int) -> tuple[Application, PlasticCard]:
    """A card that was made here and handed over."""
    app = ready(world, number)
    card = card_of(world, app.blank_serial)
    return handed(world, app), card


def reading(
    world: World,
    card: PlasticCard | None,
    code: str = "",
    nik: str = "",
    *,
    chip: ChipWanted = ChipWanted.WAIT,
    live: bytes = b"",
) -> ReadCard:
    lay(world, card)
    return world.desk.card_readings.read_card(world.by, code, nik=nik, chip=chip, live=live)


def codes(read: ReadCard) -> set[CardFact]:
    return {finding.code for finding in read.findings}


def test_ones_own_valid_card_proves_itself_three_times(office: World) -> None:
    app, card = issued(office, 3)
    read = reading(office, card, code_on(card), app.nik)
    assert codes(read) == {F.CHIP_PROVEN, F.SEAL_GOOD, F.OWN}
    assert read.worst is Weight.GOOD
    assert read.serial == app.blank_serial
    assert read.chip.said is not None
    assert read.sealed is not None
    assert (read.chip.said.number, read.sealed.number) == (app.nik, app.nik)
    assert read.chip.said.valid_until == read.sealed.valid_until == app.valid_until


def test_the_face_on_the_chip_stands_beside_record_and_chair(office: World) -> None:
    app, card = issued(office, 3)
    office.stage.sit(office.people[3])
    with office.desk.hub.camera() as camera:
        live = camera.frame(timeout=5)
    read = reading(office, card, nik=app.nik, live=live)
    faces = {face.source: face for face in read.faces}
    assert list(faces) == [FaceOf.CHIP, FaceOf.RECORD, FaceOf.LIVE]
    assert faces[FaceOf.CHIP].picture.startswith(b"\xff\xd8")
    assert faces[FaceOf.CHIP].score is None
    assert (faces[FaceOf.RECORD].score or 0) > 50
    assert F.FACES_UNLIKE not in codes(read)


def test_a_card_whose_photo_isnt_here_still_gets_its_verdict(office: World) -> None:
    app, card = issued(office, 3)
    with office.desk.ledger.acting(PROGRAM) as w:
        w.change(w.get(Licence, app.licence_id), photo="0" * 64)
        w.record("test.away", app.id, {})
    read = reading(office, card, code_on(card), app.nik)
    assert read.worst is Weight.GOOD
    assert [face.source for face in read.faces] == [FaceOf.CHIP]


def test_somebody_elses_card_is_named(office: World) -> None:
    app, card = issued(office, 3)
    read = reading(office, card, code_on(card), office.people[2].nik)
    assert read.has(F.OF_ANOTHER)
    assert read.worst is Weight.BAD
    assert read.stops, "the card is genuine, it is only not this person's"
    assert read.has(F.CHIP_PROVEN)
    [finding] = [f for f in read.findings if f.code is F.OF_ANOTHER]
    assert finding.facts["name"] == app.applicant.name


@pytest.mark.parametrize(
    ("status", "found"),
    [
        (LicenceStatus.REVOKED, F.REVOKED),
        (LicenceStatus.SUPERSEDED, F.REPLACED),
        (LicenceStatus.FLAGGED, F.FLAGGED),
    ],
)
def test_a_card_whose_licence_is_not_in_force_any_more(
    office: World, status: LicenceStatus, found: CardFact
) -> None:
    app, card = issued(office, 3)
    with office.desk.ledger.acting(PROGRAM) as w:
        licence = w.first(Licence, blank_serial=app.blank_serial)
        assert licence is not None
        w.change(licence, status=status)
        w.record("records.loaded", licence.id, {})
    read = reading(office, card, nik=app.nik)
    assert {found, F.CHIP_PROVEN, F.OWN} <= codes(read)
    assert read.worst is not Weight.GOOD


def test_a_seal_by_a_stolen_key_is_not_believed(
    office: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, card = issued(office, 3)
    code = code_on(card)
    profile = office.desk.profile
    key = profile.signer(KeyRole.SEAL).key_id
    profile.withdraw(Withdrawal(key, office.desk.frame.now(), "stolen"))
    again = type(profile).open(profile.path)
    monkeypatch.setattr(office.desk.sealing, "_profile", again)  # as after a restart
    read = reading(office, card, code, app.nik)
    assert {F.SEAL_KEY_WITHDRAWN, F.CHIP_PROVEN} <= codes(read)
    assert read.worst is Weight.BAD


def test_the_centre_s_list_of_keys_and_withdrawn_cards_is_used(office: World) -> None:
    """As a live counter has it: `seal-keys.json` in the profile's folder."""
    app, card = issued(office, 3)
    desk, code = office.desk, code_on(card)
    file = desk.profile.path / "seal-keys.json"

    def set_status(status: LicenceStatus) -> None:
        with desk.ledger.acting(PROGRAM) as w:
            licence = w.first(Licence, blank_serial=app.blank_serial)
            assert licence is not None
            w.change(licence, status=status)
            w.record("records.loaded", licence.id, {})

    set_status(LicenceStatus.REVOKED)
    with desk.ledger.reading() as r:
        file.write_bytes(desk.sealing.public_keys(r, desk.frame.now()))
    set_status(LicenceStatus.VALID)
    assert reading(office, card, code, app.nik).has(F.SEAL_CARD_WITHDRAWN)
    raw = file.read_bytes()
    file.write_bytes(raw.replace(b'"made":"2026', b'"made":"2027'))
    assert reading(office, card, code, app.nik).has(F.SEAL_GOOD), "a list nobody signed is no list"


def forgotten(world: World, app: Application) -> None:
    """As at another office: neither licence nor case is in the books."""
    with world.desk.ledger.acting(PROGRAM) as w:
        licence = w.first(Licence, blank_serial=app.blank_serial)
        assert licence is not None
        w.change(licence, blank_serial="")
        w.change(w.get(Blank, app.blank_serial), application_id="")
        w.record("records.loaded", licence.id, {})


def test_a_card_made_elsewhere_is_good_and_not_on_record(office: World) -> None:
    app, card = issued(office, 3)
    forgotten(office, app)
    code = code_on(card)
    read = reading(office, card, code)
    assert codes(read) == {F.CHIP_PROVEN, F.SEAL_GOOD, F.NOT_ON_RECORD}
    assert reading(office, card, code, app.nik).has(F.OWN_ELSEWHERE)
    assert reading(office, card, code, office.people[2].nik).has(F.OF_ANOTHER)


@pytest.mark.security
def test_a_card_whose_blank_lies_in_stock_by_the_books(office: World) -> None:
    app, card = issued(office, 3)
    forgotten(office, app)
    with office.desk.ledger.acting(PROGRAM) as w:
        w.change(w.get(Blank, app.blank_serial), state=BlankState.IN_STOCK)
        w.record("records.loaded", app.id, {})
    read = reading(office, card, code_on(card))
    assert read.has(F.BLANK_NOT_ISSUED)
    assert read.worst is Weight.BAD


@pytest.mark.security
def test_one_byte_changed_in_the_signed_file_is_forged(office: World) -> None:
    app, card = issued(office, 3)
    assert card.chip.licence is not None
    files = card.chip.licence.files
    good = files[0x1D]
    files[0x1D] = good[:-1] + bytes((good[-1] ^ 1,))
    read = reading(office, card, code_on(card), app.nik)
    assert F.CHIP_PROVEN not in codes(read)
    assert read.has(F.CHIP_FORGED) or read.has(F.CHIP_UNREADABLE)
    assert read.worst is Weight.BAD
    files[0x1D], files[1] = good, files[1][:-1] + bytes((files[1][-1] ^ 1,))
    assert reading(office, card, nik=app.nik).worst is Weight.BAD


@pytest.mark.security
def test_a_chip_signed_by_nobody_we_know(office: World) -> None:
    from desktop.cards.chip import groups, sod
    from desktop.cards.chip.authority import training_signer

    app, card = issued(office, 3)
    assert card.chip.licence is not None
    files = card.chip.licence.files
    held = {number: files[number] for number in groups.GROUPS if number in files}
    stranger = training_signer(b"another authority")
    files[0x1D] = sod.build(held, stranger, office.desk.frame.now())
    read = reading(office, card, nik=app.nik)
    [finding] = [f for f in read.findings if f.code is F.CHIP_FORGED]
    assert finding.facts["part"] == "CSCA"


@pytest.mark.security
def test_the_code_of_another_card_than_the_chip(office: World) -> None:
    app, card = issued(office, 3)
    _, other = issued(office, 2)
    read = reading(office, card, code_on(other), app.nik)
    [finding] = [f for f in read.findings if f.code is F.OTHER_CARD_IN_SEAL]
    assert ReadField.SERIAL in finding.fields
    assert read.worst is Weight.BAD
    assert not read.stops


@pytest.mark.security
def test_a_genuine_key_under_changed_facts_differs_from_chip_and_books(office: World) -> None:
    """A counter's seal key in the wrong hands: its seal is good, and lies."""
    from dataclasses import replace

    from desktop.cards.seal import seal

    app, card = issued(office, 3)
    stated = statement_of(code_on(card))
    assert isinstance(stated, CardStatement)
    longer = replace(stated, valid_until=stated.valid_until + timedelta(days=365))
    read = reading(office, card, seal(longer, office.desk.sealing.signer()), app.nik)
    assert {F.SEAL_GOOD, F.CHIP_AND_SEAL_DIFFER, F.SEAL_AND_BOOKS_DIFFER} <= codes(read)
    told = seal(longer, SoftSigner(bytes(32)))
    assert reading(office, card, told, app.nik).has(F.SEAL_KEY_UNKNOWN)


@pytest.mark.security
def test_a_card_with_another_photo_under_its_seal(office: World) -> None:
    from dataclasses import replace

    from desktop.cards.seal import seal

    app, card = issued(office, 3)
    stated = statement_of(code_on(card))
    assert isinstance(stated, CardStatement)
    swapped = seal(replace(stated, portrait=bytes(16)), office.desk.sealing.signer())
    assert reading(office, card, swapped, app.nik).has(F.SEALED_PHOTO_DIFFERS)


@pytest.mark.security
def test_a_chip_whose_face_is_not_the_sealed_one(office: World) -> None:
    """Profile C: the seal carries a small face, so no office's books are needed to see it."""
    from dataclasses import replace

    from desktop.cards.seal import seal
    from desktop.cards.seal_face import small_face

    app, card = issued(office, 3)
    forgotten(office, app)
    stated = statement_of(code_on(card))
    assert isinstance(stated, CardStatement)
    signer = office.desk.sealing.signer()
    own, other = (portrait(office.people[number]) for number in (3, 2))
    read = reading(office, card, seal(replace(stated, face=small_face(own)), signer))
    assert not read.has(F.SEALED_FACE_DIFFERS)
    assert FaceOf.SEAL in {face.source for face in read.faces}
    read = reading(office, card, seal(replace(stated, face=small_face(other)), signer))
    assert read.has(F.SEALED_FACE_DIFFERS)
    assert read.worst is Weight.BAD


@pytest.mark.fault
def test_a_dead_chip_leaves_the_seal_to_speak(office: World) -> None:
    app, card = issued(office, 3)
    card.chip.dead = True
    read = reading(office, card, code_on(card), app.nik)
    assert codes(read) == {F.CHIP_DEAD, F.SEAL_GOOD, F.OWN}
    assert read.worst is Weight.BAD
    assert reading(office, card).has(F.UNKNOWN_CARD)


@pytest.mark.fault
@pytest.mark.parametrize("fault", [FaultName.GARBAGE, FaultName.MUTE])
def test_a_read_that_broke_is_no_verdict_on_the_card(office: World, fault: FaultName) -> None:
    app, card = issued(office, 3)
    office.bench.reader.order(Fault("chip.read", fault))
    assert F.CHIP_PROVEN in codes(reading(office, card, nik=app.nik)), "it is read once more"
    office.bench.reader.order(
        Fault("chip.read", fault, skip=2), Fault("wait", FaultName.UNPLUGGED, skip=1)
    )
    read = reading(office, card, nik=app.nik)
    assert isinstance(read.fault, NotConnected), "the reader was torn off"
    assert codes(read) == {F.CHIP_NOT_READ, F.SEAL_NOT_READ}
    assert read.worst is Weight.ATTEND


def test_a_chip_that_says_nonsense_each_time_is_no_good_card(office: World) -> None:
    """The line is good and the card lies still: what it holds is damaged or forged."""
    app, card = issued(office, 3)
    office.bench.reader.order(Fault("chip.read", FaultName.GARBAGE, count=9))
    read = reading(office, card, nik=app.nik)
    assert F.CHIP_UNREADABLE in codes(read)
    assert read.fault is None


def test_where_nothing_was_read_no_card_is_accused(office: World) -> None:
    read = reading(office, None)
    assert codes(read) == {F.CHIP_NOT_READ, F.SEAL_NOT_READ}
    assert read.worst is Weight.ATTEND, "there is no card to disbelieve"


def test_an_old_card_without_a_chip_is_found_by_its_number(office: World) -> None:
    """The twelve digits of a card from before chips and codes."""
    person = office.people[1]
    with office.desk.ledger.acting(PROGRAM) as w:
        old = next(iter(w.find(Licence)))
        old = w.change(old, sim_number="900113740123", scheme="digits_12", blank_serial="")
        w.record("records.loaded", old.id, {})
    read = reading(office, None, "9001-1374-0123", person.nik, chip=ChipWanted.NO_CHIP)
    assert read.books.licence is not None
    assert read.books.licence.id == old.id
    assert {F.CHIP_NONE, F.SEAL_NOT_READ} <= codes(read)
    assert read.worst is not Weight.GOOD
    nothing = reading(office, None, "111122223333", person.nik, chip=ChipWanted.NO_CHIP)
    assert nothing.has(F.UNKNOWN_CARD)


def test_a_card_of_the_plain_sort_is_read_too(office: World) -> None:
    card = PlasticCard.blank("CT00000099")
    read = reading(office, card)
    assert read.chip.code is F.CHIP_EMPTY
    foreign = PlasticCard.blank("XX1")
    foreign.chip.foreign = True
    assert reading(office, foreign).chip.code is F.CHIP_FOREIGN


def test_a_card_beside_the_printer_opens_its_case(office: World) -> None:
    app = ready(office, 3)
    card = card_of(office, app.blank_serial)
    read = reading(office, card)
    [finding] = [f for f in read.findings if f.code is F.NOT_HANDED_OVER]
    assert finding.facts["number"] == app.number
    assert read.books.app is not None
    assert read.books.app.id == app.id


def test_a_card_on_hold_by_the_police_says_where_to_settle(office: World) -> None:
    app, card = issued(office, 3)
    with office.desk.ledger.acting(PROGRAM) as w:
        w.add(
            Hold(
                "h1", app.nik, HoldKind.CARD_SEIZED, "card_seized", "TILANG-1", "Satlantas",
                "Kejaksaan Contoh", office.desk.frame.today(),
            )
        )  # fmt: skip
        w.record("records.loaded", app.id, {})
    read = reading(office, card, nik=app.nik)
    [finding] = [f for f in read.findings if f.code is F.HOLD]
    assert finding.facts["settle_at"] == "Kejaksaan Contoh"


def test_an_expired_card_says_since_when(office: World) -> None:
    app, card = issued(office, 3)
    assert app.valid_until is not None
    office.clock.advance(timedelta(days=366 * 5 + 40).total_seconds())
    assert reading(office, card).has(F.EXPIRED)


@pytest.mark.fault
def test_nothing_on_the_reader_or_no_reader_changes_nothing(office: World) -> None:
    read = reading(office, None)
    assert isinstance(read.fault, CardMissing)
    assert read.has(F.CHIP_NOT_READ)
    office.bench.reader.unplug()
    read = reading(office, None)
    assert isinstance(read.fault, NotConnected)
    assert reading(office, None, chip=ChipWanted.IF_THERE).has(F.CHIP_NOT_READ)


@pytest.mark.security
def test_a_doubtful_card_is_on_the_supervisor_s_list(office: World) -> None:
    app, card = issued(office, 3)
    _, other = issued(office, 2)
    reading(office, card, code_on(card), app.nik)
    reading(office, card, code_on(other), app.nik)
    with office.desk.ledger.reading() as r:
        found = exceptions(r, office.desk.ledger.journal.counter, Wanted())
    doubted = [one for one in found if one.kind is ExceptionKind.CARD_DOUBTED]
    assert [one.subject for one in doubted] == [app.blank_serial]


def test_reading_is_on_record_without_a_person_in_it(office: World) -> None:
    app, card = issued(office, 3)
    reading(office, card, code_on(card), office.people[2].nik)
    [line] = acts(office, "card.read")
    assert line.content is not None
    assert line.content["serial"] == app.blank_serial
    assert "of_another" in line.content["found"]
    told = str(line.content)
    assert app.nik not in told
    assert app.applicant.name not in told


def test_a_plain_chip_is_read_by_a_counter_of_plain_chips(world: World) -> None:
    world.sign_in("andi")
    app, card = issued(world, 3)
    read = reading(world, card, code_on(card), app.nik)
    assert codes(read) == {F.CHIP_UNSIGNED, F.SEAL_GOOD, F.OWN}
    card.chip.memory = card.chip.memory.replace(b"2031", b"2041")
    read = reading(world, card, code_on(card), app.nik)
    assert {F.CHIP_AND_SEAL_DIFFER, F.CHIP_AND_BOOKS_DIFFER, F.CHIP_NOT_AS_WRITTEN} <= codes(read)
