"""How the online and returns screens say spans of time, states and places."""

from __future__ import annotations

from datetime import date, timedelta

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.reasons import UploadedDocument
from desktop.domain.shipment import ParcelState, ReturnState
from desktop.presenters.online_view import FileLine
from desktop.words import Words
from ui.widgets.state import Level, StateItem

PARCEL_LEVEL = {
    ParcelState.PACKED: Level.BUSY,
    ParcelState.DISPATCHED: Level.OFF,
    ParcelState.IN_TRANSIT: Level.BUSY,
    ParcelState.DELIVERED: Level.GOOD,
    ParcelState.FAILED: Level.ATTEND,
    ParcelState.RETURNING: Level.ATTEND,
    ParcelState.RETURN_RECEIVED: Level.ATTEND,
    ParcelState.DISPUTED: Level.BAD,
    ParcelState.LOST: Level.BAD,
    ParcelState.UNPACKED: Level.OFF,
}
RETURN_LEVEL = {
    ReturnState.RECEIVED: Level.ATTEND,
    ReturnState.VERIFIED: Level.BUSY,
    ReturnState.HELD_FOR_COLLECTION: Level.BUSY,
    ReturnState.RECALLED: Level.ATTEND,
}


def fault_place(words: Words, where: str) -> str:
    """Where a line's fault is: the state, the document, or the portal's own field."""
    for known in (S, UploadedDocument):
        if where in set(known):
            return words.of(known(where))
    return where


def span(words: Words, length: timedelta) -> str:
    """A length of waiting in its largest unit: "12 mnt", "5 jam", "2 hari"."""
    minutes = max(0, int(length.total_seconds()) // 60)
    if minutes < 60:
        return words("online_screen.span.minutes", count=minutes)
    if minutes < 48 * 60:
        return words("online_screen.span.hours", count=minutes // 60)
    return words("online_screen.span.days", count=minutes // (24 * 60))


def expiry(words: Words, expires: date | None, days: int | None, *, soon: bool) -> StateItem:
    """When the old licence runs out, as a countdown."""
    if expires is None or days is None:
        return StateItem(Level.OFF, words("online_screen.expiry.none"))
    until = words.date(expires)
    if days < 0:
        return StateItem(Level.BAD, words("online_screen.expiry.past", count=-days), until)
    if days == 0:
        return StateItem(Level.BAD, words("online_screen.expiry.today"), until)
    text = words("online_screen.expiry.left", count=days)
    return StateItem(Level.ATTEND if soon else Level.GOOD, text, until)


def file_state(words: Words, line: FileLine) -> StateItem:
    """Where a file stands, and with whom."""
    app = line.app
    if app.state is S.CLAIMED:
        if line.counter is not None:
            key = "online_screen.state." + ("elsewhere" if line.counter else "given_back")
            return StateItem(Level.ATTEND, words(key, counter=line.counter))
        if line.mine:
            return StateItem(Level.BUSY, words("online_screen.state.mine"))
        return StateItem(Level.ATTEND, words("online_screen.state.claimed", officer=line.officer))
    if app.state is S.RECEIVED and app.reprints:
        return StateItem(Level.ATTEND, words("online_screen.state.corrected"))
    if app.state is S.RECEIVED and line.case.resubmitted:
        return StateItem(Level.BUSY, words("online_screen.state.mended"))
    if app.state is S.RECEIVED:
        return StateItem(Level.OFF, words("online_screen.state.received"))
    if line.answer_by is not None:
        day = words.date(line.answer_by)
        key = "online_screen.answer_by" + (".over" if line.overdue else "")
        level = Level.BAD if line.overdue else Level.ATTEND
        return StateItem(level, words(key, day=day), words.of(app.state))
    level = {S.SENT_BACK: Level.ATTEND, S.VERIFIED: Level.GOOD}.get(app.state, Level.OFF)
    return StateItem(level, words.of(app.state))


def where_to(words: Words, app: Application) -> str:
    """How the card reaches the person: a city, or the counter."""
    if app.address is not None:
        return app.address.city
    return words.of(app.delivery)


def service_of(words: Words, app: Application) -> str:
    """Service and class in one cell."""
    return f"{words.of(app.service)} {words.of(app.licence_class)}"
