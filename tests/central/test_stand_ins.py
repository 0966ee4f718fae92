"""Who stands in by an officer's own word: what the centre believes of it, and what it doesn't."""

from __future__ import annotations

import hashlib
from typing import Any

import psycopg
import pytest

from db import central_admin
from db.central import Centre
from db.chain import Approval, canonical
from tests.central.rigs.centre import REALM, CentreRig, fill
from tests.central.rigs.pen import ANDI, BAMBANG, DEWI, NYOMAN, RAHMAT, SRI, TIME, Pen, Sheet
from tests.central.rigs.postgres import PostgresRig

pytestmark = pytest.mark.central
YOHANA = "80070007"  # auditor
TUESDAY = "2026-03-03T00:30:00.000000Z"
"""The day after `TIME`."""
REASON = 'rapat "Polda" di Ngañjuk \\ 1'


@pytest.fixture
def pen() -> Pen:
    return Pen("1374-L3")


def gives(
    pen: Pen,
    giver: str | None = SRI,
    taker: str = RAHMAT,
    *,
    roles: tuple[str, ...] = ("approver",),
    until: str = "2026-03-04",
    signed: dict[str, Any] | None = None,
    signature: str = "",
    by: str | None = "",
    **instead: Any,
) -> Sheet:
    """The act as a counter writes it; `signed` is what the giver's signature is over instead."""
    content = {
        "from": giver,
        "officer": taker,
        "reason": REASON,
        "roles": list(roles),
        "until": until,
    }
    digest = hashlib.sha256(canonical({**content, **(signed or {})})).hexdigest()
    mark = signature or f"{pen.seq:02d}" * 64
    approval = Approval(giver or "", "officer.delegate", taker, digest, TIME, "00" * 16, mark)
    return pen.write(
        "officer.delegated", taker, officer=giver if by == "" else by, content=content,
        **{"approvals": (approval,), **instead},
    )  # fmt: skip


def ends(pen: Pen, by: str | None = BAMBANG, taker: str = RAHMAT, *, time: str = TIME) -> Sheet:
    return pen.write("officer.delegation_ended", taker, officer=by, time=time)


def approval_by(pen: Pen, officer: str = RAHMAT, name: str = "1", time: str = TIME) -> list[Sheet]:
    """A whole case up to its approval by this officer."""
    case = pen.case(name)
    return [*case.walk("confirm_data"), case.step("approve", officer, time=time)]


def push(centre: CentreRig, pen: Pen, *sheets: Sheet) -> dict[str, str]:
    """What was parked, and why."""
    with centre.line(pen.counter) as line:
        answer = pen.send(line, sheets)
    assert answer.get("ok") is True, answer
    return {one["entry_id"]: one["detail"].get("why", one["reason"]) for one in answer["parked"]}


def told(centre: CentreRig, counter: str) -> list[tuple[str, Any]]:
    """What a counter hears of stand-ins, the newest last."""
    with centre.line(counter) as line:
        items = line.pull({"office": 0, "national": 0}, 500)["items"]
    return [(i["officer"]["nrp"], i["stand_ins"]) for i in items if "stand_ins" in i]


def test_a_delegation_and_its_use_in_one_batch(centre: CentreRig, pen: Pen) -> None:
    early = approval_by(pen, name="early")
    sheets = [
        *early, gives(pen), *approval_by(pen), ends(pen), *approval_by(pen, name="late")
    ]  # fmt: skip
    assert push(centre, pen, *sheets) == {
        early[-1].entry_id: "workflow", sheets[-1].entry_id: "workflow",
    }  # fmt: skip
    assert told(centre, "1374-L4") == [
        (RAHMAT, [{"role": "approver", "until": "2026-03-04"}]), (RAHMAT, []),
    ]  # fmt: skip
    assert told(centre, "3275-L1") == [], "no other office hears of it"
    assert centre.ask("SELECT kind FROM centre.incidents") == []


