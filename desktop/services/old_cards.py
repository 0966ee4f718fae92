"""The card that a new one replaces: it is taken in before the new one is handed over.

Source: a damaged card is surrendered (Perpol 5/2021, replacement of a damaged licence); an
upgrade's card stands in the place of the lower one of its family.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from db.trail import Wanted, look
from desktop.domain.application import Application, ApplicationState
from desktop.domain.correction import OldCardNotTaken
from desktop.domain.officer import Actor, Role
from desktop.domain.person import Licence, LicenceStatus
from desktop.domain.reasons import DestroyReason, OldCardSeen
from desktop.domain.service import Service
from desktop.domain.stock import Blank, BlankAction, BlankState
from desktop.ledger import Reading, Writing
from desktop.notices import ApplicationMoved
from desktop.services.base import Frame, waits
from desktop.services.centre_link import UNDER_WAY
from desktop.services.finds import close_find, find_of
from desktop.services.licences import IN_FORCE

HANDED_IN = "card.handed_in"
GIVEN_BACK = "given_back"
"""In its entry: the card was only looked at."""


def surrenders(app: Application) -> bool:
    """Whether this service takes the old card in; an upgrade that of the lower licence it ends."""
    if app.service is Service.CLASS_UPGRADE:
        return bool(app.previous_licence)
    return app.service is Service.REPLACE_DAMAGED


def is_old_card(r: Reading, frame: Frame, app: Application, licence: Licence) -> bool:
    """Whether it is the licence whose card this case replaces."""
    lower = _lower(r, frame, app)
    if lower:
        return licence.id in [one.id for one in lower]
    if app.previous_licence:
        return licence.id == app.previous_licence
    same = licence.person_id == app.person_id and licence.licence_class is app.licence_class
    return same and app.id != licence.application_id


def _lower(r: Reading, frame: Frame, app: Application) -> list[Licence]:
    """The licences that an upgrade ends, the highest that still runs first.

    One may have been renewed or replaced since the case was made: its card is another by now. As
    soon as the higher one stands, they are those that it ended.
    """
    if app.service is not Service.CLASS_UPGRADE:
        return []
    graph, today = frame.rules().classes, frame.today()
    every = r.find(Licence, person_id=app.person_id)
    standing = [
        one for one in every
        if one.application_id == app.id and one.status is not LicenceStatus.REVOKED
    ]  # fmt: skip
    ended = {key for one in standing for key in one.superseded}

    def lower(one: Licence) -> bool:
        if standing:
            return one.id in ended
        covered = graph.covers(app.licence_class, one.licence_class)
        return one.status in IN_FORCE and covered

    def order(one: Licence) -> tuple[bool, int, date]:
        height = len(graph.rule(one.licence_class).covers)
        return one.valid_until >= today, height, one.valid_until

    found = [one for one in every if one.application_id != app.id and lower(one)]
    return sorted(found, key=order, reverse=True)


def _old(r: Reading, frame: Frame, app: Application) -> Licence | None:
    """The licence whose card is due, where no scan tells it."""
    lower = _lower(r, frame, app)
    if lower:
        return lower[0]
    return r.look(Licence, app.previous_licence) if app.previous_licence else None


def old_card_due(r: Reading, frame: Frame, app: Application) -> bool:
    """Whether the old card has still to be taken in."""
    if not surrenders(app) or app.old_card_taken:
        return False
    # One of a case that couldn't be marked.
    return not any(_taken(r, frame, app, one) for one in _told(r, frame, app))


def old_cards_taken(r: Reading, frame: Frame, app: Application) -> tuple[str, ...]:
    """Numbers of the cards taken in; the licence's where a card has none on record."""
    if not surrenders(app):
        return ()
    serials = [
        str(one.get("serial", ""))
        for one in _told(r, frame, app)
        if _taken(r, frame, app, one) and one.get("reason") != OldCardSeen.LOST
    ]
    old = _old(r, frame, app)
    if not serials and app.old_card_taken:  # at another counter, whose journal isn't this one
        serials = [old.blank_serial if old is not None else ""]
    instead = old.sim_number if old is not None else ""
    return tuple(dict.fromkeys(number for one in serials if (number := one or instead)))


