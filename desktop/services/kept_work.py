"""Work that was begun at a screen and that no act has taken yet, kept through a crash.

A returned parcel lies on the table and the blanks are half counted, whoever signs in next: so it is
the counter's, where the walk-in's drafts are an officer's own. Each piece is a row among the
drafts, named by the screen's form and what it is about; as with those, the journal hears of the act
alone. It lies in the encrypted store like everything, and goes with its act.
"""

from __future__ import annotations

from collections.abc import Mapping

from desktop.domain.application import Application, Draft
from desktop.domain.officer import Actor, Role
from desktop.ledger import Reading, Writing
from desktop.services.base import Frame
from desktop.services.counting import COUNTERS
from desktop.services.destruction import WITNESSES

RETURN = "return"
"""A parcel that came back, on show: by the id of its return."""
SEAL_PICTURE = "return.picture"
"""The envelope's picture, apart from what changes with every letter: by the same id."""
CLOSE = "close"
"""The close of a shift, by its id."""
CONSIGNMENT = "consignment"
"""Blanks that are being taken in; one consignment at a time."""
PILE = "pile"
"""Cards that are ticked to be destroyed, and how."""
FILE = "file"
"""A file from home that is being sent back, by its case's id; its officer alone goes on."""
PRINTING = "printing"
"""Approved files that are ticked to be printed, those of a batch that was broken off too."""
PACKING = "packing"
"""A card whose waybill isn't scanned yet, or a parcel whose label isn't printed."""
MANIFEST = "manifest"
"""A courier's parcels while they are counted, by hand or by scan."""
CLOCK = "clock"
"""Why a clock is right that was doubted, as far as it is typed: by the officer, asked by a key."""
TICKS = "ticks"
"""Cases that an approver passed over, or picked by hand: by the officer, who comes there anyway."""

WHOSE: Mapping[str, frozenset[Role]] = {
    RETURN: frozenset({Role.DISPATCH}),
    CLOSE: frozenset(COUNTERS),
    CONSIGNMENT: frozenset({Role.STOCK_KEEPER}),
    PILE: WITNESSES,
    FILE: frozenset(Role),
    PRINTING: frozenset({Role.PRODUCTION}),
    PACKING: frozenset({Role.DISPATCH}),
    MANIFEST: frozenset({Role.DISPATCH}),
}
"""Forms that open again at the sign-in, and the duties of which one lets an officer go on."""

_QUESTION = ".question"
STOCK_QUESTION = f"stock{_QUESTION}"
ONLINE_QUESTION = f"online{_QUESTION}"
SUPERVISOR_QUESTION = f"supervisor{_QUESTION}"
SYNC_QUESTION = f"sync{_QUESTION}"
CARDS_QUESTION = f"cards{_QUESTION}"
WALK_IN_QUESTION = f"walk_in{_QUESTION}"
QUEUE_QUESTION = f"queue{_QUESTION}"
DEVICES_QUESTION = f"devices{_QUESTION}"
QUESTIONS: Mapping[str, str] = {
    form: form.removesuffix(_QUESTION)
    for form in (
        STOCK_QUESTION, ONLINE_QUESTION, SUPERVISOR_QUESTION, SYNC_QUESTION, CARDS_QUESTION,
        WALK_IN_QUESTION, QUEUE_QUESTION, DEVICES_QUESTION,
    )
}  # fmt: skip
"""Half-answered questions, by the officer whom they were asked; each with its screen's key."""

APPLICATION = "_case"
"""The case that a piece of work is about: when the case leaves the counter, the piece does too."""

COUNTED = "counted"
"""Who counted the shift. Where nothing else was typed the others aren't led to its close."""
OFFICER = "_officer"
"""Whose choice it was, where another officer can't go on with it."""


class KeptWork:
    """Keeping, finding and forgetting work that was begun."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def keep(self, by: Actor, form: str, subject: str, fields: Mapping[str, str]) -> None:
        """Keep what stands there now, in place of what was kept of it before. Raises StoreFull."""
        frame, key = self._frame, _key(form, subject)
        with frame.ledger.acting(by) as w:
            known = w.look(Draft, key)
            if known is None:
                # Nobody's own: whoever serves this counter goes on with it.
                w.add(Draft(key, "", form, frame.now(), dict(fields)))
            elif known.fields != fields:
                w.change(known, fields=dict(fields), saved_at=frame.now())

    def forget(self, by: Actor, form: str, subject: str) -> None:
        """It has become a fact, or was given up."""
        with self._frame.ledger.acting(by) as w:
            drop_kept(w, form, subject)

    def find(self, form: str, subject: str) -> dict[str, str]:
        """What was kept of it; empty where nothing was."""
        with self._frame.ledger.reading() as r:
            known = r.look(Draft, _key(form, subject))
        return dict(known.fields) if known is not None else {}

    def begun(self, by: Actor) -> list[Draft]:
        """What this officer may go on with."""
        forms = [form for form, roles in WHOSE.items() if by.roles & roles] + list(QUESTIONS)
        with self._frame.ledger.reading() as r:
            return [one for one in r.find(Draft, officer="", form=forms) if _concerns(r, one, by)]


def drop_kept(w: Writing, form: str, subject: str) -> None:
    """Forget a piece of work in the transaction of the act that ends it."""
    known = w.look(Draft, _key(form, subject))
    if known is not None:
        w.drop(known)


def _concerns(r: Reading, draft: Draft, by: Actor) -> bool:
    if draft.form in QUESTIONS:
        return subject_of(draft) == by.officer
    if draft.form == FILE:
        app = r.look(Application, subject_of(draft))
        return app is not None and app.claimed_by == by.officer
    if draft.form == CLOSE and draft.fields.keys() == {COUNTED}:
        return draft.fields[COUNTED] == by.officer
    return True


def subject_of(draft: Draft) -> str:
    """What a piece of kept work is about."""
    return draft.id.removeprefix(_key(draft.form, ""))


def _key(form: str, subject: str) -> str:
    return f"{form}:{subject}"
