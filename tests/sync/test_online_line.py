"""Applications from home come over the line, and one counter works on each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import rfc8785

from db.central_portal import PortalLine, load_told
from desktop.batch.envelope import APPLICATIONS, open_envelope
from desktop.batch.lines import GoodLine, read_lines
from desktop.centre.setup import reason_rows, told_rows
from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import RoleMissing
from desktop.domain.offline import CaseElsewhere, CentreAway
from desktop.domain.online import SentBackPoint
from desktop.domain.reasons import SendBackReason
from desktop.keys.certificates import KeyRole
from desktop.presenters.cards import CardDesk
from desktop.presenters.online import Online
from desktop.presenters.supervisor import Supervisor
from desktop.presenters.sync import SyncDesk
from desktop.training.batch_maker import make_batch
from desktop.words import Words
from tests.central.rigs.centre import CentreRig
from tests.sync.counters import cut, exchange
from tests.walks.making import confirmed
from tests.walks.online_day import OnlineDay
from tests.walks.steps import acts, finished
from tests.walks.world import World
from ui.screens.online_words import file_state


@pytest.fixture
def portal(centre: CentreRig) -> Iterator[PortalLine]:
    with centre.admin() as conn:
        conn.execute("DROP ROLE IF EXISTS portal_test")
        conn.execute("CREATE ROLE portal_test LOGIN PASSWORD 'p' IN ROLE loket_portal")
        load_told(conn, told_rows(), reason_rows())
    line = PortalLine.open(centre.server.dsn(centre.database, "portal_test", "p"))
    yield line
    line.close()


@pytest.fixture
def filed(counter: World, other: World, portal: PortalLine, tmp_path: Path) -> tuple[GoodLine, ...]:
    """Two applicants filed from home, with their pictures."""
    exchange(counter, other)
    path = tmp_path / "batch.zip"
    make_batch(counter.desk, path, count=2, seed=7, faulty=0)
    desk = counter.desk
    with open_envelope(
        path, APPLICATIONS, trust=desk.profile.trust, role=KeyRole.PORTAL, at=desk.clock.now()
    ) as envelope:
        lines = tuple(line for line in read_lines(envelope) if isinstance(line, GoodLine))
    for line in lines:
        for document, sha in line.filing.pictures.items():
            portal.picture("1374", sha, line.pictures[document])
        assert "error" not in portal.submit("1374", line.text.decode())
    return lines


def test_files_from_home_arrive_once(
    counter: World, other: World, filed: tuple[GoodLine, ...], portal: PortalLine
) -> None:
    exchange(counter)
    exchange(other, counter)
    for world in (counter, other):
        rows = world.desk.online.waiting((S.RECEIVED,))
        assert [row.application.external_id for row in rows] == [
            line.filing.external_id for line in filed
        ]
        assert len(acts(world, "application.receive")) == (2 if world is counter else 0)
    app = counter.desk.online.waiting((S.RECEIVED,))[0].application
    assert set(counter.desk.online.pictures(app.id)) == set(filed[0].filing.pictures)
    assert portal.status(filed[0].filing.external_id)["percent"] == 40


def test_one_counter_claims_a_file_and_the_other_is_told_who(
    counter: World, other: World, filed: tuple[GoodLine, ...]
) -> None:
    exchange(counter, other)
    counter.sign_in("andi")
    other.sign_in("andi")
    app = counter.desk.online.waiting((S.RECEIVED,))[0].application
    with pytest.raises(CaseElsewhere):
        other.desk.online.claim(other.by, app.id)  # never without the centre's word
    claimed = other.desk.claims.claim_online(other.by, app.id)
    assert claimed.state is S.CLAIMED
    assert other.desk.online.pictures(app.id), "its pictures came along"
    with pytest.raises(CaseElsewhere) as refused:
        counter.desk.claims.claim_online(counter.by, app.id)
    assert refused.value.counter == "1374-L4"
    following = counter.desk.claims.claim_next_online(counter.by)
    assert following is not None
    assert following.id != app.id
    assert exchange(other, counter).parked == 0
    with counter.desk.ledger.reading() as r:
        assert r.get(Application, app.id).state is S.CLAIMED


def test_a_file_that_one_may_not_claim_stays_anybody_s(
    counter: World, other: World, filed: tuple[GoodLine, ...]
) -> None:
    """Whose duty it isn't is told before the centre is asked."""
    exchange(counter, other)
    counter.sign_in("rahmat")  # prints and packs
    app = counter.desk.online.waiting((S.RECEIVED,))[0].application
    with pytest.raises(RoleMissing):
        counter.desk.claims.claim_online(counter.by, app.id)
    with pytest.raises(RoleMissing):
        counter.desk.claims.claim_next_online(counter.by)
    assert not acts(counter, "case.taken")
    other.sign_in("andi")
    assert other.desk.claims.claim_online(other.by, app.id).state is S.CLAIMED


