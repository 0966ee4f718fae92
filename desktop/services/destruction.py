"""The end of a card: set aside, then destroyed before two officers, with minutes.

Spoiled blanks, recalled and uncollected cards wait as *to be destroyed* until two different
officers sign one content: every serial with its cause, the used ribbons by count, the method.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from db.trail import Wanted, look
from desktop.domain.application import Application
from desktop.domain.destruction import (
    Destroyed,
    DestroyMethod,
    NothingToDestroy,
    NotSetAside,
    RibbonsOvercounted,
    destruction_content,
)
from desktop.domain.officer import Actor, Role, SameOfficer
from desktop.domain.reasons import DestroyReason
from desktop.domain.shipment import ReturnAction, ReturnCase, ReturnState
from desktop.domain.stock import (
    Blank,
    BlankAction,
    BlankBusy,
    BlankState,
    Movement,
    UnknownBlank,
)
from desktop.domain.workflow import Gate
from desktop.ledger import Reading, Writing
from desktop.notices import StockChanged
from desktop.services.approval import Approvals
from desktop.services.base import Frame, require, require_second
from desktop.services.paper_minutes import Burial, destruction_minutes
from desktop.services.papers import MadePaper, Papers
from desktop.services.parcels import move_return
from desktop.services.signing import digest_of, sign_both
from desktop.services.supplies import Supplies

DESTROY = "stock.destroy"
"""The act that two officers sign."""
DESTROYED = "stock.destroyed"

WITNESSES = frozenset({Role.SUPERVISOR, Role.STOCK_KEEPER, Role.DISPATCH})
"""Whose signatures count: the table's own roles for the act, of both officers."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One card that waits, spoiled or already set aside."""

    serial: str
    lot: str
    reason: str
    case: str
    set_aside: bool


@dataclass(frozen=True, slots=True)
class Manner:
    """How and where, and what goes along without a number."""

    method: DestroyMethod = DestroyMethod.SHREDDED
    ribbons: int = 0
    unnumbered: int = 0
    place: str = ""
    note: str = ""