def test_it_holds_at_every_counter_of_the_office_and_nowhere_else(
    centre: CentreRig, pen: Pen
) -> None:
    assert push(centre, pen, gives(pen)) == {}
    here, away = Pen("1374-L4"), Pen("3275-L1")
    assert push(centre, here, *approval_by(here)) == {}
    sheets = approval_by(away)
    assert push(centre, away, *sheets) == {sheets[-1].entry_id: "workflow"}


NOTHING: tuple[tuple[dict[str, Any], str], ...] = (
    ({"giver": DEWI}, "giver"),  # no approver
    ({"giver": "nobody"}, "giver"),
    ({"giver": NYOMAN, "roles": ("stock_keeper",)}, "giver"),  # isn't handed on
    ({"roles": ("approver", "supervisor")}, "giver"),  # holds one of them
    ({"roles": ()}, "form"),
    ({"giver": SRI, "taker": SRI}, "taker"),
    ({"by": BAMBANG}, "form"),  # one officer's act, another's word
    ({"by": None}, "form"),
    ({"until": "bulan depan"}, "form"),
    ({"taker": ANDI}, "taker"),  # registers
    ({"taker": YOHANA}, "taker"),  # only reads
    ({"taker": "nobody"}, "taker"),
    ({"until": "2026-04-03"}, "dates"),  # 32 days
    ({"until": "2026-03-01"}, "dates"),
    ({"signed": {"until": "2026-03-03"}}, "signature"),
    ({"signed": {"officer": DEWI}}, "signature"),
    ({"approvals": ()}, "signature"),
)


def test_what_counts_for_nothing(centre: CentreRig, pen: Pen) -> None:
    for number, (how, why) in enumerate(NOTHING):
        act = gives(pen, **how)
        use = approval_by(pen, name=str(number))
        refused = {act.entry_id: why, use[-1].entry_id: "workflow"}
        assert push(centre, pen, act, *use) == refused, how
    incidents = centre.ask(
        "SELECT kind, subject, offices, detail ->> 'why' FROM centre.incidents ORDER BY at"
    )
    takers = [how.get("taker", RAHMAT) for how, _ in NOTHING]
    assert incidents == [
        ("stand_in_refused", taker, ["1374"], why)
        for taker, (_, why) in zip(takers, NOTHING, strict=True)
    ]
    heard = told(centre, pen.counter)
    assert heard == [(taker, []) for taker in takers if taker != "nobody"], "what stands"


def test_a_month_is_the_longest(centre: CentreRig, pen: Pen) -> None:
    assert push(centre, pen, gives(pen, until="2026-04-02")) == {}


def test_a_stand_in_hands_nothing_on(centre: CentreRig, pen: Pen) -> None:
    assert push(centre, pen, gives(pen)) == {}
    on = gives(pen, RAHMAT, NYOMAN)
    assert push(centre, pen, on) == {on.entry_id: "giver"}
    central = gives(pen, ANDI, NYOMAN)  # nor does one whom an administrator ordered
    with centre.admin() as admin:
        central_admin.put_officer(
            admin, ANDI, "Andi", roles=["production"], offices=None,
            delegate_roles=["approver"], delegate_until="2026-03-05",
        )  # fmt: skip
    assert push(centre, pen, central) == {central.entry_id: "giver"}


def test_what_stands_already_is_named_beside_what_is_added(centre: CentreRig, pen: Pen) -> None:
    assert push(centre, pen, gives(pen)) == {}
    adds = gives(pen, BAMBANG, roles=("approver", "supervisor"))
    assert push(centre, pen, adds) == {}
    givers = centre.ask(
        "SELECT role, giver FROM centre.stand_ins WHERE ended IS NULL ORDER BY role"
    )
    assert givers == [("approver", SRI), ("supervisor", BAMBANG)]
    longer = gives(pen, SRI, roles=("approver", "supervisor"), until="2026-03-09")
    assert push(centre, pen, longer) == {longer.entry_id: "giver"}, "one of them isn't hers"
    assert push(centre, pen, gives(pen, SRI, until="2026-03-03")) == {}
    stands = {"approver": "2026-03-03", "supervisor": "2026-03-04"}
    lines = [{"role": role, "until": until} for role, until in stands.items()]
    assert told(centre, pen.counter)[-1] == (RAHMAT, lines)


