"""A file's sending-back while it is chosen: reasons, places and notes, kept at every field.

Whoever claimed the file goes on with it after a crash; nobody else does, for it is theirs. What is
asked over the screen is its officer's too.
"""

from __future__ import annotations

import dataclasses

import msgspec

from desktop.domain.application import ApplicationState as S
from desktop.domain.online import Mark, SentBackPoint
from desktop.domain.reasons import UploadedDocument
from desktop.presenters.asking import Asking
from desktop.presenters.kept import Keeper
from desktop.presenters.online_view import OnlineArea, OnlineView, OpenFile
from desktop.services.desk import Desk
from desktop.services.kept_work import APPLICATION, FILE, OFFICER, ONLINE_QUESTION


class FilesKept(Asking[OnlineView]):
    """The part of the online presenter that keeps."""

    question_form = ONLINE_QUESTION

    def __init__(self, desk: Desk, first: OnlineView) -> None:
        super().__init__(desk, first)
        self._file_work = Keeper(desk, FILE, self._unkept)
        self._file_kept = ""
        self._seen_by = ""
        """Who saw the lists last: what was refused was said to them."""

    def _keep(self) -> None:
        super()._keep()
        file = self.view.file
        if file is not None and file.of_another:
            file = None  # only looked at: what its officer chose stays
        if file is None or file.app.id != self._file_kept:
            # Laid back into the list, decided, or another one is open.
            self._file_work.tell(self._file_kept, {})
        self._file_kept = file.app.id if file is not None else ""
        if file is not None:
            self._file_work.tell(file.app.id, file_fields(file))

    def still_busy(self) -> bool:
        """Whether the screen is free for nothing yet; the key that was pressed then says so."""
        if self.view.doing:
            self.show(said=self.warn("online_screen.said.still_busy"))
        return bool(self.view.doing)

    def lay_aside(self) -> None:
        """Another officer works here now: an open file stays its officer's, with its choices."""
        file, session = self.view.file, self.desk.duty.session
        if session is None:
            return
        before, self._seen_by = self._seen_by, session.officer.id
        if before not in ("", session.officer.id) and self.view.area is OnlineArea.VERIFY:
            self.show(problem=None)  # it was said to whoever worked here before
        if file is None or file.of_another or file.app.state is not S.CLAIMED:
            return
        if file.app.claimed_by not in ("", session.officer.id):
            self.put_aside()

    def put_aside(self) -> None:
        """The open file is put away; what was chosen of it stays kept."""
        self._file_kept = ""
        super().show(file=None)

    def gone_on(self, file: OpenFile) -> OpenFile:
        """A file just read, with what its officer had chosen; on the store's lane."""
        fields = self._file_work.find(file.app.id)
        self._file_work.found(file.app.id, fields)
        if fields.get(OFFICER) != file.app.claimed_by or file.app.state is not S.CLAIMED:
            return file
        mark = fields.get("mark")
        return dataclasses.replace(
            file,
            composing=True,
            document=UploadedDocument(fields["document"]),
            points=msgspec.json.decode(fields["points"], type=tuple[SentBackPoint, ...]),
            mark=msgspec.json.decode(mark, type=Mark) if mark else None,
        )

    def type_note(self, text: str) -> None:
        """The note of this document's newest reason as far as it is typed; its field shows it."""
        file = self.view.file
        if file is not None and file.composing:
            self._quietly(file=with_note(file, text))


def with_note(file: OpenFile, text: str) -> OpenFile:
    """The file with this line on the newest reason of the document on show, if there is one."""
    mine = [point for point in file.points if point.reason.document is file.document]
    if not mine:
        return file
    points = tuple(dataclasses.replace(p, note=text) if p is mine[-1] else p for p in file.points)
    return dataclasses.replace(file, points=points)


def file_fields(file: OpenFile) -> dict[str, str]:
    """What is chosen of a file that is being sent back."""
    if not file.composing or file.app.state is not S.CLAIMED:
        return {}
    fields = {
        APPLICATION: file.app.id,
        OFFICER: file.app.claimed_by,
        "document": str(file.document),
        "points": msgspec.json.encode(file.points).decode(),
    }
    if file.mark is not None:
        fields["mark"] = msgspec.json.encode(file.mark).decode()
    return fields
