"""At most one valid licence for a person and class in the country, and never a silent second."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from db import central_admin
from tests.central.rigs.centre import CentreRig
from tests.central.rigs.pen import ANDI, Pen, Sheet, change, new

pytestmark = pytest.mark.central

NIK = "3175046302049665"


def push(centre: CentreRig, pen: Pen, *sheets: Sheet) -> dict[str, Any]:
    with centre.line(pen.counter) as line:
        answer = pen.send(line, sheets)
    assert answer.get("ok") is True, answer
    return answer


def person(pen: Pen, key: str, nik: str = NIK) -> Sheet:
    return pen.write("person", key, changes=[new("persons", key, nik=nik)])


def licence(
    key: str, who: str, case: str = "", day: str = "2026-03-02", **fields: Any
) -> dict[str, Any]:
    row = {
        "person_id": who, "licence_class": "C", "status": "valid", "application_id": case,
        "issued_on": day, "superseded": {}, "blank_serial": f"S-{key}", **fields,
    }  # fmt: skip
    return new("licences", key, **row)


def standing(centre: CentreRig) -> dict[str, str]:
    return dict(centre.ask("SELECT id, row ->> 'status' FROM centre.licences"))


def valid(centre: CentreRig) -> list[str]:
    """Valid licences by person and class that are more than one."""
    found = centre.ask(
        "SELECT p.row ->> 'nik', l.row ->> 'licence_class', count(*) FROM centre.licences l"
        " JOIN centre.persons p ON p.office = l.office AND p.id = l.row ->> 'person_id'"
        " WHERE l.row ->> 'status' = 'valid' GROUP BY 1, 2 HAVING count(*) > 1"
    )
    return [row[0] for row in found]


def slots(centre: CentreRig) -> list[tuple[Any, ...]]:
    return centre.ask(
        "SELECT nik, licence_class, licence_id, office FROM centre.licence_slots ORDER BY 1, 2"
    )


def incidents(centre: CentreRig) -> list[tuple[Any, ...]]:
    return centre.ask("SELECT kind, subject, offices, detail FROM centre.incidents")


def test_a_first_licence_takes_its_place(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    push(
        centre,
        pen,
        person(pen, "p"),
        pen.write("licence.issued", "l1", changes=[licence("l1", "p")]),
    )
    assert slots(centre) == [(NIK, "C", "l1", "1374")]


def test_a_renewal_ends_its_predecessor_in_the_same_act(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    push(
        centre, pen, person(pen, "p"),
        pen.write("records", changes=[licence("l1", "p", day="2021-03-02")]),
        pen.write("licence.issued", "l2", changes=[
            change("licences", "l1", 1, status="superseded"),
            licence("l2", "p", superseded={"l1": "valid"}),
        ]),
    )  # fmt: skip
    assert slots(centre) == [(NIK, "C", "l2", "1374")]
    assert standing(centre) == {"l1": "superseded", "l2": "valid"}
    assert incidents(centre) == []


def test_an_undone_issue_gives_the_place_back(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    push(
        centre, pen, person(pen, "p"),
        pen.write("records", changes=[licence("l1", "p", day="2021-03-02")]),
        pen.write("licence.issued", "l2", changes=[
            change("licences", "l1", 1, status="superseded"),
            licence("l2", "p", superseded={"l1": "valid"}),
        ]),
        pen.write("licence.undone", "l2", changes=[change("licences", "l2", 1, status="revoked")]),
        pen.write("licence.restored", "l1", changes=[change("licences", "l1", 2, status="valid")]),
    )  # fmt: skip
    assert standing(centre) == {"l1": "valid", "l2": "revoked"}
    assert slots(centre) == [(NIK, "C", "l1", "1374")]
    assert incidents(centre) == []


@pytest.mark.parametrize("word", ["valid", "flagged", "superseded"])
def test_what_the_centre_revoked_stays_revoked_whatever_a_counter_says(
    centre: CentreRig, word: str
) -> None:
    """A counter that was away flags, clears or ends a licence of which it didn't hear."""
    pen = Pen("1374-L3")
    push(
        centre, pen, person(pen, "p"),
        pen.write("licence.issued", "l1", changes=[licence("l1", "p")]),
    )  # fmt: skip
    with centre.admin() as admin:
        assert central_admin.put_revocation(admin, "licence", "l1", "2026-03-02T00:00:00Z")
        assert not central_admin.put_revocation(admin, "licence", "l1", "2026-03-02T00:00:00Z")
    answer = push(
        centre, pen, pen.write("licence.said", "l1", changes=[
            change("licences", "l1", 1, status=word)
        ]),
    )  # fmt: skip
    assert answer["parked"] == [], "it happened there: nobody has anything to decide"
    assert standing(centre) == {"l1": "revoked"}
    assert slots(centre) == []
    assert incidents(centre) == []


