"""`main.py seal verify` from its arguments to its words and exit status."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from desktop.cards.face import render
from desktop.cards.layout import load_layout
from desktop.cards.seal import CardStatement, portrait_digest, seal
from desktop.cards.seal_claim import seal_claim
from desktop.cards.seal_face import small_face
from desktop.cards.seal_keys import KeyReason, WithdrawnKey, write_seal_keys
from desktop.cards.withdrawn import pack
from desktop.domain.licence_class import LicenceClass
from desktop.domain.realm import Realm
from desktop.keys.certificates import Certificate, KeyRole, issue
from desktop.keys.signer import Signer, SoftSigner
from desktop.words import Words
from main import main
from tests.cards.records import record

ROOT, KEY, OTHER = SoftSigner(b"r" * 32), SoftSigner(b"s" * 32), SoftSigner(b"o" * 32)
DAY = timedelta(days=1)
NOW = datetime.now(UTC).replace(microsecond=0)
CARD = record()
STATEMENT = CardStatement(
    realm=Realm.TRAINING,
    number=CARD.number,
    licence_class=LicenceClass.C,
    name=CARD.name.upper(),
    birth=CARD.birth_date,
    issued_on=(NOW - 5 * DAY).date(),
    valid_until=(NOW + 1800 * DAY).date(),
    serial="AB00000017",
    portrait=portrait_digest(CARD.photo),
    office="1374",
)


def certificate(root: Signer, signer: Signer, role: KeyRole, realm: Realm) -> Certificate:
    return issue(
        root, realm=realm, role=role, subject="1374", public=signer.public,
        not_before=NOW - 60 * DAY, not_after=NOW + 3650 * DAY,
    )  # fmt: skip


@dataclass(frozen=True)
class Folder:
    """Files of keys as somebody would have them beside a card."""

    path: Path
    said: pytest.CaptureFixture[str]

    def keys(
        self,
        *gone: WithdrawnKey,
        realm: Realm = Realm.TRAINING,
        signer: Signer = KEY,
        serials: tuple[str, ...] | None = (),
        made: datetime = NOW,
    ) -> Path:
        root = certificate(ROOT, ROOT, KeyRole.ROOT, realm)
        (self.path / "roots.txt").write_text(root.text() + "\n", encoding="utf-8")
        listed = None if serials is None else pack(realm, serials, made)
        data = write_seal_keys(
            ROOT, realm, [root, certificate(ROOT, signer, KeyRole.SEAL, realm)], made,
            withdrawn_keys=gone, withdrawn_cards=listed, seal_signer=signer,
        )  # fmt: skip
        path = self.path / "seal-keys.json"
        path.write_bytes(data)
        return path

    def verify(self, what: object, keys: Path, *more: object, lang: str = "id") -> tuple[int, str]:
        code = main(["--lang", lang, "seal", "verify", str(what), "--keys", str(keys),
                     *map(str, more)])  # fmt: skip
        printed = self.said.readouterr()
        assert printed.err == ""
        return code, printed.out


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Folder:
    return Folder(tmp_path, capsys)


@pytest.fixture(params=["id", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    return request.param


def text() -> str:
    return seal(STATEMENT, KEY)


def changed(seal_text: str) -> str:
    """Another name under the same signature."""
    from desktop.cards import cose
    from desktop.cards.seal import message_of, text_of

    message = message_of(seal_text)
    name = STATEMENT.name.encode()
    assert name in message
    other = text_of(message.replace(name, name[:-1] + b"X"))
    assert cose.read1(message_of(other))
    return other


def test_a_good_seal(folder: Folder, lang: str) -> None:
    keys, words = folder.keys(), Words.load(lang)
    code, said = folder.verify(text(), keys, "--trust", folder.path / "roots.txt", lang=lang)
    assert code == 0
    lines = said.splitlines()
    assert lines[0] == words("seal.good")
    assert STATEMENT.name in said
    assert STATEMENT.serial in said
    assert words("seal.note.compare_photo") in lines
    assert words("seal.note.chip_not_read") in lines
    assert words("seal.note.training") in lines
    assert words("seal.note.not_vouched") not in lines
    assert words("seal.note.no_withdrawn_list") not in lines


def test_keys_that_nobody_vouches_for_are_told(folder: Folder, lang: str) -> None:
    words = Words.load(lang)
    code, said = folder.verify(text(), folder.keys(serials=None, made=NOW - 8 * DAY), lang=lang)
    assert code == 0
    for note in ("not_vouched", "no_withdrawn_list", "keys_old"):
        assert words(f"seal.note.{note}") in said


@pytest.mark.parametrize("fault", ["bad_signature", "not_a_seal", "unknown_key", "other_realm",
                                   "withdrawn", "key_stolen", "key_superseded"])  # fmt: skip
def test_whatever_is_wrong_is_named_and_ends_with_one(
    folder: Folder, lang: str, fault: str
) -> None:
    def gone(reason: KeyReason) -> WithdrawnKey:
        return WithdrawnKey(KEY.key_id, NOW - 30 * DAY, reason)

    what, keys = text(), None
    match fault:
        case "bad_signature":
            what = changed(what)
        case "not_a_seal":
            what = what[:-2]
        case "unknown_key":
            keys = folder.keys(signer=OTHER)
        case "other_realm":
            keys = folder.keys(realm=Realm.LIVE)
        case "withdrawn":
            keys = folder.keys(serials=("ZZ1", STATEMENT.serial, "ZZ2"))
        case "key_stolen":
            keys = folder.keys(gone(KeyReason.STOLEN), serials=None)
        case _:
            keys = folder.keys(gone(KeyReason.SUPERSEDED), serials=None)
    words = Words.load(lang)
    code, said = folder.verify(what, keys or folder.keys(), lang=lang)
    lines = said.splitlines()
    assert (code, lines[0]) == (1, words("seal.bad"))
    assert lines[1] == words(f"seal.fault.{fault}")
    assert words("seal.good") not in lines


def test_what_no_key_vouched_for_is_not_shown_as_fact(folder: Folder) -> None:
    """A forger's text mustn't appear beneath the program's words."""
    forged = seal(replace(STATEMENT, name="PALSU SEKALI"), OTHER)
    code, said = folder.verify(forged, folder.keys())
    assert code == 1
    assert "PALSU" not in said
    code, said = folder.verify(changed(text()), folder.keys())
    assert code == 1
    assert STATEMENT.name[:-1] not in said
    assert STATEMENT.serial not in said


