"""A counter whose cards have the driving licence's chip: made, read, resumed, refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.cards.chip import groups, sod, tlv
from desktop.cards.chip.lds import LdsProfile, proven
from desktop.cards.chip.tlv import ChipNotGenuine
from desktop.desk import open_desk
from desktop.domain.realm import Realm
from desktop.domain.stock import Blank, BlankState
from desktop.profile import Profile
from desktop.services.chips import chip_profile
from desktop.services.doubts import Outcome
from desktop.settings import Cards, Settings
from desktop.sources import SeededIds, SeededKeys, VirtualClock
from desktop.training.office import PEOPLE, PEOPLE_SEED
from desktop.training.people import make_people
from devices.errors import CardFault
from devices.simulators.faults import Fault, FaultName
from devices.wire.lds_chip import ChipState
from tests.chip.foreign import openssl
from tests.walks.making import approved, ready
from tests.walks.world import MORNING, World

SETTINGS = Settings(cards=Cards(chip="licence"))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[World]:
    clock = VirtualClock(MORNING)
    desk = open_desk(
        tmp_path / "office",
        clock=clock,
        ids=SeededIds(5, clock),
        keys=SeededKeys(5),
        settings=SETTINGS,
    )
    world = World(desk, clock, make_people(PEOPLE_SEED, PEOPLE, today=desk.frame.today()))
    world.sign_in("andi")
    yield world
    desk.close()


def test_a_card_comes_out_with_a_chip_that_proves_itself(office: World) -> None:
    desk = office.desk
    app = ready(office, 3)
    (card,) = office.bench.take_output()
    assert card.chip.licence is not None
    assert card.chip.licence.state is ChipState.LOCKED
    office.bench.put_card_on_reader(card)
    assert desk.handover.read_card() == app.blank_serial == card.serial
    chip = desk.chip
    assert isinstance(chip, LdsProfile)
    image = groups.image_of(
        {
            number: card.chip.licence.files[number]
            for number in groups.TAGS
            if number in card.chip.licence.files
        }
    )
    said = proven(image, chip.authorities)
    assert (said.name, said.serial) == (app.applicant.name.upper(), app.blank_serial)
    assert (said.issued_on, said.valid_until) == (app.issue_on, app.valid_until)
    assert said.portrait.startswith(b"\xff\xd8")
    assert image == desk.cardmaker.chip_image(app)
    card.chip.licence.files[4] = card.chip.licence.files[4][:-1] + b"\x00"
    with pytest.raises(ChipNotGenuine):
        desk.handover.read_card()


def test_openssl_verifies_what_stands_on_an_issued_card(office: World, tmp_path: Path) -> None:
    """EF.SOD as it lies on the card, against the authority that this profile publishes."""
    ready(office, 3)
    (card,) = office.bench.take_output()
    assert card.chip.licence is not None
    files = card.chip.licence.files
    chip = office.desk.chip
    assert isinstance(chip, LdsProfile)
    cms = tlv.read(files[groups.SOD])[1]
    good, lds = openssl(tmp_path, cms, chip.signer.authority)
    assert good
    for number in groups.GROUPS:
        assert sod.digest(files[number]) in lds
    at = cms.index(lds) + len(lds) - 1
    bent = cms[:at] + bytes((cms[at] ^ 1,)) + cms[at + 1 :]
    assert not openssl(tmp_path, bent, chip.signer.authority)[0]


@pytest.mark.fault
@pytest.mark.parametrize("skip", [0, 7])
@pytest.mark.parametrize("step", ["chip.update", "chip.open", "chip.lock", "chip.read"])
def test_a_chip_torn_in_the_printer_spoils_its_blank_and_spends_no_ribbon(
    office: World, step: str, skip: int
) -> None:
    desk = office.desk
    app = approved(office, 3)
    skip = 0 if step in {"chip.open", "chip.lock"} else skip
    office.bench.order("chip_station", Fault(step, FaultName.TEAR, skip=skip))
    panels = office.bench.printer.truth.panels
    result = desk.issuing.issue(office.by, app.id)
    assert result.outcome is Outcome.SPOILED
    assert isinstance(result.fault, CardFault)
    assert office.bench.printer.truth.panels == panels
    assert result.job is not None
    with desk.ledger.reading() as r:
        blank = r.get(Blank, result.job.blank_serial)
    assert blank.state is BlankState.SPOILED
    again = desk.issuing.issue(office.by, app.id)
    assert again.outcome is Outcome.PRINTED


def test_the_keys_are_the_profile_s_own_and_repeat(office: World, tmp_path: Path) -> None:
    desk = office.desk
    one, again = (chip_profile(SETTINGS, desk.profile, SeededKeys(1)) for _ in range(2))
    assert isinstance(one, LdsProfile)
    assert isinstance(again, LdsProfile)
    assert one.signer.certificate == again.signer.certificate
    other = Profile.create(tmp_path / "other", Realm.TRAINING, SeededKeys(6), now=MORNING)
    third = chip_profile(SETTINGS, other, SeededKeys(1))
    assert isinstance(third, LdsProfile)
    assert third.signer.authority != one.signer.authority