def test_after_a_revocation_there_is_room_for_a_new_licence_at_any_office(
    centre: CentreRig,
) -> None:
    here, there = Pen("1374-L3"), Pen("3275-L1")
    push(
        centre, here, person(here, "p1"),
        here.write("licence.issued", "l1", changes=[licence("l1", "p1")]),
    )  # fmt: skip
    with centre.admin() as admin:
        central_admin.put_revocation(admin, "licence", "l1", "2026-03-02T00:00:00Z")
    push(
        centre, there, person(there, "p2"),
        there.write("licence.issued", "l2", changes=[licence("l2", "p2", "case2")]),
    )  # fmt: skip
    assert standing(centre) == {"l1": "revoked", "l2": "valid"}
    assert slots(centre) == [(NIK, "C", "l2", "3275")]
    assert incidents(centre) == []


def second(centre: CentreRig, here: Pen, there: Pen) -> dict[str, Any]:
    """The same person gets a licence at two counters that didn't know of each other."""
    push(
        centre,
        here,
        person(here, "p1"),
        here.write("licence.issued", "l1", changes=[licence("l1", "p1")]),
    )
    return push(
        centre, there, person(there, "p2"),
        there.write("licence.issued", "l2", changes=[licence("l2", "p2", "case2")]),
    )  # fmt: skip


@pytest.mark.parametrize("other", ["1374-L4", "3275-L1"])
def test_a_second_licence_lands_flagged_and_both_offices_are_told(
    centre: CentreRig, other: str
) -> None:
    here, there = Pen("1374-L3"), Pen(other)
    answer = second(centre, here, there)
    assert answer["parked"] == []  # it was printed: a fact
    assert standing(centre) == {"l1": "valid", "l2": "flagged"}
    assert slots(centre) == [(NIK, "C", "l1", "1374")]
    kind, subject, offices, detail = incidents(centre)[0]
    assert (kind, subject) == ("second_licence", "l2")
    assert set(offices) == {"1374", there.office}
    assert detail["flagged"] == {
        "licence": "l2", "office": there.office, "application": "case2", "serial": "S-l2",
    }  # fmt: skip
    assert detail["standing"]["licence"] == "l1"
    for counter in (here.counter, there.counter):
        with centre.line(counter) as line:
            items = line.pull({"office": 0, "national": 0}, 500)["items"]
        told = [i["incident"] for i in items if i["type"] == "incident"]
        assert [t["subject"] for t in told] == ["l2"]
    # The maker gets its own licence back as it stands here.
    with centre.line(other) as line:
        items = line.pull({"office": 0, "national": 0}, 500)["items"]
    back = [i for i in items if i["type"] == "row" and i["id"] == "l2"]
    assert [(i["row"]["status"], i["version"], i["counter"]) for i in back] == [
        ("flagged", 1, None)
    ]


def test_what_happens_to_the_flagged_card_afterwards_lands_too(centre: CentreRig) -> None:
    here, there = Pen("1374-L3"), Pen("3275-L1")
    second(centre, here, there)
    # Its counter hadn't heard of the centre's doubt yet.
    answer = push(
        centre, there,
        there.write("handed", "l2", changes=[change("licences", "l2", 1, handed_over_at="now")]),
    )  # fmt: skip
    assert answer["parked"] == []
    row = centre.ask("SELECT row FROM centre.licences WHERE id = 'l2'")[0][0]
    assert (row["status"], row["handed_over_at"], row["version"]) == ("flagged", "now", 2)


def test_a_licence_renewed_elsewhere_ends_at_its_own_office(centre: CentreRig) -> None:
    here, there = Pen("1374-L3"), Pen("3275-L1")
    push(
        centre, here, person(here, "p1"),
        here.write("records", changes=[licence("l1", "p1", day="2021-03-02")]),
    )  # fmt: skip
    case = there.case(
        "2", person_id="p2", service="renewal", created_at="2026-03-02T01:00:00.000000Z"
    )
    push(
        centre, there, person(there, "p2"), case.register(),
        there.write("licence.issued", "l2", changes=[licence("l2", "p2", case.id)]),
    )  # fmt: skip
    assert standing(centre) == {"l1": "superseded", "l2": "valid"}
    assert slots(centre) == [(NIK, "C", "l2", "3275")]
    assert incidents(centre) == []
    with centre.line("1374-L3") as line:
        items = line.pull({"office": 0, "national": 0}, 500)["items"]
    told = [i for i in items if i["type"] == "row"]
    assert [(i["id"], i["row"]["status"], i["counter"]) for i in told] == [
        ("l1", "superseded", None)
    ]


