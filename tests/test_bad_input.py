"""Bad input at the counter: a clear refusal, nothing half-done, nothing lost.

What is refused elsewhere has its test there: stores (tests/db), batch files (tests/batch),
parcels (tests/walks/test_delivery.py), papers (tests/papers), the disk and the clock
(tests/walks/test_full_disk.py, test_clock.py), 23.59 in Jayapura (test_people_troubles.py).
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from desktop.cards.record import CannotPrintOnCard
from desktop.cards.seal import CardStatement
from desktop.cards.seal_check import check
from desktop.domain.application import ApplicationState as S
from desktop.domain.application import IdentitySource
from desktop.domain.errors import Problem
from desktop.domain.nik import (
    NikDayImpossible,
    NikMonthImpossible,
    NikNotDigits,
    NikSerialZero,
    NikWrongLength,
)
from desktop.domain.person import Applicant, FieldEmpty, TextTooLong
from desktop.domain.requirements import IssuerKnowsNone, NotPaid, RequirementKind
from desktop.domain.service import Service
from desktop.domain.stock import NoBlankAssigned, SerialKnown, SerialMalformed, UnknownBlank
from desktop.outside.simulators import Manner, OutsideSimulator
from desktop.pictures import NotAPicture
from desktop.services.identifying import Identity
from desktop.sources import VirtualClock
from desktop.training.office import applicant_from
from desktop.words import Words
from tests.walks.making import approved, witness
from tests.walks.steps import (
    C,
    captured,
    case,
    checked,
    expires,
    finished,
    paid,
    registered,
    signed_off,
)
from tests.walks.world import World, open_world

LONG = "A" * 10_000
RTL = "محمد بن عبد الله"
OVERRIDE = "SITI \u202eHTRAM"
EMOJI = "BUDI 😀 SANTOSO"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A furnished profile, copied for each test."""
    folder = tmp_path_factory.mktemp("office") / "profile"
    open_world(folder).desk.close()
    return folder


@pytest.fixture
def andi(office: Path, tmp_path: Path) -> Iterator[World]:
    """The counter with Andi signed in, who may produce too."""
    folder = tmp_path / "profile"
    shutil.copytree(office, folder)
    made = open_world(folder, ids_used=20_000)
    made.sign_in("andi")
    yield made
    made.desk.close()


@contextmanager
def refused(world: World, *kinds: type[Problem]) -> Iterator[list[Problem]]:
    """The block is refused with words and a remedy, and the journal stands where it stood."""
    with world.desk.ledger.reading() as r:
        head = r.head()
    caught: list[Problem] = []
    with pytest.raises(kinds) as problem:
        yield caught
    caught.append(problem.value)
    for language in ("id", "en"):
        said = Words.load(language).problem(problem.value)
        assert said.text
        assert "()" not in said.text
        assert said.remedy
        assert LONG[:200] not in said.text
    with world.desk.ledger.reading() as r:
        assert r.head() == head


def typed(world: World, **changes: object) -> Identity:
    """A manual reading of somebody on record, with fields changed."""
    who: Applicant = replace(applicant_from(world.people[1]), **changes)  # type: ignore[arg-type]
    witness(world, "dewi")
    return Identity(who, IdentitySource.MANUAL, override="device_down", second_officer="85020002")


@pytest.mark.parametrize(
    ("nik", "kind"),
    [
        ("", NikWrongLength),
        ("123", NikWrongLength),
        ("9" * 10_000, NikWrongLength),
        ("32731234567890AB", NikNotDigits),
        ("3273999999990001", NikDayImpossible),
        ("3273011513900001", NikMonthImpossible),
        ("3273010101900000", NikSerialZero),
    ],
)
def test_a_wrong_nik_that_was_typed(andi: World, nik: str, kind: type[Problem]) -> None:
    identity = typed(andi, nik=nik)
    visit = opened(andi)
    with refused(andi, kind):
        andi.desk.intake.register(andi.by, visit, identity, Service.RENEWAL, C)


def opened(world: World) -> str:
    """A visit to ask in."""
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    return world.desk.queue.call(world.by)[1].id


@pytest.mark.parametrize(
    ("field", "text", "kind"),
    [
        ("name", LONG, TextTooLong),
        ("address", LONG, TextTooLong),
        ("birth_place", LONG, TextTooLong),
        ("occupation", LONG, TextTooLong),
        ("phone", LONG, TextTooLong),
        ("name", "   ", FieldEmpty),
        ("address", "", FieldEmpty),
    ],
)
def test_a_text_that_no_card_can_carry(
    andi: World, field: str, text: str, kind: type[Problem]
) -> None:
    identity = typed(andi, **{field: text})
    visit = opened(andi)
    with refused(andi, kind) as caught:
        andi.desk.intake.register(andi.by, visit, identity, Service.RENEWAL, C)
    assert caught[0].facts()["field"] == field


