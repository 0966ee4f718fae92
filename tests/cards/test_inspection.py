"""A printed card's pictures judged: each fault by its own check, a good card by none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from desktop.cards.inspection import inspect_pictures
from desktop.cards.inspection.facts import (
    Brought,
    CardCheck,
    CardVerdict,
    Inspection,
    Ordered,
    Severity,
)
from desktop.cards.inspection.limits import limits, read_limits
from desktop.cards.layout import load_layout
from desktop.cards.record import CardRecord
from desktop.cards.seal import CardStatement, portrait_digest, seal
from desktop.cards.seal_face import small_face
from desktop.cards.seal_keys import SealKeys
from desktop.commands.bench_seal_card import published
from desktop.domain.licence_class import LicenceClass
from desktop.keys.signer import SoftSigner
from desktop.pictures import encode_png
from devices.simulators.card_view import seen
from devices.simulators.print_faults import PrintFault, spoiled
from tests.cards.records import record

C = CardCheck
AT = datetime(2026, 3, 2, 5, tzinfo=UTC)
KEYS: SealKeys | None = None
Pair = tuple[Any, Any]


def faced(seed: int) -> CardRecord:
    """The same with the holder's small grey face inside the seal."""
    return sealed(seed, face=True)


def sealed(seed: int, *, face: bool = False, **changes: Any) -> CardRecord:
    """A card with a seal of its own, by a key that nobody here looks up."""
    card = record(seed, blank_serial=f"JB26-00{seed:05d}", **changes)
    told = CardStatement(
        realm=card.realm, number=card.number, licence_class=card.licence_class, name=card.name,
        birth=card.birth_date, issued_on=card.issued_on, valid_until=card.valid_until,
        serial=card.blank_serial, portrait=portrait_digest(card.photo), office="1374",
        face=small_face(card.photo) if face else b"",
    )  # fmt: skip
    return replace(card, seal=seal(told, SoftSigner(b"s" * 32)))


@lru_cache(maxsize=8)
def order(seed: int) -> Ordered:
    return Ordered.of(sealed(seed))


def faces(ordered: Ordered) -> Pair:
    return np.asarray(ordered.faces.front), np.asarray(ordered.faces.back)


def judged(printed: Pair, ordered: Ordered, number: int = 5, **more: Any) -> Inspection:
    """What the inspection says of printed faces in a viewer."""
    pictures = [seen(face, number + place) for place, face in enumerate(printed)]
    more.setdefault("keys", None)
    keys = more.pop("keys")
    return inspect_pictures(pictures[0], pictures[1], ordered, keys, at=AT, **more)


@pytest.mark.parametrize("seed", [3, 11, 21, 30])
def test_a_good_card_passes_every_check(seed: int) -> None:
    found = judged(faces(order(seed)), order(seed), seed)
    assert found.faults == ()
    assert found.verdict is CardVerdict.GOOD
    made = {finding.check for finding in found.findings}
    unasked = {
        C.SEAL_GOOD, C.SEAL_FORGED, C.SEAL_FACE, C.SERIAL, C.CHIP, C.CHIP_PERSON, C.CHIP_PHOTO,
    }  # fmt: skip
    assert made == set(C) - unasked  # no check is left out, and nothing is claimed unasked
    assert found.front.startswith(b"\xff\xd8\xff")


FAULTS = {
    PrintFault.RESIN_SHIFT: (0.5, C.REGISTRATION),
    PrintFault.DYE_SHIFT: (0.6, C.REGISTRATION),
    PrintFault.PLACE: (0.6, C.PLACE),
    PrintFault.BANDING: (0.7, C.BANDS),
    PrintFault.COLOUR_CAST: (0.8, C.COLOUR),
    PrintFault.MISSING_PANEL: (0.4, C.PANELS),
    PrintFault.MISSING_BLACK: (0.6, C.BLACK),
    PrintFault.SMUDGED_CODE: (0.5, C.SEAL_PRINT),
    PrintFault.DUST: (0.6, C.SPOTS),
    PrintFault.WRINKLE: (0.7, C.WRINKLE),
    PrintFault.SWAPPED_PHOTO: (1.0, C.PHOTO),
    PrintFault.SWAPPED_CARD: (1.0, C.SEAL_RECORD),
}