def taken_is_listed(r: Reading, frame: Frame, app: Application) -> bool:
    """Whether a card taken in is one of the books here, which then lead it to its destruction."""
    return any(r.look(Blank, serial) is not None for serial in old_cards_taken(r, frame, app))


def taken_in_by(r: Reading, frame: Frame, licence: Licence) -> Application | None:
    """The open case that took this licence's card in and makes another for it."""
    if not licence.blank_serial:
        return None
    for app in r.find(Application, person_id=licence.person_id):
        going = not app.ended and app.state is not ApplicationState.HANDED_OVER
        if going and licence.blank_serial in old_cards_taken(r, frame, app):
            return app
    return None


def mark_taken(w: Writing, frame: Frame, app: Application) -> None:
    """The case itself tells that its old card is here: it may be handed over at another counter.

    Not one that another counter has, nor while a card is being made, which mustn't find the case
    changed meanwhile.
    """
    link = frame.link
    ours = link is None or link.held_by(w, app) is None
    if ours and waits(app.state) and app.state not in UNDER_WAY and not app.old_card_taken:
        w.change(app, old_card_taken=True)
        w.notify(ApplicationMoved(app.id))


def take_scanned(w: Writing, frame: Frame, app: Application, licence: Licence) -> bool:
    """A card of the applicant's own was scanned; whether it is taken in for the new one.

    An upgrade's lower card only at the handover: before, it is looked at, and its holder has it
    back to drive on until the higher one is theirs.
    """
    early = app.service is Service.CLASS_UPGRADE and app.state is not ApplicationState.READY
    taken = surrenders(app) and not early and is_old_card(w, frame, app, licence)
    if taken:
        mark_taken(w, frame, app)
    told: dict[str, object] = {"serial": licence.blank_serial, "known": True}
    w.record(HANDED_IN, app.id, told | ({GIVEN_BACK: True} if early else {}))
    return taken


def take_unread(w: Writing, frame: Frame, app: Application, why: OldCardSeen) -> None:
    """The officer has the old card in hand, which no machine reads.

    An upgrade's lower card may be lost instead, and then isn't told as taken in. Raises
    OldCardNotTaken where a damaged one is said to be: what is lost is another service.
    """
    lost = why is OldCardSeen.LOST
    if lost and app.service is not Service.CLASS_UPGRADE:
        raise OldCardNotTaken
    old = _old(w, frame, app)
    serial = old.blank_serial if old is not None else ""
    if not lost:
        mark_taken(w, frame, app)
    w.record(HANDED_IN, app.id, {"serial": serial, "known": bool(serial), "reason": why})


def set_aside_old(w: Writing, frame: Frame, by: Actor, app: Application) -> None:
    """An old card of this office goes with those to be destroyed, by whoever may say so.

    From others' hands it goes to the card desk, where it is scanned anew.
    """
    if not by.roles & {Role.DISPATCH, Role.SUPERVISOR}:
        return
    for serial in old_cards_taken(w, frame, app):
        blank = w.look(Blank, serial)
        if blank is not None and blank.state is BlankState.ISSUED:
            kept = find_of(w, w.first(Licence, blank_serial=serial))
            if kept is not None:
                close_find(w, frame, kept)
            frame.move_blank(w, blank, BlankAction.SET_ASIDE, reason=DestroyReason.SURRENDERED)


def _told(r: Reading, frame: Frame, app: Application) -> list[Mapping[str, object]]:
    wanted = Wanted(acts=(HANDED_IN,), subjects=(app.id,))
    return [line.content or {} for line in look(r.conn, frame.counter, wanted)]


def _taken(r: Reading, frame: Frame, app: Application, told: Mapping[str, object]) -> bool:
    """Whether it was the old card; one that is only not on record here says nothing yet."""
    if told.get("reason"):
        return True
    if told.get(GIVEN_BACK):
        return False
    serial = str(told.get("serial", ""))
    licence = r.first(Licence, blank_serial=serial) if told.get("known") and serial else None
    return licence is not None and is_old_card(r, frame, app, licence)