def test_a_licence_that_ended_has_a_good_seal_and_says_so(folder: Folder, lang: str) -> None:
    words = Words.load(lang)
    over = replace(STATEMENT, issued_on=(NOW - 50 * DAY).date(), valid_until=(NOW - 2 * DAY).date())
    code, said = folder.verify(seal(over, KEY), folder.keys(), lang=lang)
    assert code == 0
    assert words("seal.note.expired") in said


@pytest.mark.parametrize("profile", ["A", "B", "C"])
def test_the_picture_of_a_card(folder: Folder, profile: str) -> None:
    face = small_face(CARD.photo) if profile == "C" else b""
    held = replace(STATEMENT, face=face)
    sealed = seal_claim(held, KEY) if profile == "B" else seal(held, KEY)
    layout = load_layout("sim-v1-face" if profile == "C" else "sim-v1")
    _, back = render(replace(CARD, seal=sealed), layout).png()
    picture = folder.path / "back.png"
    picture.write_bytes(back)
    code, said = folder.verify(picture, folder.keys(), lang="en")
    assert code == 0
    assert ("Compare the small face" in said) == (profile == "C")
    photo = folder.path / "phone.jpg"
    Image.open(io.BytesIO(back)).convert("RGB").rotate(7, expand=True, fillcolor="#807060").save(
        photo, quality=70
    )
    assert folder.verify(photo, folder.keys())[0] == 0


def test_the_text_may_come_from_the_input(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text() + "\r\n"))
    assert folder.verify("-", folder.keys())[0] == 0


@pytest.mark.parametrize("kind", ["no code", "another code", "no picture", "cut", "no file"])
def test_without_a_seal_there_is_nothing_to_judge(folder: Folder, lang: str, kind: str) -> None:
    picture = folder.path / "picture.png"
    image = Image.new("RGB", (300, 200), "white")
    if kind == "another code":
        code = QRCode(error_correction=ERROR_CORRECT_M)
        code.add_data("https://example.org/SIM1:")
        image = code.make_image().get_image()
    image.save(picture)
    if kind == "no picture":
        picture.write_bytes(b"a letter")
    elif kind == "cut":
        picture.write_bytes(picture.read_bytes()[:60])
    elif kind == "no file":
        picture.unlink()
    found, said = folder.verify(picture, folder.keys(), lang=lang)
    assert found == 2
    assert Words.load(lang)("seal.good") not in said
    assert said.strip()


def test_a_paper_s_pdf_is_told_from_a_picture(folder: Folder, lang: str) -> None:
    paper = folder.path / "sth-0001.pdf"
    paper.write_bytes(b"%PDF-1.7")
    found, said = folder.verify(paper, folder.keys(), lang=lang)
    assert found == 2
    assert "PDF" in said
    assert "pdftoppm" in said


@pytest.mark.parametrize("content", [None, b"", b"[]", b"{}", b"\xff\xfe", b'{"format":1}',
                                     b"[" * 100_000])  # fmt: skip
def test_without_keys_there_is_nothing_to_judge(
    folder: Folder, lang: str, content: bytes | None
) -> None:
    keys = folder.path / "none.json"
    if content is not None:
        keys.write_bytes(content)
    code, said = folder.verify(text(), keys, lang=lang)
    assert code == 2
    assert said.strip()


def test_a_root_of_somebody_else_refuses_the_keys(folder: Folder) -> None:
    keys, roots = folder.keys(), folder.path / "roots.txt"
    other = certificate(OTHER, OTHER, KeyRole.ROOT, Realm.TRAINING)
    roots.write_text(other.text() + "\n", encoding="utf-8")
    assert folder.verify(text(), keys, "--trust", roots)[0] == 2
    roots.write_text("no certificate\n", encoding="utf-8")
    assert folder.verify(text(), keys, "--trust", roots)[0] == 2


def test_a_changed_file_of_keys_is_refused(folder: Folder) -> None:
    keys = folder.keys(serials=(STATEMENT.serial,))
    data = keys.read_bytes()
    start = data.index(b'"withdrawn_cards":"') + len(b'"withdrawn_cards":"')
    keys.write_bytes(data[:start] + data[data.index(b'"', start) :])
    assert folder.verify(text(), keys)[0] == 2
