"""What the centre orders beside rows, carried out one by one, each in a transaction of its own.

An order was kept with the cursor that named it, so none is lost or done twice: it is closed in the
transaction that carries it out. Acts that follow from one are the program's, never an officer's.
To add a kind of order: one method here, named for its type.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from db import outbox, sync_state
from db.orders import UNHEARD, close_order, open_orders, orders_of, unheard_orders
from desktop.domain.application import Application, Incident
from desktop.domain.errors import Problem
from desktop.domain.officer import PROGRAM, Officer, Role
from desktop.domain.person import Hold, Licence, LicenceStatus
from desktop.domain.revocation import Revocation, RevokedKind
from desktop.domain.shipment import CourierWord, ProofOfDelivery
from desktop.domain.stock import Blank
from desktop.keys.certificates import read_certificate
from desktop.ledger import Writing
from desktop.notices import ApplicationMoved, ApprovalsChanged, DutyChanged
from desktop.services.base import waits
from desktop.services.licences import IN_FORCE
from desktop.services.revocations import read_revocation
from desktop.settings import Place

if TYPE_CHECKING:
    from desktop.services.local_desk import LocalDesk

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Consignment:
    """Blanks on their way to this office, which the stock keeper counts and takes in."""

    id: str
    lot: str
    serials: tuple[str, ...]
    origin: str


class Orders:
    """Carries out the centre's orders in the order of its feeds."""

    def __init__(self, desk: LocalDesk) -> None:
        self._desk = desk
        self._frame = desk.frame

    def run(self) -> int:
        """Carry out what waits; how many acts there are to tell the centre of."""
        ledger = self._desk.ledger
        with ledger.store.read() as conn:
            known = [one for one in unheard_orders(conn) if hasattr(self, f"_{one[2]}")]
            waiting = known + open_orders(conn)
        for feed, number, kind, body in waiting:
            carry = getattr(self, f"_{kind}", None)
            try:
                if carry is None:
                    self._close(feed, number, UNHEARD)
                elif kind in OUTSIDE:
                    carry(body)
                    self._close(feed, number)
                else:
                    self._within(carry, feed, number, body)
            except (Problem, KeyError, TypeError, ValueError, msgspec.ValidationError) as refusal:
                # One order that makes no sense must not keep the next ones from being heard.
                self._close(feed, number, type(refusal).__name__)
        if any(kind in RULES for _, _, kind, _ in waiting):
            self._desk.reread_rules()
        return len(waiting)

    def _within(
        self, carry: Callable[[Writing, Body], None], feed: str, number: int, body: Body
    ) -> None:
        with self._desk.ledger.acting(PROGRAM) as w:
            carry(w, body)
            close_order(w.conn, feed, number)

    def _close(self, feed: str, number: int, problem: str = "") -> None:
        with self._desk.ledger.store.write() as conn:
            close_order(conn, feed, number, problem)

    # -- holds and notices -----------------------------------------------------------------

    def _hold(self, w: Writing, body: Body) -> None:
        hold = msgspec.convert(body["row"], Hold)
        if not w.receive(hold):
            return
        w.record(
            "hold.received" if hold.binding else "notice.received",
            hold.id,
            {"kind": hold.kind, "active": hold.active, "reference": hold.reference},
        )
        for app in w.find(Application, nik=hold.nik):
            if waits(app.state):
                w.notify(ApplicationMoved(app.id))

    _notice = _hold

    # -- officers --------------------------------------------------------------------------

    def _officer(self, w: Writing, body: Body) -> None:
        told = body["officer"]
        nrp = str(told["nrp"])
        offices = told.get("offices")
        here = offices is None or self._frame.place.office_code in offices
        changes: dict[str, Any] = {
            "name": str(told["name"]),
            "rank": str(told.get("rank") or ""),
            "roles": frozenset(Role(role) for role in told["roles"]),
            "active": bool(told.get("active", True)) and here,
        }
        if not self._decides_here(w, nrp):
            roles, until = stands_in(body, self._frame.today())
            changes |= {"delegate_roles": roles, "delegate_until": until}
        known = w.look(Officer, nrp)
        code = told.get("code")
        if code is not None and datetime.fromisoformat(code["until"]) > self._frame.now():
            changes |= {
                "password_hash": "",
                "secret": {"code": str(code["hash"]), "code_until": str(code["until"])},
                "failed_tries": 0,
                "locked_until": None,
            }
        if known is None:
            # Without a code nobody begins: it comes with the order, or is given here.
            first: dict[str, Any] = {"password_hash": "", "secret": {}, "certificate": ""}
            w.add(Officer(id=nrp, **(first | changes)))
        else:
            w.change(known, **changes)
        w.record(
            "officer.told", nrp, {"roles": sorted(changes["roles"]), "active": changes["active"]}
        )
        w.notify(DutyChanged())

    def _decides_here(self, w: Writing, nrp: str) -> bool:
        """Whether this counter named or ended a stand-in that the centre hasn't heard of yet."""
        acked = sync_state.acked(w.conn)
        return outbox.unsent_acts_of(w.conn, self._desk.profile.counter, nrp, DELEGATIONS, acked)

    # -- rules -----------------------------------------------------------------------------

    def _rules(self, w: Writing, body: Body) -> None:
        from desktop.rulebook import parse_file

        if not for_here(body, self._frame.place):
            return
        parse_file(str(body["name"]), sheet_of(body))  # refused as a whole, or believed
        w.record("rules.received", str(body["name"]), {"version": str(body.get("version") or "")})

    _dispensation = _rules
    _policy = _rules

    # -- trust -----------------------------------------------------------------------------

    def _certificate(self, w: Writing, body: Body) -> None:
        certificate = read_certificate(text_of(body["certificate"]))
        self._desk.profile.trust.add(certificate)
        w.keep_certificate(certificate)

    def _revocation(self, w: Writing, body: Body) -> None:
        told = read_revocation(body)
        if told is None:
            return
        w.record(
            "revocation.received",
            told.id,
            {"kind": told.kind, "since": told.since, "reason": told.reason, "order": told.order},
        )
        if told.kind is RevokedKind.LICENCE:
            self._end_licence(w, told)

    def _end_licence(self, w: Writing, told: Revocation) -> None:
        """A licence of this counter's books that the centre didn't have, and so couldn't end."""
        licence = w.look(Licence, told.id.lower())
        if licence is None or licence.status not in IN_FORCE:
            return
        w.change(licence, status=LicenceStatus.REVOKED)
        w.record(
            "licence.revoked", licence.id, {"serial": licence.blank_serial, "order": told.order}
        )

    # -- stock, couriers, incidents --------------------------------------------------------

    def _consignment(self, w: Writing, body: Body) -> None:
        told = body["consignment"]
        w.record("consignment.announced", str(told["id"]), {"lot": told["lot"]})

    def _courier(self, body: Body) -> None:
        told = body.get("courier") or body
        word = CourierWord(str(told["event"]))
        proof = None
        if word is CourierWord.DELIVERED:
            proof = ProofOfDelivery(
                str(told.get("receiver") or ""),
                str(told.get("relation") or ""),
                datetime.fromisoformat(told["at"]) if told.get("at") else self._frame.now(),
                str(told.get("reference") or ""),
            )
        self._desk.tracking.courier_says(
            PROGRAM, str(told["awb"]), word, proof=proof, reason=str(told.get("reason") or "")
        )

    def _card_order(self, body: Body) -> None:
        # It stays as it came and is proven again at each look: a key may be revoked meanwhile.
        self._desk.card_orders.told(body)

    def _incident(self, w: Writing, body: Body) -> None:
        told = body["incident"]
        if w.look(Incident, str(told["id"])) is not None:
            return
        details = {str(k): str(v) for k, v in dict(told.get("details") or {}).items()}
        w.receive(
            Incident(
                id=str(told["id"]),
                kind=str(told["kind"]),
                subject=str(told.get("subject") or ""),
                opened_by="",
                opened_at=self._frame.now(),
                details=details,
            )
        )
        w.record("incident.received", str(told["id"]), {"kind": told["kind"]})
        w.notify(ApprovalsChanged())

    # -- what was ordered, for whoever asks ------------------------------------------------

    def expected(self) -> list[Consignment]:
        """Announced consignments of which nothing is on the books yet."""
        with self._desk.ledger.reading() as r:
            found: list[Consignment] = []
            for body in orders_of(r.conn, "consignment"):
                told = body["consignment"]
                serials = self._serials(told)
                if serials and r.look(Blank, serials[0]) is None:
                    origin = str(told.get("from") or "")
                    found.append(Consignment(str(told["id"]), str(told["lot"]), serials, origin))
        return found

    def _serials(self, told: Body) -> tuple[str, ...]:
        if told.get("serials"):
            return tuple(str(one) for one in told["serials"])
        return tuple(self._desk.stock.serials(str(told["first"]), str(told["last"])))


