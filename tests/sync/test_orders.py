"""What the centre says is done here: holds, notices, officers, rules, stock, couriers, trust."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from db import central_admin
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import Officer, UnknownOfficer
from desktop.domain.person import Blocked, Hold
from desktop.domain.revocation import RevokedKind
from desktop.services.orders import Orders
from tests.central.rigs.centre import CentreRig
from tests.sync.counters import exchange
from tests.walks.making import approved, ready
from tests.walks.steps import acts, finished, handed
from tests.walks.world import PASSWORDS, World

ROOT = Path(__file__).resolve().parents[2]


def hold_of(nik: str, kind: str, *, active: bool = True, key: str = "h-1") -> dict[str, object]:
    return {
        "id": key, "nik": nik, "kind": kind, "reason": "putusan", "reference": "12/Pid/2026",
        "authority": "PN Contoh", "settle_at": "Jalan Contoh 2", "since": "2026-03-01",
        "active": active,
    }  # fmt: skip


def put_hold(centre: CentreRig, hold: dict[str, object], *, binding: bool) -> None:
    with centre.admin() as connection:
        central_admin.put_hold(connection, hold, binding=binding)


def test_a_hold_after_printing_keeps_the_card(counter: World, centre: CentreRig) -> None:
    exchange(counter)
    counter.sign_in("andi")
    app = ready(counter, 1)
    put_hold(centre, hold_of(app.nik, "court"), binding=True)
    exchange(counter)
    with pytest.raises(Blocked) as refused:
        handed(counter, app)
    assert refused.value.reference == "12/Pid/2026"
    assert refused.value.settle_at == "Jalan Contoh 2"
    with counter.desk.ledger.reading() as r:
        assert r.get(type(app), app.id).state is S.READY

    put_hold(centre, hold_of(app.nik, "court", active=False), binding=True)
    exchange(counter)
    assert handed(counter, app).state is S.CLOSED


def test_a_hold_is_looked_at_again_before_the_card_is_made(
    counter: World, centre: CentreRig
) -> None:
    exchange(counter)
    counter.sign_in("andi")
    app = approved(counter, 1)
    put_hold(centre, hold_of(app.nik, "points_verdict"), binding=True)
    exchange(counter)
    with pytest.raises(Blocked):
        counter.desk.issuing.issue(counter.by, app.id)
    with counter.desk.ledger.reading() as r:
        assert r.get(type(app), app.id).blank_serial == "", "nothing was reserved"


def test_a_notice_stops_nothing(counter: World, centre: CentreRig) -> None:
    """An unconfirmed camera fine informs: it is shown, and the SIM service goes on."""
    exchange(counter)
    nik = counter.people[1].nik
    put_hold(centre, hold_of(nik, "etle_unconfirmed"), binding=False)
    put_hold(centre, hold_of(nik, "stnk_blocked", key="h-2"), binding=False)
    exchange(counter)
    counter.sign_in("andi")
    app = approved(counter, 1)
    standing = counter.desk.intake.standing(app.applicant, app.identity)
    assert {hold.kind for hold in standing.holds} == {"etle_unconfirmed", "stnk_blocked"}
    assert handed(counter, finished(counter, app)).state is S.CLOSED


def test_a_dismissed_officer_is_out_at_once(counter: World, centre: CentreRig) -> None:
    exchange(counter)
    counter.sign_in("andi")
    nrp = PASSWORDS["andi"][0]
    with centre.admin() as connection:
        central_admin.put_officer(
            connection, nrp, "Andi Pratama", roles=["registration"], offices=None, active=False
        )
    exchange(counter)
    assert counter.desk.duty.session is None
    with pytest.raises(UnknownOfficer):
        counter.sign_in("andi")
    assert acts(counter, "officer.told")[-1].officer == "", "the centre acted, no officer"


def test_an_officer_s_roles_come_from_the_centre(counter: World, centre: CentreRig) -> None:
    with centre.admin() as connection:
        central_admin.put_officer(
            connection, PASSWORDS["andi"][0], "Andi P.", rank="Aipda", roles=["dispatch"],
            offices=["1374"], delegate_roles=["supervisor"], delegate_until="2026-03-05",
        )  # fmt: skip
    exchange(counter)
    with counter.desk.ledger.reading() as r:
        andi = r.get(Officer, PASSWORDS["andi"][0])
    assert (andi.title, andi.delegate_until) == ("Aipda Andi P.", date(2026, 3, 5))
    assert andi.roles_on(date(2026, 3, 2)) == {"dispatch", "supervisor"}
    counter.sign_in("andi")


def test_a_decree_changes_fees_from_its_date_and_open_cases_keep_theirs(
    counter: World, centre: CentreRig
) -> None:
    exchange(counter)
    before = counter.desk.frame.rules().fees
    toml = (ROOT / "resources/rules/fees.toml").read_text("utf-8")
    first = toml.index("[[fees]]")
    second = toml.index("[[fees]]", first + 1)
    line = toml[first:second]
    new = "\n".join(
        "amount = 123000" if row.startswith("amount")
        else "valid_from = 2026-03-03" if row.startswith("valid_from") else row
        for row in line.splitlines()
    )  # fmt: skip
    with centre.admin() as connection:
        central_admin.put_rules(
            connection, "fees.toml", "pp-9", "2026-03-03", f'version = "2026-03-03"\n\n{new}\n'
        )
    exchange(counter)
    rules = counter.desk.frame.rules
    assert rules().fees == before, "today's fees stay"
    tomorrow = rules(date(2026, 3, 3))
    assert 123_000 in {fee.amount for fee in tomorrow.fees}
    assert tomorrow.version != rules().version


def test_rules_that_make_no_sense_are_refused_and_stop_nothing(
    counter: World, centre: CentreRig
) -> None:
    with centre.admin() as connection:
        central_admin.put_rules(connection, "fees.toml", "bad", "2026-03-03", "version = ")
    put_hold(centre, hold_of("3273010101800001", "court"), binding=True)
    exchange(counter)
    with counter.desk.ledger.reading() as r:
        assert r.first(Hold, nik="3273010101800001") is not None
    assert counter.desk.frame.rules().fees


def test_a_consignment_is_expected_until_it_is_counted_in(
    counter: World, centre: CentreRig
) -> None:
    with centre.admin() as connection:
        central_admin.put_consignment(
            connection,
            {"id": "k-1", "office": "1374", "lot": "2604", "first": "CT26040001",
             "last": "CT26040005", "from": "Gudang Polda"},
        )  # fmt: skip
    exchange(counter)
    orders = Orders(counter.desk)
    [expected] = orders.expected()
    assert (expected.lot, len(expected.serials), expected.origin) == ("2604", 5, "Gudang Polda")
    counter.sign_in("nyoman")
    counter.desk.stock.receive(counter.by, expected.lot, expected.serials, expected.id)
    assert orders.expected() == []
    assert exchange(counter).parked == 0


def test_what_the_centre_revokes_is_known_here(counter: World, centre: CentreRig) -> None:
    with centre.admin() as connection:
        central_admin.put_revocation(connection, "card", "CT26030009", "2026-03-01", "stolen")
    exchange(counter)
    gone = counter.desk.frame.revoked.of(RevokedKind.CARD, "CT26030009")
    assert gone is not None
    assert gone.reason == "stolen"