def test_a_signature_counts_once(centre: CentreRig, pen: Pen) -> None:
    """A counter that kept one can't set up again what was ended."""
    assert push(centre, pen, gives(pen, signature="ab" * 64), ends(pen)) == {}
    again = gives(pen, signature="ab" * 64)
    use = approval_by(pen)
    assert push(centre, pen, again, *use) == {
        again.entry_id: "signature", use[-1].entry_id: "workflow",
    }  # fmt: skip


def test_it_counts_from_its_day_to_its_last(centre: CentreRig, pen: Pen) -> None:
    assert push(centre, pen, gives(pen)) == {}
    days = ["2026-03-01", "2026-03-02", "2026-03-04", "2026-03-05"]
    [counted] = zip(
        *centre.ask(
            "SELECT 'approver' = ANY (centre.roles_of(o, '1374', d::date)) FROM centre.officers o,"
            " unnest(%s::text[]) d WHERE o.nrp = %s ORDER BY d", days, RAHMAT,
        ),
        strict=True,
    )  # fmt: skip
    assert counted == (False, True, True, False)


def test_what_was_done_on_the_days_before_an_extension_or_an_end_counts(
    centre: CentreRig, pen: Pen
) -> None:
    """Another counter's line was down meanwhile: its approvals come later than that word."""
    away = Pen("1374-L4")
    monday = [approval_by(away, name="1"), approval_by(away, name="2")]
    tuesday = approval_by(away, name="3", time=TUESDAY)
    assert push(centre, pen, gives(pen)) == {}
    assert push(centre, pen, gives(pen, until="2026-03-06", time=TUESDAY)) == {}
    assert push(centre, away, *monday[0]) == {}
    assert push(centre, pen, ends(pen, time=TUESDAY)) == {}
    assert push(centre, away, *monday[1]) == {}
    assert push(centre, away, *tuesday) == {tuesday[-1].entry_id: "workflow"}


def test_what_the_notary_doubts_counts_on_no_day(centre: CentreRig, pen: Pen) -> None:
    away = Pen("1374-L4")
    sheets = approval_by(away)
    assert push(centre, pen, gives(pen), ends(pen, time=TUESDAY)) == {}
    with centre.admin() as admin:
        facts = '{"officer": "76040004", "subject": "78030003"}'
        admin.execute("SELECT centre.doubt_approval('1374-L3', 1, 1, %s)", [facts])
    assert push(centre, away, *sheets) == {sheets[-1].entry_id: "workflow"}


def test_who_ends_it(centre: CentreRig, pen: Pen) -> None:
    for who in (DEWI, None, "nobody"):
        sheets = [gives(pen), ends(pen, who)]
        assert push(centre, pen, *sheets) == {sheets[1].entry_id: "giver"}
        assert told(centre, pen.counter)[-1][1], "it stands"
    for who in (SRI, BAMBANG):
        assert push(centre, pen, gives(pen), ends(pen, who)) == {}
        assert told(centre, pen.counter)[-1] == (RAHMAT, [])
    assert push(centre, pen, ends(pen)) == {}, "nothing to end is no fault"