def test_a_file_that_went_on_elsewhere_is_passed_over_and_stays_anybody_s(
    counter: World, other: World, filed: tuple[GoodLine, ...]
) -> None:
    """It still stands in this counter's list when its officer asks for the next one."""
    exchange(counter, other)
    counter.sign_in("andi")
    app = counter.desk.online.waiting((S.RECEIVED,))[0].application
    counter.desk.claims.claim_online(counter.by, app.id)
    counter.desk.claims.pass_on(counter.by, counter.desk.online.verify(counter.by, app.id))
    exchange(counter)
    other.sign_in("andi")
    following = other.desk.claims.claim_next_online(other.by)
    assert following is not None
    assert following.id != app.id
    assert [held.application.id for held in other.desk.claims.held(ours=True)] == [following.id]


def points_of(online: Online) -> tuple[SentBackPoint, ...]:
    """What is chosen of the open file."""
    assert online.view.file is not None
    return online.view.file.points


def test_a_file_given_back_at_f5_is_no_longer_said_to_be_in_hand(
    counter: World, other: World, filed: tuple[GoodLine, ...]
) -> None:
    exchange(counter, other)
    counter.sign_in("andi")
    online, sync = Online(counter.desk), SyncDesk(counter.desk)
    online.enter()
    online.open_next()
    assert online.view.file is not None
    app = online.view.file.app
    online.compose()
    online.pick_reason(SendBackReason.PHOTO_OTHER_PERSON)
    online.leave()
    sync.give_back(app.id)
    assert sync.view.problem is None

    online.enter()
    assert online.view.file is None, "nothing can be done about it here"
    assert online.view.said is not None
    assert online.view.said.message_id == "online_screen.said.given_back"
    [line] = [line for line in online.view.files if line.app.id == app.id]
    words = Words.load("id")
    assert file_state(words, line).text == words("online_screen.state.given_back")

    online.open_file(app.id)
    assert [point.reason for point in points_of(online)] == [SendBackReason.PHOTO_OTHER_PERSON]
    online.send_back()
    assert online.view.problem is None
    assert exchange(counter, other).parked == 0
    assert stands(other, filed[0])[0] is S.SENT_BACK


def test_a_file_that_its_officer_took_to_another_counter_is_said_to_be_there(
    counter: World, other: World, filed: tuple[GoodLine, ...]
) -> None:
    exchange(counter, other)
    counter.sign_in("andi")
    app = counter.desk.claims.claim_next_online(counter.by)
    assert app is not None
    exchange(counter)
    counter.desk.claims.release(counter.by, app.id)
    exchange(other)
    other.sign_in("andi")
    there = Online(other.desk)
    there.open_file(app.id)
    assert there.view.problem is None
    exchange(other, counter)
    online = Online(counter.desk)
    online.enter()
    online.open_file(app.id)
    assert isinstance(online.view.problem, CaseElsewhere)
    assert online.view.file is None
    online.refresh()
    [line] = [line for line in online.view.files if line.app.id == app.id]
    words = Words.load("id")
    where = words("online_screen.state.elsewhere", counter="1374-L4")
    assert file_state(words, line).text == where


