"""A file's sending-back half chosen: kept at every field, opened again for its officer alone."""

from __future__ import annotations

from desktop.domain.application import Draft
from desktop.domain.reasons import SendBackReason, UploadedDocument
from desktop.presenters.online import Online
from desktop.services.kept_work import subject_of
from tests.walks.online_day import OnlineDay, batch
from tests.walks.world import World


def kept(world: World) -> list[Draft]:
    with world.desk.ledger.reading() as r:
        return r.find(Draft)


def test_reasons_places_and_notes_stand_there_after_a_kill(world: World) -> None:
    day = OnlineDay(world)
    world.sign_in("andi")
    presenter = Online(world.desk)
    presenter.enter()
    presenter.import_file(batch(world, 4, seed=5))
    presenter.close_report()
    presenter.open_file(presenter.view.files[0].app.id)
    assert kept(world) == [], "claimed is on record already"
    presenter.compose()
    presenter.show_document(UploadedDocument.PHOTO)
    presenter.pick_reason(SendBackReason.PHOTO_OTHER_PERSON)
    presenter.mark((0.1, 0.2, 0.3, 0.4))
    presenter.type_note("Wajah berb")
    before = presenter.view.file
    assert before is not None
    presenter.close()

    world.sign_in("dewi")
    assert world.desk.kept_work.begun(world.by) == [], "it is Andi's file"
    world.sign_in("bambang")
    looking = Online(world.desk)
    looking.enter(before.app.id)
    seen = looking.view.file
    assert seen is not None
    assert (seen.of_another, seen.composing) == ("Bripka Andi Pratama", False)
    looking.close_file()
    looking.close()
    world.sign_in("andi")
    [draft] = world.desk.kept_work.begun(world.by)
    again = Online(world.desk)
    again.enter(subject_of(draft))
    now = again.view.file
    assert now is not None
    assert (now.app.id, now.composing, now.document) == (before.app.id, True, before.document)
    assert now.points == before.points
    assert now.points[-1].note == "Wajah berb"
    assert now.mark == (0.1, 0.2, 0.3, 0.4)
    again.send_back()
    assert day.app(now.app.id).sent_back[-1].note == "Wajah berb"
    assert kept(world) == []


def test_a_file_laid_back_leaves_nothing_behind(world: World) -> None:
    world.sign_in("andi")
    presenter = Online(world.desk)
    presenter.enter()
    presenter.import_file(batch(world, 4, seed=5))
    presenter.open_file(presenter.view.files[0].app.id)
    presenter.compose()
    presenter.pick_reason(SendBackReason.PHOTO_OTHER_PERSON)
    assert len(kept(world)) == 1
    presenter.close_file()
    assert kept(world) == []


def test_the_same_file_opened_again_and_another_officer_leave_the_choices(world: World) -> None:
    """By its number while it is open; and when somebody else sits down for a while."""
    world.sign_in("andi")
    presenter = Online(world.desk)
    presenter.enter()
    presenter.import_file(batch(world, 4, seed=5))
    presenter.open_file(presenter.view.files[0].app.id)
    presenter.compose()
    presenter.pick_reason(SendBackReason.PHOTO_OTHER_PERSON)
    before = presenter.view.file
    assert before is not None
    presenter.enter(before.app.id)
    assert presenter.view.file == before
    assert len(kept(world)) == 1
    world.sign_in("dewi")
    presenter.enter()
    assert presenter.view.file is None, "what Andi chooses is Andi's"
    presenter.close_file()
    assert len(kept(world)) == 1
    world.sign_in("andi")
    presenter.enter(before.app.id)
    assert presenter.view.file is not None
    assert presenter.view.file.points == before.points
