"""An officer's card at a counter without the office's key: the centre vouches, and it signs in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.cards.seal_keys import KeyReason
from desktop.centre.counters import officers_waiting, publish
from desktop.keys.certificates import KeyRole
from desktop.keys.requests import grant
from desktop.services.officer_cards import CardNotYours
from tests.central.rigs.centre import CentreRig
from tests.keys.softhsm import PIN, SoftHsm, running
from tests.sync.counters import connect, exchange
from tests.walks.world import PASSWORDS, World, open_world

pytestmark = pytest.mark.token
SRI = PASSWORDS["sri"][0]


@pytest.fixture
def hsm(tmp_path: Path) -> Iterator[SoftHsm]:
    folder = tmp_path / "hsm"
    folder.mkdir()
    with running(folder) as rig:
        yield rig


def test_the_centre_vouches_for_a_card_that_was_enrolled_here(
    hsm: SoftHsm, counter: World, centre: CentreRig
) -> None:
    place = hsm.make("card")
    exchange(counter)
    office = counter.desk.profile.certificate(KeyRole.OFFICE)
    assert office is not None
    counter.sign_in("hendra")
    counter.desk.key_care.withdraw(counter.by, office.key_id, KeyReason.SUPERSEDED)
    path = counter.desk.profile.path
    counter.desk.close()
    here = connect(open_world(path, clock=counter.clock, ids_used=60_000), centre)
    here.sign_in("hendra")
    made = here.desk.officer_cards.enrol(here.by, SRI, place, PIN)
    assert made.certificate is None
    facts = exchange(here)
    assert (facts.parked, facts.waiting) == (0, 0)
    with pytest.raises(CardNotYours):
        here.desk.officer_cards.sign_in(SRI, place, PIN)
    now = here.clock.now()
    with centre.admin() as conn:
        [waiting] = officers_waiting(conn)
        assert (waiting.nrp, waiting.key_id) == (SRI, made.key_id), (
            "whose card, not who enrolled it"
        )
        root = here.desk.profile.signer(KeyRole.ROOT)
        publish(conn, grant(root, waiting.asked, now - timedelta(hours=1), now + timedelta(365)))
        assert officers_waiting(conn) == []
    exchange(here)
    assert here.desk.officer_cards.sign_in(SRI, place, PIN).officer.id == SRI
    here.desk.close()