@pytest.mark.parametrize("fault", list(PrintFault))
def test_each_fault_is_caught_by_its_own_check(fault: PrintFault) -> None:
    severity, check = FAULTS[fault]
    mine, other = order(11), faces(order(12))
    found = judged(spoiled(faces(mine), fault, severity, 4, other), mine)
    assert found.failed(check), [each.check for each in found.faults]
    swapped = fault in {PrintFault.SWAPPED_CARD, PrintFault.SWAPPED_PHOTO}
    assert found.refused is swapped  # a bad print isn't called another person's card


@pytest.mark.parametrize("fault", list(PrintFault))
def test_severity_nought_is_a_good_card(fault: PrintFault) -> None:
    if fault is PrintFault.SWAPPED_CARD:
        return  # half a swap is one
    mine = order(11)
    printed = spoiled(faces(mine), fault, 0.0, 4, faces(order(12)))
    unspoiled = all(np.array_equal(*pair) for pair in zip(printed, faces(mine), strict=True))
    # What is the same to the pixel is judged once, by its own test of good cards.
    assert unspoiled or judged(printed, mine).verdict is CardVerdict.GOOD


def test_another_s_card_fails_by_everything_that_names_a_person() -> None:
    found = judged(faces(order(12)), order(11))
    for check in (C.SEAL_RECORD, C.NUMBER, C.NAME, C.PHOTO, C.GHOST, C.PRINTED_SERIAL):
        assert found.failed(check), check
    assert found.refused


def test_a_record_that_differs_by_one_pixel_is_another_s() -> None:
    mine = sealed(11)
    from desktop.pictures import open_picture

    picture = open_picture(mine.photo).convert("RGB")
    red, green, blue = picture.getpixel((5, 5))  # type: ignore[misc]
    picture.putpixel((5, 5), (red ^ 1, green, blue))
    touched = replace(mine, photo=encode_png(picture))
    found = judged(faces(Ordered.of(mine)), Ordered.of(touched))
    assert [each.check for each in found.faults] == [C.SEAL_RECORD]
    assert found.faults[0].note == "portrait"
    assert found.refused


def test_one_digit_of_the_number_is_read() -> None:
    mine = sealed(11)
    digit = str((int(mine.number[5]) + 5) % 10)
    other = replace(mine, number=mine.number[:5] + digit + mine.number[6:])
    found = judged(faces(Ordered.of(other)), Ordered.of(mine))
    (number,) = [each for each in found.findings if each.check is C.NUMBER]
    assert not number.passed
    assert number.value == 1.0
    assert not found.failed(C.SEAL_RECORD)  # the code is the right one: the face alone is wrong


@pytest.mark.parametrize("held", [LicenceClass.CI, LicenceClass.A, LicenceClass.BII_UMUM])
def test_another_class_is_seen_at_head_vehicle_and_table(held: LicenceClass) -> None:
    mine = sealed(11)
    other = replace(mine, licence_class=held)
    found = judged(faces(Ordered.of(other)), Ordered.of(mine))
    failed = {each.note for each in found.faults if each.check is C.LICENCE_CLASS}
    assert {"head", "vehicle", "table"} == failed


def test_sides_in_the_other_order_are_judged_and_named_so() -> None:
    mine = order(11)
    front, back = faces(mine)
    found = judged((back, front), mine)
    assert [(each.check, each.note) for each in found.faults] == [(C.SIDES, "exchanged")]
    assert not found.refused


def test_yellowed_plastic_is_named_and_nothing_else_blamed() -> None:
    mine = order(11)
    aged = [(face * np.array([1.0, 0.98, 0.84])).astype(np.uint8) for face in faces(mine)]
    found = judged((aged[0], aged[1]), mine)
    assert {each.check for each in found.faults} == {C.PLASTIC}
    assert "overlay" in found.cant_see


