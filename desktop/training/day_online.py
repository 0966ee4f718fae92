"""Files from home: taken in, looked at one by one, verified or sent back, and approved."""

from __future__ import annotations

from pathlib import Path

from desktop.domain.application import ApplicationState as S
from desktop.domain.online import ImportReport
from desktop.domain.reasons import OverrideReason, SendBackReason
from desktop.presenters.online import Online
from desktop.presenters.online_view import FileFilter, OpenFile
from desktop.training.batch_maker import Flaw
from desktop.training.day import FAULTY, FILES, PORTAL, Day, OffScript
from desktop.training.day_approve import sign_waiting

ANSWERS = "answers.zip"

SEEN = {
    Flaw.BACKGROUND: SendBackReason.PHOTO_BACKGROUND,
    Flaw.EYES_CLOSED: SendBackReason.PHOTO_EYES_CLOSED,
    Flaw.DARK: SendBackReason.PHOTO_DARK,
    Flaw.BLURRED: SendBackReason.PHOTO_BLURRED,
    Flaw.SIGNATURE_UNCLEAR: SendBackReason.SIGNATURE_UNCLEAR,
    Flaw.MEDICAL_EXPIRED: SendBackReason.MEDICAL_CERT_EXPIRED,
    Flaw.DATA_MISMATCH: SendBackReason.RECORD_MISMATCH,
    Flaw.WRONG_CLASS: SendBackReason.OLD_LICENCE_OTHER_CLASS,
}
"""What the officer's eye finds where the checks propose nothing."""


def take_in(day: Day) -> None:
    """The portal's signed file is imported, whole."""
    day.sign_in("dewi")
    desk = Online(day.desk)
    desk.enter()
    path: Path = day.folder / PORTAL
    day.press(desk, desk.import_file, path)
    report = desk.view.report
    if not isinstance(report, ImportReport) or len(report.taken) != FILES:
        raise OffScript(f"the portal's file: {report!r}")
    desk.close_report()
    day.tell("imported", count=len(report.taken))
    desk.leave()
    desk.close()


def verify(day: Day) -> None:
    """Dewi opens file after file; what is faulty goes back with reasons and marks."""
    desk = Online(day.desk)
    desk.enter()
    verified = back = 0
    for _ in range(FILES):
        day.press(desk, desk.open_next)
        file = desk.view.file
        if file is None:
            raise OffScript("no file waits")
        flaw = day.filed[file.app.external_id].flaw
        day.spend(40)
        if flaw is None:
            doubtful = file.check.doubtful
            override = str(OverrideReason.PHOTO_CHECK_MISTAKEN) if doubtful else ""
            day.press(desk, desk.verify, override)
            verified += 1
        else:
            _send_back(day, desk, file, flaw)
            back += 1
    day.tell("verified", verified=verified, back=back)
    if back != FAULTY:
        raise OffScript(f"{back} files were sent back")
    desk.leave()
    desk.close()


def _send_back(day: Day, desk: Online, file: OpenFile, flaw: Flaw) -> None:
    """Reasons as the checks propose them, or what the officer's eye finds; a notice on paper."""
    day.press(desk, desk.compose)
    shown = desk.view.file
    if shown is not None and not shown.points:
        desk.show_document(SEEN[flaw].document)
        day.press(desk, desk.pick_reason, SEEN[flaw])
        shown = desk.view.file
    reasons = () if shown is None else tuple(point.reason for point in shown.points)
    day.press(desk, desk.send_back, takes=20)
    day.press(desk, desk.open_file, file.app.id)
    day.press(desk, desk.print_notice)
    day.bench.take_papers()
    desk.close_file()
    day.tell("sent_back", number=file.app.number, reasons=reasons)


def approve(day: Day) -> None:
    """Sri signs what waits; she made none of it."""
    day.sign_in("sri")
    day.tell("approved", count=sign_waiting(day))


def answers(day: Day) -> None:
    """How every file stands goes back to the portal, signed."""
    day.sign_in("dewi")
    desk = Online(day.desk)
    desk.enter()
    desk.filter_files(FileFilter.SENT_BACK)
    waiting = [line.app for line in desk.view.files if line.app.state is S.SENT_BACK]
    day.press(desk, desk.export_file, day.folder / ANSWERS)
    day.tell("answered", back=len(waiting))
    desk.leave()
    desk.close()
