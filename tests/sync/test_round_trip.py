"""What one counter does is at the centre once, and at the next counter after its exchange."""

from __future__ import annotations

from desktop.domain.application import Application
from desktop.domain.person import Person
from desktop.domain.requirements import RequirementKind
from desktop.services.sync_facts import LineState
from tests.central.rigs.centre import CentreRig
from tests.sync.counters import exchange
from tests.walks.making import ready
from tests.walks.steps import registered
from tests.walks.test_changes_told import stored
from tests.walks.world import World


def test_a_day_is_at_the_centre_and_at_the_next_counter(
    counter: World, other: World, centre: CentreRig
) -> None:
    exchange(counter)
    counter.sign_in("andi")
    app = ready(counter, 1)
    counter.desk.handover.hand_over(counter.by, app.id, app.blank_serial)

    facts = exchange(counter)
    assert (facts.state, facts.waiting, facts.parked, facts.word) == (LineState.UP, 0, 0, "")
    head = counter.desk.ledger.store
    with counter.desk.ledger.reading() as r:
        assert centre.ask(
            "SELECT count(*), max(seq) FROM centre.journal WHERE counter = '1374-L3'"
        ) == [(r.head().seq, r.head().seq)]
    assert head is not None

    facts = exchange(other)
    assert (facts.state, facts.parked) == (LineState.UP, 0)
    with other.desk.ledger.reading() as r:
        assert r.get(Application, app.id).state == "closed"
        person = r.first(Person, nik=app.nik)
        assert person is not None
        assert r.search_people(app.applicant.name) == [person.id]
    mine = stored(counter)
    theirs = {key: row for key, row in stored(other).items() if key in mine}
    assert theirs == mine


def test_a_mended_number_is_used_at_the_centre_too(counter: World, centre: CentreRig) -> None:
    exchange(counter)
    counter.sign_in("andi")
    app = registered(counter, counter.people[1])
    kind, today = RequirementKind.MEDICAL_CERT, counter.desk.frame.today()
    for number in ("KES-1", "KES-2"):
        counter.desk.requirements.type_in(counter.by, app.id, kind, number, today, "Klinik Contoh")
        assert exchange(counter).parked == 0
        assert centre.ask(
            f"SELECT owner FROM centre.taken_keys WHERE value = '{kind}|{number}'"
        ) == [(app.id,)]
