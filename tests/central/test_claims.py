"""Who works on a case, and that an act made under a lost lease is found out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.central.rigs.centre import CentreRig
from tests.central.rigs.pen import BAMBANG, Case, Pen, Sheet

pytestmark = pytest.mark.central


def push(centre: CentreRig, pen: Pen, *sheets: Sheet) -> dict[str, Any]:
    with centre.line(pen.counter) as line:
        answer = pen.send(line, sheets)
    assert answer.get("ok") is True, answer
    return answer


def reasons(answer: dict[str, Any]) -> list[str]:
    return [p["reason"] for p in answer["parked"]]


def take(pen: Pen, case: str) -> Sheet:
    return pen.write("case.taken", case, content={"application": case})


def release(pen: Pen, case: str) -> Sheet:
    return pen.write("case.released", case, content={"application": case})


def expire(centre: CentreRig) -> None:
    centre.do("UPDATE centre.claims SET until = now() - interval '1 second'")


def lease(centre: CentreRig) -> tuple[Any, ...]:
    return centre.ask("SELECT counter, fence, released, until > now() FROM centre.claims")[0]


@pytest.fixture
def begun(centre: CentreRig) -> tuple[Pen, Case]:
    """A case that was registered at 1374-L3."""
    pen = Pen("1374-L3")
    case = pen.case("1")
    answer = push(centre, pen, case.register())
    assert [(c["application"], c["fence"]) for c in answer["claims"]] == [(case.id, 1)]
    return pen, case


def test_whoever_registers_has_the_lease(centre: CentreRig, begun: tuple[Pen, Case]) -> None:
    pen, case = begun
    assert lease(centre) == ("1374-L3", 1, False, True)
    assert reasons(push(centre, pen, case.step("check_requirements"))) == []
    with centre.line("1374-L3") as line:
        held = line.pull({"office": 0, "national": 0}, 10)["claims"]
    assert [(c["application"], c["fence"]) for c in held] == [(case.id, 1)]
    assert 14_000 < held[0]["seconds"] <= 14_400


def test_a_neighbour_cant_work_on_it(centre: CentreRig, begun: tuple[Pen, Case]) -> None:
    _, case = begun
    other = Pen("1374-L4")
    theirs = Case(other, case.id, {}, case.version, case.state)
    answer = push(centre, other, theirs.step("check_requirements"))
    assert reasons(answer) == ["claimed"]
    detail = answer["parked"][0]["detail"]
    assert (detail["counter"], detail["fence"]) == ("1374-L3", 1)
    assert reasons(push(centre, other, take(other, case.id))) == ["claimed"]
    # Who only asked has nothing to settle.
    waiting = centre.ask("SELECT seq FROM centre.parked WHERE resolved_by IS NULL")
    assert waiting == [(1,)]


def test_a_case_is_handed_on_with_a_higher_fence(
    centre: CentreRig, begun: tuple[Pen, Case]
) -> None:
    pen, case = begun
    other = Pen("1374-L4")
    push(centre, pen, release(pen, case.id))
    answer = push(centre, other, take(other, case.id))
    assert reasons(answer) == []
    assert [(c["application"], c["fence"]) for c in answer["claims"]] == [(case.id, 2)]
    theirs = Case(other, case.id, {}, case.version, case.state)
    assert (
        reasons(push(centre, other, theirs.step("check_requirements", fences={case.id: 2}))) == []
    )
    # The first counter, offline meanwhile, still believes in its own lease.
    late = case.step("check_requirements", fences={case.id: 1})
    assert reasons(push(centre, pen, late)) in (["fenced"], ["stale"])


def test_an_act_under_a_lost_lease_is_fenced(centre: CentreRig, begun: tuple[Pen, Case]) -> None:
    pen, case = begun
    other = Pen("1374-L4")
    expire(centre)
    push(centre, other, take(other, case.id))
    push(centre, other, release(other, case.id))
    answer = push(centre, pen, take(pen, case.id))
    assert [c["fence"] for c in answer["claims"]] == [3]
    # Made before the lease was lost, sent after it came back: the row fits, the fence doesn't.
    old = case.step("check_requirements", fences={case.id: 1})
    assert reasons(push(centre, pen, old)) == ["fenced"]
    case.version, case.state = 1, "registered"
    settled = pen.write(
        "conflict.accepted", case.id, officer=BAMBANG, content={"entry_id": old.entry_id}
    )
    now = case.step("check_requirements", fences={case.id: 3})
    assert reasons(push(centre, pen, settled, now)) == []


def test_without_a_fence_only_who_never_lost_the_case_is_believed(
    centre: CentreRig, begun: tuple[Pen, Case]
) -> None:
    pen, case = begun
    other = Pen("1374-L4")
    push(centre, pen, release(pen, case.id))
    push(centre, other, take(other, case.id))
    theirs = Case(other, case.id, {}, case.version, case.state)
    assert reasons(push(centre, other, theirs.step("check_requirements"))) == ["fenced"]


def test_an_expired_lease_still_holds_until_somebody_takes_it(
    centre: CentreRig, begun: tuple[Pen, Case]
) -> None:
    pen, case = begun
    expire(centre)
    assert reasons(push(centre, pen, case.step("check_requirements"))) == []
    assert lease(centre) == ("1374-L3", 1, False, True)
    expire(centre)
    other = Pen("1374-L4")
    assert reasons(push(centre, other, take(other, case.id))) == []
    assert lease(centre) == ("1374-L4", 2, False, True)


def test_a_released_case_waits_to_be_taken(centre: CentreRig, begun: tuple[Pen, Case]) -> None:
    pen, case = begun
    push(centre, pen, release(pen, case.id))
    assert reasons(push(centre, pen, case.step("check_requirements"))) == ["fenced"]


def test_being_heard_of_extends_every_lease(centre: CentreRig, begun: tuple[Pen, Case]) -> None:
    centre.do("UPDATE centre.claims SET until = now() + interval '1 minute'")
    centre.do("UPDATE centre.counters SET last_seen = now() - interval '5 minutes'")
    with centre.line("1374-L3") as line:
        held = line.pull({"office": 0, "national": 0}, 10)["claims"]
    assert held[0]["seconds"] > 14_000


def test_an_online_application_is_claimed_by_one_counter(centre: CentreRig) -> None:
    here, there = Pen("1374-L3"), Pen("1374-L4")
    case = here.case("1", channel="online", external_id="EXT1")
    push(centre, here, case.register())
    assert centre.ask("SELECT count(*) FROM centre.claims") == [(0,)]
    theirs = Case(there, case.id, {}, case.version, case.state)
    answer = push(centre, there, theirs.step("claim", to="claimed"))
    assert reasons(answer) == []
    assert [(c["application"], c["fence"]) for c in answer["claims"]] == [(case.id, 1)]
    mine = case.step("claim", to="claimed")
    after = case.step("verify", to="verified")
    assert reasons(push(centre, here, mine, after)) == ["claimed", "depends_on"]
    assert lease(centre) == ("1374-L4", 1, False, True)


def test_leases_of_ended_cases_arent_told_with_every_look(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    case = pen.case("1")
    push(centre, pen, *case.walk("make_ready"))
    with centre.line("1374-L3") as line:
        assert len(line.pull({"office": 0, "national": 0}, 10)["claims"]) == 1
    push(centre, pen, case.step("hand_over"))
    with centre.line("1374-L3") as line:
        assert line.pull({"office": 0, "national": 0}, 10)["claims"] == []
    # The case is still this counter's own.
    assert reasons(push(centre, pen, case.step("close", to="closed"))) == []


@pytest.mark.security
def test_another_office_cant_take_a_case(centre: CentreRig, begun: tuple[Pen, Case]) -> None:
    pen, case = begun
    push(centre, pen, release(pen, case.id))
    far = Pen("3275-L1")
    assert reasons(push(centre, far, take(far, case.id))) == ["claimed"]
    assert lease(centre)[0] == "1374-L3"


def test_a_claim_that_is_parked_for_another_reason_leaves_the_lease_alone(
    centre: CentreRig, begun: tuple[Pen, Case]
) -> None:
    pen, case = begun
    push(centre, pen, release(pen, case.id))
    other = Pen("1374-L4")
    asked = other.write("case.taken", case.id, officer="nobody")
    assert reasons(push(centre, other, asked)) == ["officer"]
    assert lease(centre) == ("1374-L3", 1, True, True)
