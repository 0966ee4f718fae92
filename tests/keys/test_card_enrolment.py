"""An officer's own card is enrolled by the command, and opens the counter afterwards."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import main
from desktop.cards.seal_keys import KeyReason
from desktop.desk import open_desk
from desktop.keys.certificates import KeyRole
from desktop.keys.requests import read_request
from desktop.keys.signer import key_id_of
from desktop.services.inspection import verify_journal
from desktop.services.officer_cards import ENROLLED, CardNotYours
from desktop.settings import OfficerCard, load_settings, save_settings
from desktop.sources import VirtualClock
from tests.keys.softhsm import MODULE, PIN, SoftHsm, running
from tests.walks.steps import acts
from tests.walks.world import PASSWORDS, World

pytestmark = pytest.mark.token

HENDRA, SRI, DEWI = (PASSWORDS[name] for name in ("hendra", "sri", "dewi"))
CARD = ("--module", MODULE, "--label", "card")
Keys = Callable[..., tuple[int, str]]


@pytest.fixture
def hsm(tmp_path: Path) -> Generator[SoftHsm]:
    folder = tmp_path / "hsm"
    folder.mkdir()
    with running(folder) as rig:
        yield rig


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training counter by the clock of today, as the command opens it."""
    path = tmp_path_factory.mktemp("opened") / "profile"
    open_desk(path).close()
    return path


@pytest.fixture
def profile(opened: Path, tmp_path: Path) -> Path:
    return shutil.copytree(opened, tmp_path / "profile")


@pytest.fixture
def keys(
    profile: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Keys:
    """`main.py keys …` on the counter's profile; what is typed is read from the input."""

    def run(*args: str, typed: str = "", lang: str = "en") -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = main.main(["keys", args[0], "--profile", str(profile), "--lang", lang, *args[1:]])
        return code, capsys.readouterr().out

    return run


def enrol(keys: Keys, nrp: str, *more: str, by: tuple[str, str] = HENDRA, pin: str = PIN) -> str:
    code, told = keys("enrol-card", nrp, "--officer", by[0], *more, typed=f"{by[1]}\n{pin}\n")
    assert code == 0, told
    return told


@contextmanager
def counter(profile: Path) -> Generator[World]:
    """The counter itself, between two commands."""
    desk = open_desk(profile)
    try:
        yield World(desk, VirtualClock(desk.clock.now()), ())
    finally:
        desk.close()


def test_a_card_that_the_command_enrolled_signs_in(hsm: SoftHsm, profile: Path, keys: Keys) -> None:
    place = hsm.make("card")
    told = enrol(keys, SRI[0], *CARD)
    assert "[officer_card]" in told, "the sign-in doesn't know these cards yet"
    with counter(profile) as at:
        session = at.desk.officer_cards.sign_in(SRI[0], place, PIN)
        assert session.officer.id == SRI[0]
        assert at.desk.duty.signer(at.by).key_id in told
        [act] = acts(at, ENROLLED)
        assert (act.officer, act.subject) == (HENDRA[0], SRI[0])
        assert PIN not in str(act.content)
        assert verify_journal(at.desk.profile, at.desk.ledger.store).sound


def test_the_settings_say_where_cards_are(hsm: SoftHsm, profile: Path, keys: Keys) -> None:
    place = hsm.make("card")
    code, told = keys("enrol-card", SRI[0], "--officer", HENDRA[0], typed=f"{HENDRA[1]}\n")
    assert code == 2
    assert "--module" in told
    card = OfficerCard(module=place.module, label=place.label)
    save_settings(profile, replace(load_settings(profile), officer_card=card))
    assert "[officer_card]" not in enrol(keys, SRI[0])


@pytest.mark.security
def test_whose_card_and_by_whom(hsm: SoftHsm, profile: Path, keys: Keys) -> None:
    hsm.make("card")

    def refused(*args: str, typed: str) -> str:
        code, told = keys("enrol-card", *args, *CARD, typed=typed)
        assert code == 2
        return told

    who = ("--officer", HENDRA[0])
    typed = f"{HENDRA[1]}\n{PIN}\n"
    assert "Administrator" in refused(SRI[0], "--officer", DEWI[0], typed=f"{DEWI[1]}\n{PIN}\n")
    assert refused("00000000", *who, typed=typed)
    assert "PIN" in refused(SRI[0], *who, typed=f"{HENDRA[1]}\n000000\n")
    enrol(keys, SRI[0], *CARD)
    assert "somebody else's" in refused(DEWI[0], *who, typed=typed)
    enrol(keys, SRI[0], *CARD)  # the same again is no harm
    hsm.make("card", "222222")
    assert "2 cards" in refused(DEWI[0], *who, typed=typed)
    with counter(profile) as at:
        assert {act.subject for act in acts(at, ENROLLED)} == {SRI[0]}


def test_no_card_is_told_before_a_pin_is_asked(hsm: SoftHsm, profile: Path, keys: Keys) -> None:
    code, told = keys(
        "enrol-card", SRI[0], "--officer", HENDRA[0], *CARD, typed=f"{HENDRA[1]}\n", lang="id"
    )
    assert code == 2
    assert "card" in told
    code, told = keys(
        "enrol-card", SRI[0], "--officer", HENDRA[0], "--module", "/nowhere.so",
        typed=f"{HENDRA[1]}\n",
    )  # fmt: skip
    assert code == 2
    assert "/nowhere.so" in told


def test_without_the_office_s_key_the_centre_is_asked(
    hsm: SoftHsm, profile: Path, keys: Keys
) -> None:
    """As at a live counter, which holds no office key until it has enrolled one."""
    place = hsm.make("card")
    with counter(profile) as at:
        office = at.desk.profile.certificate(KeyRole.OFFICE)
        assert office is not None
        at.sign_in("hendra")
        at.desk.key_care.withdraw(at.by, office.key_id, KeyReason.SUPERSEDED)
    told = enrol(keys, SRI[0], *CARD)
    assert f"centre sign --officer {SRI[0]}" in told
    with counter(profile) as at:
        [act] = acts(at, ENROLLED)
        assert act.content is not None
        assert act.content["vouched"] is False
        asked = read_request(str(act.content["request"]))
        assert (asked.role, asked.subject) == (KeyRole.OFFICER, SRI[0])
        assert key_id_of(asked.public) == act.content["key"]
        with pytest.raises(CardNotYours):
            at.desk.officer_cards.sign_in(SRI[0], place, PIN)