@pytest.mark.parametrize(
    ("service", "created", "issued", "open_case"),
    [
        ("new_issue", "2026-03-02T01:00:00Z", "2021-03-02", False),  # there was one already
        ("class_upgrade", "2026-03-02T01:00:00Z", "2021-03-02", False),
        ("renewal", "2026-03-02T01:00:00Z", "2026-03-02", False),  # of the same day
        ("renewal", "2021-01-01T01:00:00Z", "2021-03-02", False),  # issued while this case waited
        ("renewal", "2026-03-02T01:00:00Z", "2021-03-02", True),  # its own case is still open
    ],
)
def test_otherwise_it_is_a_second_licence(
    centre: CentreRig, service: str, created: str, issued: str, open_case: bool
) -> None:
    here, there = Pen("1374-L3"), Pen("3275-L1")
    first = here.case("1", created_at="2020-01-01T00:00:00Z")
    sheets = [person(here, "p1")]
    if open_case:
        sheets.append(first.register())
    push(
        centre, here, *sheets,
        here.write("licence.issued", "l1", changes=[licence("l1", "p1", first.id, day=issued)]),
    )  # fmt: skip
    case = there.case("2", person_id="p2", service=service, created_at=created)
    push(
        centre, there, person(there, "p2"), case.register(),
        there.write("licence.issued", "l2", changes=[licence("l2", "p2", case.id)]),
    )  # fmt: skip
    assert standing(centre) == {"l1": "valid", "l2": "flagged"}
    assert len(incidents(centre)) == 1


def test_two_counters_at_the_same_moment(centre: CentreRig) -> None:
    """Whoever commits first has the slot; the other's card is flagged. Never two, never none."""
    pens = [Pen("1374-L3"), Pen("1374-L4"), Pen("3275-L1"), Pen("3275-L2")]
    rounds = 12
    for pen in pens:
        push(centre, pen, *(person(pen, f"p-{pen.counter}-{n}", f"nik{n}") for n in range(rounds)))
    barrier = threading.Barrier(len(pens))
    faults: list[BaseException] = []

    def work(pen: Pen) -> None:
        try:
            with centre.line(pen.counter) as line:
                for n in range(rounds):
                    key = f"l-{pen.counter}-{n}"
                    issued = pen.write(
                        "licence.issued", key, changes=[licence(key, f"p-{pen.counter}-{n}")]
                    )
                    barrier.wait(30)
                    assert pen.send(line, [issued])["ok"] is True
        except BaseException as fault:  # noqa: BLE001  told to the test below
            faults.append(fault)
            barrier.abort()

    threads = [threading.Thread(target=work, args=[pen]) for pen in pens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    counts = centre.ask(
        "SELECT row ->> 'status', count(*) FROM centre.licences GROUP BY 1 ORDER BY 1"
    )
    assert counts == [("flagged", rounds * 3), ("valid", rounds)]
    assert len(incidents(centre)) == rounds * 3
    assert valid(centre) == []


def test_a_parked_case_doesnt_hide_its_printed_card(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    case = pen.case("1", person_id="p")
    sheets = [person(pen, "p"), case.register()]
    wrong = pen.write(
        "application.inspect", case.id, officer=ANDI,
        changes=[
            licence("l1", "p", case.id),
            change("applications", case.id, 2, state="inspected"),
        ],
    )  # fmt: skip
    answer = push(centre, pen, *sheets, wrong)
    assert [p["reason"] for p in answer["parked"]] == ["workflow"]
    assert standing(centre) == {"l1": "valid"}
    assert slots(centre) == [(NIK, "C", "l1", "1374")]


def test_a_licence_of_somebody_unknown_still_lands(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    answer = push(
        centre, pen,
        pen.write("licence.issued", "l1", changes=[licence("l1", "nobody")]),
        pen.write("licence.issued", "l2", changes=[licence("l2", "nobody")]),
    )  # fmt: skip
    assert answer["parked"] == []
    assert standing(centre) == {"l1": "valid", "l2": "flagged"}


def test_a_change_of_a_licence_that_nobody_knows_waits(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    lost = pen.write("handed", "l9", changes=[change("licences", "l9", 1, handed_over_at="now")])
    answer = push(centre, pen, lost)
    assert [p["reason"] for p in answer["parked"]] == ["stale"]