def test_without_a_line_no_file_is_claimed(
    counter: World, other: World, filed: tuple[GoodLine, ...]
) -> None:
    exchange(counter, other)
    other.sign_in("andi")
    cut(other)
    exchange(other)
    app = other.desk.online.waiting((S.RECEIVED,))[0].application
    with pytest.raises(CentreAway):  # nobody has it, and nobody can be asked
        other.desk.claims.claim_online(other.by, app.id)


def test_a_verified_file_goes_on_at_the_approver_s_and_the_printer_s_counter(
    counter: World, other: World, filed: tuple[GoodLine, ...]
) -> None:
    """Verified at one counter, approved at another, printed at the first again."""
    exchange(counter, other)
    counter.sign_in("andi")
    app = counter.desk.online.waiting((S.RECEIVED,))[0].application
    counter.desk.claims.claim_online(counter.by, app.id)
    app = counter.desk.online.verify(counter.by, app.id)
    counter.desk.claims.pass_on(counter.by, app)
    exchange(counter, other)

    other.sign_in("sri")
    with pytest.raises(CaseElsewhere):
        other.desk.approvals.approve(other.by, app.id)
    other.desk.claims.take_free(other.by, [app.id])
    app = other.desk.approvals.approve(other.by, app.id)
    other.desk.claims.pass_on(other.by, app)
    exchange(other, counter)

    counter.desk.claims.take_free(counter.by, [app.id])
    assert finished(counter, app).state is S.READY
    assert exchange(counter, other).parked == 0


def stands(world: World, line: GoodLine) -> tuple[S, int]:
    """How a filed application stands at a counter, and which of its filings counts."""
    with world.desk.ledger.reading() as r:
        app = r.first(Application, external_id=line.filing.external_id)
    assert app is not None
    return app.state, app.revision


def test_what_is_mended_or_cancelled_at_home_comes_to_whoever_has_the_case(
    counter: World, other: World, filed: tuple[GoodLine, ...], portal: PortalLine
) -> None:
    exchange(counter, other)
    counter.sign_in("andi")
    online, line = Online(counter.desk), filed[0]
    app = counter.desk.online.waiting((S.RECEIVED,))[0].application
    assert app.external_id == line.filing.external_id
    online.open_file(app.id)
    online.pick_reason(SendBackReason.PHOTO_OTHER_PERSON)
    online.send_back()
    assert online.view.problem is None
    exchange(counter, other)
    mended = rfc8785.dumps({**json.loads(line.text), "revision": 2}).decode()
    assert "error" not in portal.submit("1374", mended)
    assert exchange(other).parked == 0
    assert stands(other, line) == (S.RECEIVED, 2), "a case that nobody has is anybody's"

    assert exchange(counter).parked == 0
    online.open_file(app.id)
    assert exchange(counter, other).parked == 0
    wish: dict[str, str | int] = {
        "kind": "cancellation", "external_id": app.external_id, "nik": app.nik,
        "cancelled_at": "2026-03-02T01:00:00Z",
    }  # fmt: skip
    assert "error" not in portal.submit("1374", rfc8785.dumps(wish).decode())
    assert exchange(other).parked == 0
    assert stands(other, line) == (S.CLAIMED, 2), "loket 3 works on it, and is told"
    assert exchange(counter).parked == 0
    assert exchange(other).parked == 0
    assert stands(counter, line) == stands(other, line) == (S.CANCELLED, 2)
    assert portal.status(app.external_id)["reject_reason"] == "by_applicant"


def test_an_approver_sends_back_what_another_counter_verified_and_passed_on(
    counter: World, other: World, filed: tuple[GoodLine, ...]
) -> None:
    """Nobody mends it, and the first counter ends it, though it has given it on."""
    exchange(counter, other)
    counter.sign_in("andi")
    app = counter.desk.online.waiting((S.RECEIVED,))[0].application
    counter.desk.claims.claim_online(counter.by, app.id)
    app = counter.desk.online.verify(counter.by, app.id)
    counter.desk.claims.pass_on(counter.by, app)
    exchange(counter, other)

    other.sign_in("sri")
    supervisor = Supervisor(other.desk)
    supervisor.enter(app.id)
    supervisor.refuse(SendBackReason.PHOTO_OTHER_PERSON, "")
    assert supervisor.view.problem is None
    exchange(other, counter)
    assert stands(counter, filed[0]) == (S.SENT_BACK, 1)

    counter.clock.advance(90 * 86_400)
    counter.sign_in("bambang")
    assert exchange(counter).parked == 0
    online = Online(counter.desk)
    online.end_unmended(app.id)
    assert online.view.problem is None
    assert exchange(counter, other).parked == 0
    assert stands(other, filed[0])[0] is S.EXPIRED