class Destruction:
    """Acts on cards that nobody will ever carry."""

    def __init__(
        self, frame: Frame, approvals: Approvals, papers: Papers, supplies: Supplies
    ) -> None:
        self._frame = frame
        self._approvals = approvals
        self._papers = papers
        self._supplies = supplies

    # -- looking ---------------------------------------------------------------------------

    def waiting(self) -> list[Waiting]:
        """Spoiled cards and those set aside, in the order of their serials."""
        states = [BlankState.SPOILED, BlankState.TO_BE_DESTROYED]
        with self._frame.ledger.reading() as r:
            return [
                Waiting(
                    blank.id,
                    blank.lot,
                    _reason(r, blank),
                    self._case(r, blank),
                    blank.state is BlankState.TO_BE_DESTROYED,
                )
                for blank in r.find(Blank, state=states)
            ]

    @staticmethod
    def _case(r: Reading, blank: Blank) -> str:
        app = r.look(Application, blank.application_id) if blank.application_id else None
        app = app or r.first(Application, blank_serial=blank.id)
        return app.number if app is not None else ""

    # -- setting aside ---------------------------------------------------------------------

    def set_aside(self, by: Actor, serials: Sequence[str], reason: str = "") -> int:
        """Put spoiled cards (or, with a reason, issued ones) with those to be destroyed.

        Raises UnknownBlank, BlankBusy, RoleMissing, GatesMissing (no reason for an issued one).
        """
        with self._frame.ledger.acting(by) as w:
            for serial in serials:
                self.set_aside_in(w, serial, reason)
            w.record("stock.set_aside", self._frame.counter, {"serials": list(serials)})
        return len(serials)

    def set_aside_in(self, w: Writing, serial: str, reason: str = "") -> Blank:
        """The same for one card inside another act."""
        blank = w.look(Blank, serial)
        if blank is None:
            raise UnknownBlank(serial=serial[:40])
        if blank.state is BlankState.TO_BE_DESTROYED:
            return blank
        if blank.state not in (BlankState.SPOILED, BlankState.ISSUED):
            raise BlankBusy(serial=serial, state=blank.state)
        return self._frame.move_blank(w, blank, BlankAction.SET_ASIDE, reason=reason)

    # -- destroying ------------------------------------------------------------------------

    def destroy(
        self,
        by: Actor,
        second: Actor,
        serials: Sequence[str],
        causes: DestroyReason | Mapping[str, DestroyReason] = DestroyReason.SPOILED,
        manner: Manner | None = None,
    ) -> MadePaper:
        """Destroy cards under two signatures and make the minutes, both or neither.

        Raises SameOfficer, RoleMissing, NothingToDestroy, NotSetAside, UnknownBlank,
        RibbonsOvercounted, NoSealKey; nothing is destroyed then.
        """
        how = manner or Manner()
        self._check(by, second)
        frame = self._frame
        with frame.ledger.acting(by) as w:
            known, _ = self._supplies.ribbons_waiting(w)
            if how.ribbons > known:
                raise RibbonsOvercounted(named=how.ribbons, known=known)
            if not serials and not how.ribbons and not how.unnumbered:
                raise NothingToDestroy
            burial, subject = self.destroy_in(w, by, second, serials, causes, how)
            for case in w.find(ReturnCase, state=ReturnState.RECALLED):
                if case.card_serial in serials:
                    end_return(frame, w, case, second, subject, burial.digest)
            made = destruction_minutes(self._papers, by, w, subject, burial)
            w.notify(StockChanged())
        return made

    def destroy_in(
        self,
        w: Writing,
        by: Actor,
        second: Actor,
        serials: Sequence[str],
        causes: DestroyReason | Mapping[str, DestroyReason],
        manner: Manner,
    ) -> tuple[Burial, str]:
        """The same inside another act, without the paper: its facts, and what it is about."""
        self._check(by, second)
        frame = self._frame
        cards: list[Destroyed] = []
        blanks: list[Blank] = []
        for serial in dict.fromkeys(serials):
            blank = w.look(Blank, serial)
            if blank is None:
                raise UnknownBlank(serial=serial[:40])
            if blank.state is BlankState.SPOILED:
                blank = frame.move_blank(w, blank, BlankAction.SET_ASIDE, record=False)
            if blank.state is not BlankState.TO_BE_DESTROYED:
                raise NotSetAside(serial=serial)
            cause = causes if isinstance(causes, DestroyReason) else causes[serial]
            cards.append(Destroyed(blank.id, blank.lot, cause, self._case(w, blank)))
            blanks.append(blank)
        subject = frame.ids.new()
        content = destruction_content(
            cards, manner.method, manner.ribbons, manner.unnumbered, frame.today().isoformat()
        )
        signed = sign_both(self._approvals, w, by, second, DESTROY, subject, content)
        for blank in blanks:
            frame.move_blank(
                w, blank, BlankAction.DESTROY,
                gates=(Gate.MINUTES,), second=second.officer, record=False,
            )  # fmt: skip
        w.record(
            DESTROYED, subject, {**content, "second": second.officer, "note": manner.note}, signed
        )
        burial = Burial(
            digest=digest_of(content),
            method=manner.method,
            cards=tuple(cards),
            approvals=signed,
            ribbons=manner.ribbons,
            unnumbered=manner.unnumbered,
            place=manner.place or self._frame.place.office_name,
            note=manner.note,
        )
        return burial, subject

    @staticmethod
    def _check(by: Actor, second: Actor) -> None:
        """Two different officers, each of whom may destroy, one of them a supervisor."""
        if by.officer == second.officer:
            raise SameOfficer
        require(by, *WITNESSES)
        require_second(second, *(WITNESSES if Role.SUPERVISOR in by.roles else {Role.SUPERVISOR}))


def _reason(r: Reading, blank: Blank) -> str:
    """Why it waits; of a card that turned up, why it was missing: where it lay is no cause."""
    told = [one for one in r.find(Movement, serial=blank.id, order="number") if one.reason]
    if not told or told[-1].action is not BlankAction.FIND_SPOILED:
        return blank.reason
    return told[-2].reason if len(told) > 1 else ""


def end_return(
    frame: Frame, w: Writing, case: ReturnCase, second: Actor, subject: str, digest: str = ""
) -> ReturnCase:
    """The card that came back is destroyed: its return bears the same minutes."""
    return move_return(
        frame, w, case, ReturnAction.DESTROY,
        gates=(Gate.MINUTES,),
        second=second.officer,
        told={"digest": digest, "minutes": subject, "second": second.officer},
        minutes=subject,
    )  # fmt: skip


def burials_of(r: Reading, counter: str, serials: Collection[str]) -> frozenset[str]:
    """Under which ids the journal keeps the destruction of these cards: one act buries many."""
    acts = look(r.conn, counter, Wanted(acts=(DESTROYED,)))
    return frozenset(
        line.subject
        for line in acts
        if any(card[0] in serials for card in (line.content or {}).get("cards", ()))
    )