@pytest.mark.parametrize("name", [RTL, OVERRIDE, EMOJI], ids=["arabic", "override", "emoji"])
def test_a_name_in_letters_that_the_card_has_not_is_refused_at_the_form(
    andi: World, name: str
) -> None:
    """Found out before anybody approves or prints, and said which letters."""
    identity = typed(andi, name=name)
    visit = opened(andi)
    with refused(andi, CannotPrintOnCard):
        andi.desk.intake.register(andi.by, visit, identity, Service.RENEWAL, C)


@pytest.mark.parametrize(
    "picture",
    [b"", b"not a picture", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff" + bytes(100), b"%PDF-1.7"],
)
def test_a_picture_that_is_not_one(andi: World, picture: bytes) -> None:
    app = paid(andi, checked(andi, registered(andi, andi.people[1])))
    with refused(andi, NotAPicture):
        andi.desk.capture.shot(andi.by, app.visit_id, picture, "image/jpeg")


def test_a_billing_code_that_nobody_paid(andi: World) -> None:
    app = checked(andi, registered(andi, andi.people[1]))
    assert isinstance(andi.desk.outside, OutsideSimulator)
    andi.desk.outside.manners[RequirementKind.PAYMENT] = Manner.UNKNOWN
    with refused(andi, NotPaid):
        paid(andi, app)
    andi.desk.outside.manners.clear()
    assert paid(andi, app).state is S.PAID


def test_a_certificate_that_its_issuer_does_not_know(andi: World) -> None:
    app = registered(andi, andi.people[1])
    assert isinstance(andi.desk.outside, OutsideSimulator)
    andi.desk.outside.manners[RequirementKind.MEDICAL_CERT] = Manner.UNKNOWN
    with refused(andi, IssuerKnowsNone):
        andi.desk.requirements.ask(andi.by, app.id, RequirementKind.MEDICAL_CERT)


@pytest.mark.parametrize("serial", ["", "CT2603", "ct26039999x", "'; DROP TABLE blanks; --", LONG])
def test_a_blank_serial_against_the_pattern(andi: World, serial: str) -> None:
    andi.take_over("nyoman")
    with refused(andi, SerialMalformed):
        andi.desk.stock.receive(andi.by, "2604", ["CT26040001", serial], "SJ-1")


def test_serials_that_are_on_the_books_already(andi: World) -> None:
    andi.take_over("nyoman")
    with refused(andi, SerialKnown):
        andi.desk.stock.receive(andi.by, "2604", ["CT26030001"], "SJ-1")
    with refused(andi, SerialKnown):
        andi.desk.stock.receive(andi.by, "2604", ["CT26049001", "CT26049001"], "SJ-1")


@pytest.mark.parametrize("serial", ["CT99999999", "CT26030400", "nonsense"])
def test_a_blank_that_is_not_this_counters(andi: World, serial: str) -> None:
    app = approved(andi, 1)
    with refused(andi, NoBlankAssigned):
        andi.desk.issuing.issue(andi.by, app.id, serial=serial)
    assert andi.desk.stock.at_counter() == 120


def test_a_card_that_nobody_knows_at_the_handover(andi: World) -> None:
    app = finished(andi, approved(andi, 1))
    with refused(andi, UnknownBlank):
        andi.desk.handover.hand_over(andi.by, app.id, "CT99999999")


def test_a_nik_read_from_the_chip_is_never_blocked(andi: World) -> None:
    odd = replace(andi.people[1], nik="9999999999990000")
    app = registered(andi, odd, Service.NEW_ISSUE)
    assert app.nik == "9999999999990000"


def test_29_february(tmp_path: Path) -> None:
    """Renewed on 29 February 2028: valid to 28 February 2033, on chip, seal and books alike.

    What is approved bears no dates yet: they are set with the blank, once for all of them.
    """
    clock = VirtualClock(datetime(2028, 2, 29, 1, 0, tzinfo=UTC))
    world = open_world(tmp_path / "p", clock=clock)
    world.sign_in("andi")
    expires(world, world.people[1], date(2028, 3, 5))
    app = captured(world, paid(world, checked(world, registered(world, world.people[1]))),
                   world.people[1])  # fmt: skip
    app = signed_off(world, app)
    assert (app.state, app.issue_on, app.valid_until) == (S.APPROVED, None, None)
    app = finished(world, app)
    assert (app.issue_on, app.valid_until) == (date(2028, 2, 29), date(2033, 2, 28))
    [card] = world.bench.take_output()
    assert b'"valid_until":"2033-02-28"' in card.chip.memory
    [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(card.back)).convert("L"))
    sealed = check(code.text, world.desk.sealing.verifying_keys(clock.now()), clock.now()).statement
    assert isinstance(sealed, CardStatement)
    assert (sealed.issued_on, sealed.valid_until) == (app.issue_on, app.valid_until)
    assert case(world, app).valid_until == date(2033, 2, 28)
    world.desk.close()
