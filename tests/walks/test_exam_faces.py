"""Who sat the tests is laid beside who sits at the counter: somebody else is seen, never judged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.domain.application import Application, PictureAway
from desktop.domain.reasons import CancelReason
from desktop.domain.requirements import RequirementKind as K
from desktop.domain.service import Service
from desktop.outside.simulators import Manner, OutsideSimulator
from desktop.pictures import encode_png, open_picture
from desktop.services.centre_rows import RowSense
from desktop.services.likeness import FaceSheet, FaceSource, FaceVerdict
from desktop.services.likeness import sat_by_another as sat_by
from desktop.services.reviews import Remark
from desktop.training.stage import portrait
from tests.walks.making import witness
from tests.walks.steps import A, after_tests, captured, case, checked, paid, registered
from tests.walks.test_retention import later, told_to_the_centre
from tests.walks.world import World

EXAMS = {FaceSource.THEORY_TEST, FaceSource.PRACTICAL_TEST}


def outside(world: World) -> OutsideSimulator:
    assert isinstance(world.desk.outside, OutsideSimulator)
    return world.desk.outside


def started(world: World) -> Application:
    """A new A whose papers are all there."""
    world.sign_in("andi")
    return checked(world, registered(world, world.people[1], Service.NEW_ISSUE, A))


def examined(world: World) -> Application:
    """A new A whose tests were sat; the counter's photo is taken."""
    return captured(world, paid(world, after_tests(world, started(world))), world.people[1])


def sheet_of(world: World, app: Application) -> FaceSheet:
    return world.desk.likenesses.sheet(app.id)


def scores(sheet: FaceSheet) -> dict[FaceSource, int]:
    return {face.source: face.score for face in sheet.faces if face.score is not None}


def test_the_pictures_of_the_tests_stand_beside_the_photo(world: World) -> None:
    app = examined(world)
    sheet = sheet_of(world, app)
    told = [face.source for face in sheet.faces]
    assert told[0] is FaceSource.CAPTURE
    assert set(told) >= EXAMS
    assert told.index(FaceSource.THEORY_TEST) < told.index(FaceSource.PRACTICAL_TEST)
    assert set(scores(sheet)) >= EXAMS
    sight = world.desk.reviews.sight(case(world, app))
    assert sight.exam
    assert sight.exam_score == min(scores(sheet)[each] for each in EXAMS)


def test_somebody_else_who_sat_a_test_is_there_to_be_seen(world: World) -> None:
    outside(world).manners[K.THEORY_TEST] = Manner.ANOTHER_FACE
    app = examined(world)
    found = scores(sheet_of(world, app))
    assert found[FaceSource.THEORY_TEST] < found[FaceSource.PRACTICAL_TEST]
    assert app.tests_passed, "the program decides nothing"
    sight = world.desk.reviews.sight(case(world, app))
    assert sight.exam_score == found[FaceSource.THEORY_TEST]


@pytest.mark.parametrize("verdict", [FaceVerdict.SAME, FaceVerdict.UNSURE, FaceVerdict.ANOTHER_SAT])
def test_what_an_officer_saw_in_the_faces_is_told_to_the_approver(
    world: World, verdict: FaceVerdict
) -> None:
    app = examined(world)
    world.desk.likenesses.judge(world.by, sheet_of(world, app), verdict, "tests")
    world.desk.intake.confirm_data(world.by, app.id)
    [review] = world.desk.reviews.waiting(witness(world, "sri"))
    assert (Remark.FACES_DOUBTED in review.remarks) == (verdict is not FaceVerdict.SAME)