def test_an_administrators_delegation_is_ended_here_where_it_holds_here_alone(
    centre: CentreRig, pen: Pen
) -> None:
    def ordered(*offices: str) -> None:
        with centre.admin() as admin:
            central_admin.put_officer(
                admin, RAHMAT, "Rahmat", roles=["dispatch"], offices=list(offices) or None,
                delegate_roles=["approver"], delegate_until="2026-03-05",
            )  # fmt: skip

    ordered("1374", "3275")
    both = ends(pen)
    assert push(centre, pen, both) == {both.entry_id: "elsewhere"}
    ordered("1374")
    assert push(centre, pen, ends(pen)) == {}
    assert centre.ask("SELECT delegate_until FROM centre.officers WHERE nrp = %s", RAHMAT) == [
        (None,)
    ]


def test_a_chain_that_isnt_believed_any_more_takes_its_stand_ins_along(
    centre: CentreRig, pen: Pen
) -> None:
    first, second = gives(pen), gives(pen, BAMBANG, DEWI, roles=("supervisor",))
    assert push(centre, pen, first, second) == {}
    with centre.admin() as admin:
        admin.execute(
            "SELECT centre.note('1374-L3', 1, 1, %s)",
            ['{"epoch": 1, "seq": 2, "fault": "signature"}'],
        )
    assert told(centre, "1374-L4")[-1] == (DEWI, [])
    assert push(centre, pen, *approval_by(pen)) == {}, "what stood before goes on"
    with centre.admin() as admin:
        facts = '{"officer": "76040004", "subject": "78030003"}'
        admin.execute("SELECT centre.doubt_approval('1374-L3', 1, 1, %s)", [facts])
    sheets = [*approval_by(pen, name="2"), gives(pen)]
    assert push(centre, pen, *sheets) == {
        sheets[-2].entry_id: "workflow",
        sheets[-1].entry_id: "counter",
    }


def test_whose_own_duties_dont_go_with_it_stands_in_no_more(centre: CentreRig, pen: Pen) -> None:
    def becomes(*roles: str) -> None:
        with centre.admin() as admin:
            admin.execute("SET ROLE loket_admin")
            central_admin.put_officer(admin, RAHMAT, "Rahmat", roles=roles, offices=None)

    for unfit in ("auditor", "registration"):
        becomes("dispatch")
        assert push(centre, pen, gives(pen, signature=f"{len(unfit):02d}" * 64)) == {}
        becomes("production")
        assert told(centre, pen.counter)[-1][1], "this goes with it"
        becomes(unfit)
        assert told(centre, pen.counter)[-1] == (RAHMAT, [])
        becomes("dispatch")
        assert told(centre, pen.counter)[-1] == (RAHMAT, []), "it doesn't come back"


ROLES_OF = """
CREATE OR REPLACE FUNCTION centre.roles_of(o centre.officers, my_office text, day date)
RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN CASE WHEN o.active AND (o.offices IS NULL OR my_office = ANY (o.offices)) THEN
    CASE WHEN o.delegate_until >= day THEN o.roles || o.delegate_roles ELSE o.roles END END
"""
"""As the second form of the centre had it."""


def test_a_centre_of_the_second_form_is_brought_forward_under_a_counter_s_hands(
    postgres_server: PostgresRig, pen: Pen
) -> None:
    name = "centre_of_0002"
    postgres_server.create_database(name)
    dsn = postgres_server.dsn(name)
    try:
        central_admin.upgrade(dsn, REALM, "0002")
        with psycopg.connect(dsn, autocommit=True) as admin:
            admin.execute(ROLES_OF)  # type: ignore[arg-type]
            central_admin.put_office(admin, "1374", "Satpas Contoh")
            central_admin.enrol_counter(admin, "1374-L3", "1374")
        with Centre.open(postgres_server.counter_dsn(pen.counter, name)) as line:
            assert pen.send(line, [pen.write("note.written", officer=None)])["ok"]
            central_admin.upgrade(dsn, REALM)
            with psycopg.connect(dsn, autocommit=True) as admin:
                fill(admin)
            answer = pen.send(line, [gives(pen), *approval_by(pen)])
        assert (answer["ok"], answer["parked"]) == (True, [])
    finally:
        postgres_server.drop_database(name)