def test_a_file_that_was_mended_while_its_end_was_asked_for_is_anybody_s(
    counter: World, other: World, filed: tuple[GoodLine, ...], portal: PortalLine
) -> None:
    exchange(counter, other)
    counter.sign_in("andi")
    app = counter.desk.online.waiting((S.RECEIVED,))[0].application
    online = Online(counter.desk)
    online.open_file(app.id)
    online.pick_reason(SendBackReason.PHOTO_OTHER_PERSON)
    online.send_back()
    counter.clock.advance(90 * 86_400)
    counter.sign_in("bambang")
    exchange(counter, other)
    mended = rfc8785.dumps({**json.loads(filed[0].text), "revision": 2}).decode()
    assert "error" not in portal.submit("1374", mended)
    online.end_unmended(app.id)
    assert stands(counter, filed[0]) == (S.RECEIVED, 2)
    exchange(counter, other)
    other.sign_in("andi")
    assert other.desk.claims.take(other.by, app.id).id == app.id


def test_a_case_from_the_desk_is_refused_elsewhere_and_free_again(
    counter: World, other: World
) -> None:
    """The applicant stands where it was made."""
    exchange(counter, other)
    counter.sign_in("andi")
    app = confirmed(counter, 1)
    exchange(counter)
    counter.desk.claims.release(counter.by, app.id)
    exchange(other)
    other.sign_in("sri")
    supervisor = Supervisor(other.desk)
    supervisor.enter(app.id)
    supervisor.refuse(SendBackReason.PHOTO_OTHER_PERSON, "")
    assert supervisor.view.problem is None
    exchange(other, counter)
    assert counter.desk.claims.take(counter.by, app.id).state is S.CAPTURED


def test_what_was_asked_for_and_not_used_is_given_back_in_failure_too(
    counter: World, other: World
) -> None:
    exchange(counter, other)
    counter.sign_in("andi")
    mine, free = confirmed(counter, 1), confirmed(counter, 2)
    exchange(counter)
    counter.desk.claims.release(counter.by, free.id)
    with (
        pytest.raises(CentreAway),
        counter.desk.claims.borrowed(counter.by, [mine.id, free.id]),
    ):
        raise CentreAway(since=None)
    exchange(counter, other)
    other.sign_in("andi")
    assert other.desk.claims.take(other.by, free.id).id == free.id
    with pytest.raises(CaseElsewhere):
        other.desk.claims.take(other.by, mine.id)


def test_a_file_whose_card_was_corrected_by_who_may_not_verify_is_taken_at_another_counter(
    counter: World, other: World, filed: tuple[GoodLine, ...]
) -> None:
    exchange(counter, other)
    day = OnlineDay(counter)
    counter.sign_in("andi")
    app = counter.desk.online.waiting((S.RECEIVED,))[0].application
    counter.desk.claims.claim_online(counter.by, app.id)
    check = counter.desk.online.pre_check(app.id)
    counter.desk.online.verify(
        counter.by, app.id, override="photo_check_mistaken" if check.doubtful else ""
    )
    counter.sign_in("sri")
    counter.desk.approvals.approve(counter.by, app.id)
    day.made(app.id)
    cards = CardDesk(counter.desk)
    cards.enter(app.id)
    cards.begin_correction()
    cards.field_changed("occupation", "PETANI")
    cards.compare()
    cards.correct()
    assert cards.view.problem is None
    exchange(counter, other)
    other.sign_in("andi")
    claimed = other.desk.claims.claim_online(other.by, app.id)
    assert (claimed.state, claimed.applicant.occupation) == (S.CLAIMED, "PETANI")
    assert exchange(other, counter).parked == 0