@pytest.mark.parametrize("share", [0.75, 1.28])
def test_one_dye_a_quarter_off_is_a_cast(share: float) -> None:
    mine = order(11)
    off = []
    for face in faces(mine):
        dyed = 255 - (255 - face.astype(np.float32)) * np.array([1.0, share, 1.0])
        dyed[face.max(axis=2) == 0] = 0
        off.append(np.clip(dyed, 0, 255).astype(np.uint8))
    found = judged((off[0], off[1]), mine)
    assert found.failed(C.COLOUR)
    assert not found.refused


@pytest.mark.parametrize(("place", "side"), [(0, "front"), (1, "back")])
def test_one_side_upside_down_is_named(place: int, side: str) -> None:
    mine = order(11)
    both = list(faces(mine))
    both[place] = np.ascontiguousarray(np.rot90(both[place], 2))
    found = judged((both[0], both[1]), mine)
    assert [(each.check, each.note) for each in found.faults] == [(C.SIDES, side)]


@pytest.mark.parametrize(
    ("changes", "check", "note"),
    [
        ({"valid_until": 1}, C.DATES, "valid_until"),
        ({"valid_until": 365}, C.DATES, "valid_until"),
        ({"issued_on": 1}, C.DATES, "issued"),
        ({"birth_date": 1}, C.DATES, "birth"),
    ],
)
def test_one_digit_of_a_date_is_read(changes: dict[str, int], check: CardCheck, note: str) -> None:
    mine = sealed(11)
    moved = {name: getattr(mine, name) + timedelta(days) for name, days in changes.items()}
    found = judged(faces(Ordered.of(replace(mine, **moved))), Ordered.of(mine))
    assert (check, note) in [(each.check, each.note) for each in found.faults]
    assert found.refused
    assert not found.failed(C.SEAL_RECORD)  # the code is the right one: the face alone is wrong


def test_one_letter_of_an_address_is_read() -> None:
    mine = sealed(11)
    other = replace(mine, address=("Jl. Sokahaji No. 24 RT 009 RW 002", *mine.address[1:]))
    assert mine.address[0] == "Jl. Sukahaji No. 24 RT 009 RW 002"
    found = judged(faces(Ordered.of(other)), Ordered.of(mine))
    assert [(each.check, each.note) for each in found.faults] == [(C.TEXTS, "address")]


def test_a_card_upside_down_is_turned() -> None:
    mine = order(11)
    turned = [np.rot90(face, 2) for face in faces(mine)]
    pictures = [seen(np.ascontiguousarray(face), 3) for face in turned]
    found = inspect_pictures(pictures[0], pictures[1], mine, None, at=AT)
    assert found.verdict is CardVerdict.GOOD


@pytest.mark.parametrize("front", [b"", b"no picture", b"\xff\xd8\xff\xe0broken"])
def test_what_is_no_picture_claims_nothing(front: bytes) -> None:
    mine = order(11)
    back = seen(faces(mine)[1], 3)
    found = inspect_pictures(front, back, mine, None, at=AT)
    assert found.verdict is CardVerdict.UNSEEN
    assert [each.check for each in found.faults] == [C.CARD_FOUND]


def test_an_empty_mat_is_no_card() -> None:
    mine = order(11)
    grey = np.full((638, 1011, 3), 58, np.uint8)
    found = judged((grey, grey), mine)
    assert found.verdict is CardVerdict.UNSEEN


@pytest.mark.parametrize("trouble", ["dark", "blurred"])
def test_a_bad_picture_asks_for_another_and_blames_no_card(trouble: str) -> None:
    mine = order(11)
    front, back = (seen(face, 3, **{trouble: True}) for face in faces(mine))
    found = inspect_pictures(front, back, mine, None, at=AT)
    assert not found.refused
    if trouble == "blurred":
        assert found.verdict is CardVerdict.UNSEEN