RULES = ("rules", "dispensation", "policy")
"""Orders that bring a file of rules."""
OUTSIDE = frozenset({"courier", "card_order"})
"""Orders that want no transaction of ours: their service opens its own, or nothing changes yet.
Done twice, the second changes nothing.
"""


DELEGATIONS = ("officer.delegated", "officer.delegation_ended")
"""Acts of a counter that change who stands in."""


def stands_in(body: Body, today: date) -> tuple[frozenset[Role], date | None]:
    """What an officer stands in for, and to which day, by the centre's word.

    Beside what was ordered there, `stand_ins` are what officers of this office handed on, each to
    its own day. A counter knows one day: the first on which something of it ends.
    """
    told = body["officer"]
    until = told.get("delegate_until")
    ordered = frozenset(Role(role) for role in told.get("delegate_roles") or ())
    last = date.fromisoformat(until) if until else None
    lines = [(role, last) for role in ordered if last is not None]
    lines += [
        (Role(line["role"]), date.fromisoformat(line["until"]))
        for line in body.get("stand_ins") or ()
    ]
    stands = [(role, day) for role, day in lines if day >= today]
    if not stands:
        return ordered, last
    return frozenset(role for role, _ in stands), min(day for _, day in stands)


def text_of(told: Any) -> str:
    """A certificate's canonical text, however it was sent."""
    import rfc8785

    return told if isinstance(told, str) else rfc8785.dumps(told).decode()


def sheet_of(body: Body) -> str:
    """The text of a file of rules that the centre sent."""
    return str(body.get("text") or body["toml"])


def for_here(body: Body, place: Place) -> bool:
    """Whether a sheet is for this office: for the whole country, its Polda, or itself."""
    return str(body.get("area") or "") in ("", place.polda, place.office_code)


def rule_sheets(conn: Any, place: Place) -> list[dict[str, str]]:
    """The files of rules that the centre sent, each to be laid over the one before."""
    return [
        {str(body["name"]): sheet_of(body)}
        for body in orders_of(conn, *RULES)
        if for_here(body, place) and (body.get("text") or body.get("toml"))
    ]