def test_a_test_that_another_sat_isn_t_shown_as_passed_until_it_is_sat_again(world: World) -> None:
    app = after_tests(world, started(world))
    assert not any(sat_by_another(world, app))
    world.desk.likenesses.judge(world.by, sheet_of(world, app), FaceVerdict.ANOTHER_SAT, "tests")
    app = case(world, app)
    sat = {one.kind for one in app.exam_photos}
    assert sat_by_another(world, app) == sat
    [theory] = (one for one in app.exam_photos if one.kind == K.THEORY_TEST)
    others = tuple(one for one in app.exam_photos if one is not theory)
    again = replace(app, exam_photos=(*others, replace(theory, picture="another")))
    assert sat_by_another(world, again) == sat - {K.THEORY_TEST}
    world.desk.likenesses.judge(world.by, sheet_of(world, app), FaceVerdict.SAME, "tests")
    assert not sat_by_another(world, app), "it was looked at again"


def sat_by_another(world: World, app: Application) -> frozenset[str]:
    with world.desk.ledger.reading() as r:
        return sat_by(r, world.desk.frame.counter, app)


def test_a_retake_shows_who_sat_last(world: World) -> None:
    outside(world).manners[K.THEORY_TEST] = Manner.ANOTHER_FACE
    outside(world).scores[world.people[1].nik, K.THEORY_TEST] = 20
    app = started(world)
    world.take_over("dewi")
    world.desk.exams.fetch(world.by, app.id, K.THEORY_TEST)
    (stranger,) = case(world, app).exam_photos
    outside(world).manners.clear()
    outside(world).scores.clear()
    world.clock.advance(15 * 24 * 3600.0)
    world.sign_in("andi")
    world.take_over("dewi")
    world.desk.exams.fetch(world.by, app.id, K.THEORY_TEST)
    (last,) = case(world, app).exam_photos
    assert last.kind == K.THEORY_TEST
    assert last.picture != stranger.picture


def test_a_picture_is_kept_small_and_without_its_past_and_a_broken_one_hinders_nothing(
    world: World,
) -> None:
    person = world.people[1]
    app = started(world)
    world.take_over("dewi")
    big = encode_png(open_picture(portrait(person)).resize((1200, 1600)))
    outside(world).sitters[person.nik] = lambda kind: big if kind is K.THEORY_TEST else b"no image"
    for kind in world.desk.exams.needed(app):
        world.desk.exams.fetch(world.by, app.id, kind)
    (kept,) = case(world, app).exam_photos
    assert kept.kind == K.THEORY_TEST
    with world.desk.ledger.reading() as r:
        picture = open_picture(r.blob(kept.picture))
    assert max(picture.size) <= 640
    assert not picture.getexif()
    assert world.desk.exams.pass_step(world.by, app.id).tests_passed


def test_faces_that_arent_here_are_left_out(world: World) -> None:
    app = examined(world)
    with world.desk.ledger.acting(world.by) as w:
        now = w.get(Application, app.id)
        away = tuple(replace(one, picture="0" * 64) for one in now.exam_photos)
        w.change(now, photo="0" * 64, exam_photos=away)
        w.record("test.away", app.id, {})
    assert not {FaceSource.CAPTURE, *EXAMS} & {face.source for face in sheet_of(world, app).faces}


def test_another_counter_asks_for_them_with_the_case_and_for_none_of_an_ended_one() -> None:
    told = [{"kind": "theory_test", "picture": "ab" * 32}]
    row = {"photo": "cd" * 32, "exam_photos": told, "state": "captured"}
    assert list(RowSense().pictures("applications", row)) == ["cd" * 32, "ab" * 32]
    assert list(RowSense().pictures("applications", row | {"state": "closed"})) == []


def test_they_leave_with_the_case(world: World) -> None:
    app = examined(world)
    kept = case(world, app).exam_photos
    assert len(kept) == 3
    world.desk.intake.cancel(world.by, app.id, CancelReason.BY_APPLICANT)
    told_to_the_centre(world)
    later(world, 40)
    world.desk.duty.sign_out()
    world.sign_in("bambang")
    assert world.desk.retention.leave(world.by) == 1
    with world.desk.ledger.reading() as r:
        for one in kept:
            with pytest.raises(PictureAway):
                r.blob(one.picture)
