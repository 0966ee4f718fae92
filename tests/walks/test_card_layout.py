"""The layout that an office chose draws the card, seals it in its profile, and is told."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from desktop.cards.layout import SealProfile, load_layout
from desktop.cards.seal import CardStatement, portrait_digest, seal
from desktop.cards.seal_check import SealNote, check
from desktop.cards.seal_claim import is_packed, unpack
from desktop.cards.seal_face import open_face
from desktop.cards.seal_keys import read_seal_keys
from desktop.keys.signer import SoftSigner
from desktop.settings import Settings, load_settings, save_settings
from tests.walks import steps
from tests.walks.making import approved, ready
from tests.walks.world import World, open_world


@pytest.mark.parametrize("name", ["sim-v1", "sim-v1-face"])
def test_a_card_is_drawn_and_sealed_by_the_office_s_layout(tmp_path: Path, name: str) -> None:
    first = open_world(tmp_path)
    first.desk.close()
    settings = load_settings(tmp_path)
    place = replace(settings.place, card_layout=name)  # type: ignore[arg-type]
    save_settings(tmp_path, replace(settings, place=place))
    world = open_world(tmp_path, clock=first.clock, ids_used=10_000)
    try:
        world.sign_in("andi")
        app = ready(world, 5)
        (card,) = world.bench.take_output()
        back = Image.open(io.BytesIO(card.back))
        (found,) = zxingcpp.read_barcodes(back.convert("L"))
        with world.desk.ledger.reading() as r:
            keys = read_seal_keys(world.desk.sealing.public_keys(r, world.clock.now()))
            photo = r.blob(app.photo)
        verdict = check(found.text, keys, world.clock.now() + timedelta(hours=1))
        assert verdict.good
        said = verdict.statement
        assert isinstance(said, CardStatement)
        assert (said.serial, said.portrait) == (app.blank_serial, portrait_digest(photo))
        assert bool(said.face) == (name == "sim-v1-face")
        assert (SealNote.COMPARE_FACE in verdict.notes) == bool(said.face)
        if said.face:
            assert open_face(said.face).mode == "L"
        told = [line.content or {} for line in steps.acts(world, "application.encode")]
        assert [facts["layout"] for facts in told] == [load_layout(name).title]
        assert [facts["faces"] for facts in told] == [app.faces_digest]
    finally:
        world.desk.close()


def test_each_profile_s_seal_of_one_case(world: World) -> None:
    world.sign_in("andi")
    app = replace(approved(world, 5), blank_serial="AB00000017")
    app = replace(app, issue_on=world.desk.frame.today(), valid_until=world.desk.frame.today())
    with world.desk.ledger.reading() as r:
        photo = r.blob(app.photo)
        keys = read_seal_keys(world.desk.sealing.public_keys(r, world.clock.now()))
    from desktop.cards.seal import message_of

    texts = {p: world.desk.sealing.card(app, photo, p) for p in SealProfile}
    for text in texts.values():
        verdict = check(text, keys, world.clock.now())
        assert verdict.good
        assert isinstance(verdict.statement, CardStatement)
        assert verdict.statement.number == (app.sim_number or app.nik)
    assert texts[SealProfile.MAP] == world.desk.sealing.card(app, photo)
    assert is_packed(message_of(texts[SealProfile.CLAIM_169]))
    assert unpack(message_of(texts[SealProfile.CLAIM_169]))
    assert len(texts[SealProfile.WITH_FACE]) > 2 * len(texts[SealProfile.MAP])


@pytest.mark.parametrize("letters", [4, 60])
def test_the_longest_seal_with_a_face_has_room(letters: int) -> None:
    """With the largest face a common name has 5 dots a module, the longest at least 4."""
    from desktop.cards.face import render
    from desktop.domain.licence_class import LicenceClass
    from tests.cards.records import record

    card = record()
    statement = CardStatement(
        realm=card.realm, number=card.number, licence_class=LicenceClass.BII_UMUM,
        name="N" * letters, birth=card.birth_date, issued_on=card.issued_on,
        valid_until=card.valid_until, serial="A" * 16, portrait=bytes(16), office="1374",
        face=bytes(range(200)) * 3,
    )  # fmt: skip
    text = seal(statement, SoftSigner(b"s" * 32))
    back = render(replace(card, seal=text), load_layout("sim-v1-face")).back
    (found,) = zxingcpp.read_barcodes(back)
    assert found.text == text


def test_settings_know_only_layouts_that_are_there() -> None:
    for name in ("sim-v1", "sim-v1-face"):
        assert load_layout(name).name == name
    assert Settings().place.card_layout == "sim-v1"
