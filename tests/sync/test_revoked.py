"""What the centre revokes is refused here, by name: keys of seals and officers, chips' signers."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from db import central_admin
from desktop.cards.chip.lds import LdsProfile
from desktop.cards.chip.tlv import SignerRevoked
from desktop.domain.application import Approval
from desktop.domain.card_reading import CardFact as F
from desktop.domain.revocation import OfficerKeyRevoked, RevokedKind, SealKeyRevoked
from desktop.domain.walker import GatesMissing
from desktop.keys.certificates import KeyRole
from desktop.services.card_reading import ReadCard
from tests.central.rigs.centre import CentreRig
from tests.sync.counters import exchange
from tests.walks.licence_office import card_of, code_on, lay
from tests.walks.making import approved, confirmed, ready, witness
from tests.walks.steps import acts, handed
from tests.walks.world import PASSWORDS, World

ORDER = "ST/77/2026"
TODAY = "2026-03-02T00:00:00+00:00"


def revoke(
    centre: CentreRig, world: World, kind: RevokedKind, key: str, reason: str = "stolen",
    since: str = TODAY,
) -> None:  # fmt: skip
    """The centre orders it, and the counter hears of it."""
    with centre.admin() as conn:
        central_admin.put_revocation(conn, kind.value, key, since, reason, ORDER)
    exchange(world)


def key_of(world: World, name: str) -> str:
    """The id of the key that an officer's password opens."""
    by = witness(world, name)
    return world.desk.duty.signer(by).key_id


def brought(world: World) -> str:
    """A card made here is handed over and lies on the reader; its code."""
    app = ready(world, 1)
    card = card_of(world, app.blank_serial)
    code = code_on(card)
    handed(world, app)
    lay(world, card)
    return code


def read(world: World, code: str) -> ReadCard:
    return world.desk.card_readings.read_card(world.by, code)


def facts(found: ReadCard, code: F) -> dict[str, object]:
    return next(one.facts for one in found.findings if one.code is code)


def test_a_revoked_seal_key_proves_nothing_and_seals_nothing(
    office: World, centre: CentreRig
) -> None:
    code = brought(office)
    assert read(office, code).has(F.SEAL_GOOD)
    key = office.desk.profile.signer(KeyRole.SEAL).key_id
    revoke(centre, office, RevokedKind.KEY, key)
    found = read(office, code)
    assert facts(found, F.SEAL_KEY_REVOKED) == {"at": datetime(2026, 3, 2, tzinfo=UTC),
                                               "order": ORDER}  # fmt: skip
    with pytest.raises(SealKeyRevoked) as refused:
        office.desk.sealing.signer()
    assert refused.value.order == ORDER


def test_a_superseded_seal_key_leaves_what_it_sealed_before(
    office: World, centre: CentreRig
) -> None:
    code = brought(office)
    key = office.desk.profile.signer(KeyRole.SEAL).key_id
    revoke(centre, office, RevokedKind.KEY, key, "superseded", "2026-03-03T00:00:00+00:00")
    assert read(office, code).has(F.SEAL_GOOD)


def test_a_revoked_document_signer_proves_no_chip_and_writes_none(
    office: World, centre: CentreRig
) -> None:
    code = brought(office)
    assert read(office, code).has(F.CHIP_PROVEN)
    chip = office.desk.chip
    assert isinstance(chip, LdsProfile)
    waiting = approved(office, 2)
    name = hashlib.sha256(chip.signer.certificate).hexdigest()
    revoke(centre, office, RevokedKind.SIGNER, name)
    found = read(office, code)
    assert facts(found, F.CHIP_SIGNER_REVOKED)["order"] == ORDER
    assert not found.has(F.CHIP_PROVEN)
    result = office.desk.issuing.issue(office.by, waiting.id)
    assert isinstance(result.fault, SignerRevoked)
    assert result.fault.order == ORDER
    assert result.application.blank_serial == "", "no blank was spent"


def test_an_officer_s_revoked_key_signs_in_no_more(office: World, centre: CentreRig) -> None:
    office.desk.duty.sign_out()
    office.sign_in("bambang")
    revoke(centre, office, RevokedKind.KEY, key_of(office, "andi"))
    for enter in (office.sign_in, office.take_over, lambda name: witness(office, name)):
        with pytest.raises(OfficerKeyRevoked) as refused:
            enter("andi")
        assert refused.value.order == ORDER
    assert acts(office, "duty.key_revoked")[-1].subject == PASSWORDS["andi"][0]


def test_whoever_works_with_a_revoked_key_is_out_at_once(office: World, centre: CentreRig) -> None:
    key = office.desk.duty.signer(office.by).key_id
    revoke(centre, office, RevokedKind.KEY, key)
    assert office.desk.duty.session is None


def test_an_approval_by_a_revoked_key_opens_nothing(office: World, centre: CentreRig) -> None:
    """Sri's key was stolen: what was approved with it waits for another approver."""
    app = approved(office, 1)
    with office.desk.ledger.reading() as r:
        [given] = r.find(Approval, subject=app.id)
    revoke(centre, office, RevokedKind.KEY, given.key_id)
    with pytest.raises(GatesMissing):
        office.desk.issuing.issue(office.by, app.id)


def test_nothing_is_approved_with_a_key_that_is_revoked_meanwhile(
    office: World, centre: CentreRig
) -> None:
    app = confirmed(office, 1)
    office.take_over("sri")
    sri = office.by
    key = office.desk.duty.signer(sri).key_id
    with centre.admin() as conn:
        central_admin.put_revocation(conn, "key", key, TODAY, "stolen", ORDER)
    syncing = office.desk.syncing
    syncing._pull_all(syncing._centre or syncing.connect())
    from desktop.services.orders import Orders

    Orders(office.desk).run()
    with pytest.raises(OfficerKeyRevoked):
        office.desk.approvals.approve(sri, app.id)


def test_a_revoked_card_and_a_revoked_licence_are_named(office: World, centre: CentreRig) -> None:
    code = brought(office)
    revoke(centre, office, RevokedKind.CARD, read(office, code).serial)
    found = read(office, code)
    assert facts(found, F.REVOKED_BY_ORDER)["order"] == ORDER