def test_a_seal_that_nobody_vouches_for_is_refused() -> None:
    mine = order(11)
    found = judged(faces(mine), mine, keys=published())
    assert found.failed(C.SEAL_GOOD)
    assert found.refused
    assert not found.not_ours, "it is the code that was ordered: two officers may judge it"


def test_a_forged_code_with_the_right_facts_is_passed_by_nobody() -> None:
    mine = order(11)
    ordered = replace(mine, record=replace(mine.record, seal=f"{mine.record.seal[:-1]}:"))
    found = judged(faces(mine), ordered, keys=published())
    assert not found.failed(C.SEAL_RECORD)
    assert found.failed(C.SEAL_FORGED)
    assert found.not_ours


@pytest.mark.parametrize(
    ("brought", "check"),
    [
        (Brought(serial="JB26-0009999"), C.SERIAL),
        (Brought(chip_uid="04aa", chip_uid_ordered="04bb"), C.CHIP),
        (Brought(chip=b"a", chip_ordered=b"b", chip_told=b"{}"), C.CHIP),
        (Brought(chip=b"a", chip_told=b'{"name":"ORANG LAIN"}'), C.CHIP_PERSON),
        (Brought(chip=b"a", chip_told=b"\xff"), C.CHIP_PERSON),
        (Brought(chip=b"a", chip_told=b"{}", chip_torn="DG11"), C.CHIP_PERSON),
        (Brought(chip=b"a", chip_portrait=b"no picture"), C.CHIP_PHOTO),
    ],
)
def test_the_plastic_itself_is_compared(brought: Brought, check: CardCheck) -> None:
    mine = order(11)
    found = judged(faces(mine), mine, brought=brought)
    assert [each.check for each in found.faults] == [check]
    assert found.refused


def test_the_chip_s_portrait_is_compared_with_the_printed_photo() -> None:
    mine, other = order(11), order(12)
    own = judged(faces(mine), mine, brought=Brought(chip_portrait=mine.record.photo))
    assert own.verdict is CardVerdict.GOOD
    assert C.CHIP_PHOTO in {each.check for each in own.findings}
    strange = judged(faces(mine), mine, brought=Brought(chip_portrait=other.record.photo))
    assert [each.check for each in strange.faults] == [C.CHIP_PHOTO]
    assert strange.refused


def test_a_swapped_photo_contradicts_the_face_in_the_seal() -> None:
    layout = load_layout("sim-v1-face")
    mine, other = faced(11), faced(12)
    ordered = Ordered.of(mine, layout)
    good = judged(faces(ordered), ordered)
    assert C.SEAL_FACE in {each.check for each in good.findings}
    assert good.verdict is CardVerdict.GOOD
    # Somebody put another's photo into the record after it was sealed: card and order agree.
    touched = Ordered.of(replace(mine, photo=other.photo), layout)
    found = judged(faces(touched), touched)
    assert found.failed(C.SEAL_FACE)
    assert not found.failed(C.PHOTO)


def test_every_check_has_a_limit_and_hard_ones_are_those_of_identity() -> None:
    hard = {check for check in C if limits().of[check].severity is Severity.REFUSE}
    assert hard == {
        C.SEAL_GOOD, C.SEAL_FORGED, C.SEAL_RECORD, C.NUMBER, C.DATES, C.LICENCE_CLASS, C.NAME,
        C.PHOTO, C.GHOST, C.PRINTED_SERIAL, C.SERIAL, C.CHIP, C.CHIP_PERSON, C.SEAL_FACE,
        C.CHIP_PHOTO,
    }  # fmt: skip


def test_limits_that_leave_a_check_out_are_refused(tmp_path: Any) -> None:
    path = tmp_path / "limits.toml"
    path.write_text('calibrated_on = "nothing"\n[limit.PHOTO]\nseverity = "refuse"\nhigh = 1.0\n')
    with pytest.raises(KeyError):
        read_limits(path)
