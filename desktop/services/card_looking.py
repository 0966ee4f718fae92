"""The machine's look at a printed card, before the officer's own.

What lies in the viewer is judged, not what was ordered: both sides are seen, the seal is read and
verified, photo and texts are compared, and where the card lies on the desk's reader its chip is
read again. Every look is kept with its job, its findings and the digests of its pictures stand in
the journal, and of a card that didn't pass the marked pictures are kept too. Where a counter has no
viewer, cards are judged by eye, and the journal says so.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from desktop.cards.chip.profiles import ChipProfile
from desktop.cards.chip.tlv import ChipNotGenuine, ChipUnreadable
from desktop.cards.inspection import inspect_pictures
from desktop.cards.inspection.facts import Brought, CardVerdict, Inspection
from desktop.device_hub import DESK_READER
from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.errors import Problem
from desktop.domain.officer import Actor
from desktop.domain.stock import CardLook, Job
from desktop.services.base import Frame
from desktop.services.cardmaker import CardMaker
from desktop.services.sealing import Sealing
from devices.card_viewer import Hint
from devices.device import DeviceKind
from devices.errors import DeviceFault

WAITING = 60.0
"""Seconds in which an officer brings a card from the tray to the viewer."""
ASKING = 2.0
READING = 30.0


class NoFinishedCard(Problem):
    """The case has no finished card that could be looked at."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One look: what was found, and how it stands in the job."""

    application: Application
    inspection: Inspection
    look: CardLook


class CardLooks:
    """Looks at finished cards."""

    def __init__(self, frame: Frame, maker: CardMaker, sealing: Sealing) -> None:
        self._frame = frame
        self._maker = maker
        self._sealing = sealing

    @property
    def possible(self) -> bool:
        """Whether this counter has a viewer, connected or not."""
        return self._frame.hub.has(DeviceKind.CARD_VIEWER)

    def look(
        self,
        by: Actor,
        application_id: str,
        serial: str = "",
        cancel: threading.Event | None = None,
        hint: Hint | None = None,
    ) -> Looked:
        """Wait for the card, see it, judge it, keep what was found.

        `serial` is what an officer scanned from the card; `hint` hears when it is to be turned.
        Runs on the viewer's lane. Raises NoFinishedCard, NotChosen, and the viewer's faults; then
        nothing is kept.
        """
        frame = self._frame
        with frame.ledger.reading() as r:
            app = r.get(Application, application_id)
            job = r.look(Job, app.job_id) if app.job_id else None
        if job is None or app.state is not S.PRINTED:
            raise NoFinishedCard
        ordered = self._maker.ordered(app)
        with frame.hub.card_viewer() as viewer:
            views = viewer.look(app.blank_serial, timeout=WAITING, cancel=cancel, hint=hint)
        brought = self._brought(app, job, serial)
        now = frame.now()
        found = inspect_pictures(
            views.front, views.back, ordered, self._sealing.verifying_keys(now),
            at=now, brought=brought,
        )  # fmt: skip
        return self._kept(by, app, job, found, chip_read=brought.chip is not None)

    def _brought(self, app: Application, job: Job, serial: str) -> Brought:
        """The plastic's own side: the chip is read again where the card lies on the reader."""
        nothing = Brought(serial=serial)
        hub = self._frame.hub
        if not hub.has(DESK_READER):
            return nothing
        try:
            with hub.desk_reader() as reader:
                if not reader.card_present(timeout=ASKING):
                    return nothing
                uid = reader.uid(timeout=ASKING).hex()
                chip = self._maker.chip.read(reader, timeout=READING)
            told = self._maker.chip.told(chip)
            portrait, torn = _portrait(self._maker.chip, chip)
        except ChipUnreadable:
            return Brought(serial=serial, chip=b"", chip_ordered=self._maker.chip_image(app))
        except DeviceFault:
            return nothing
        return Brought(
            chip=chip,
            chip_ordered=self._maker.chip_image(app),
            chip_told=told,
            chip_portrait=portrait,
            chip_torn=torn,
            chip_uid=uid,
            chip_uid_ordered=job.chip_uid,
            serial=serial,
        )

    def _kept(
        self, by: Actor, app: Application, job: Job, found: Inspection, *, chip_read: bool
    ) -> Looked:
        frame = self._frame
        failed = tuple(dict.fromkeys(str(finding.check) for finding in found.faults))
        with frame.ledger.acting(by) as w:
            kept: tuple[str, ...] = ()
            if found.verdict is not CardVerdict.GOOD:
                shown = [picture for picture in (found.front, found.back) if picture]
                kept = tuple(w.put_blob(picture, "image/jpeg") for picture in shown)
            look = CardLook(
                at=frame.now(),
                officer=by.officer,
                verdict=str(found.verdict),
                findings=failed,
                front=found.front_digest,
                back=found.back_digest,
                kept=kept,
                chip_read=chip_read,
            )
            current = w.get(Job, job.id)
            w.change(current, looks=(*current.looks, look))
            w.record(
                "inspection.looked",
                app.id,
                {
                    "serial": app.blank_serial,
                    "verdict": look.verdict,
                    "findings": list(failed),
                    "front": look.front,
                    "back": look.back,
                    "chip_read": chip_read,
                    "tries": len(current.looks) + 1,
                },
            )
        return Looked(app, found, look)


def _portrait(profile: ChipProfile, chip: bytes) -> tuple[bytes, str]:
    """The chip's portrait; and the part of it that contradicts its others, if one does."""
    try:
        return profile.said(chip).portrait, ""
    except ChipNotGenuine as torn:
        return b"", torn.part
    except ChipUnreadable:
        return b"", ""  # its facts are judged as they stand
