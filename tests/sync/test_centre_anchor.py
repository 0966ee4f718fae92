"""The centre signs a counter's head: from then on a journal that lost its end is seen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db.chain import AnchorKind
from db.engine import connect
from db.journal import anchors_of
from db.journal_check import FaultKind
from desktop.centre.counters import publish
from desktop.centre.notary import Notary
from desktop.keys.certificates import KeyRole, issue
from desktop.keys.signer import SoftSigner
from tests.central.rigs.centre import CentreRig
from tests.sync.counters import exchange
from tests.walks.world import MORNING, World

pytestmark = pytest.mark.central


def test_the_centre_s_anchor_comes_down_with_its_key_and_holds_the_end(
    counter: World, centre: CentreRig
) -> None:
    counter.sign_in("andi")
    exchange(counter)
    profile, key = counter.desk.profile, SoftSigner(bytes(range(32)))
    notary = issue(
        profile.signer(KeyRole.ROOT), realm=profile.realm, role=KeyRole.NOTARY, subject="",
        public=key.public, not_before=MORNING, not_after=MORNING + timedelta(days=365),
    )  # fmt: skip
    now = MORNING + timedelta(hours=1)
    with centre.admin() as conn:
        for certificate in (*profile.public_certificates(), *profile.trust.known, notary):
            publish(conn, certificate)
        Notary(conn, key, profile.realm, list(profile.trust.roots)).run(now)
    exchange(counter)

    with counter.desk.ledger.reading() as r:
        [anchor] = anchors_of(r.conn, profile.counter)
    assert anchor.kind == AnchorKind.CENTRE
    assert anchor.key_id == key.key_id
    verdict = counter.desk.oversight.verify()
    assert verdict.sound, verdict.faults
    assert (verdict.anchored, verdict.head.seq) == (anchor.seq, anchor.seq + verdict.unanchored)

    raw = connect(profile.store_path, profile.store_key())
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("DROP TRIGGER journal_no_delete")
    raw.execute(f"DELETE FROM journal WHERE seq >= {anchor.seq}")
    raw.close()
    found = {(fault.kind, fault.seq) for fault in counter.desk.oversight.verify().faults}
    assert (FaultKind.CUT, anchor.seq) in found
