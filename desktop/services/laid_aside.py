"""What a piece of work beside the chain left in the store, once a supervisor laid it aside.

The centre never heard of the piece, so everything of it is again as the centre has it.
"""

from __future__ import annotations

from datetime import date

from db import outbox, sync_state
from db.orders import orders_of
from db.sync_desk import Told, strays
from desktop.domain.officer import Officer, Role
from desktop.ledger import Writing
from desktop.notices import DutyChanged
from desktop.services.orders import DELEGATIONS, stands_in


def stand_in_as_told(w: Writing, counter: str, today: date, one: Told) -> None:
    """Who stands in, by the centre's last word, where this piece named a stand-in or ended one.

    What this counter said of the officer otherwise and the centre hasn't heard yet goes before.
    """
    nrp = one.entry.subject
    if one.entry.act not in DELEGATIONS or any(
        other.entry.subject == nrp and other.entry.act in DELEGATIONS for other in strays(w.conn)
    ):
        return
    acked = sync_state.acked(w.conn)
    officer = w.look(Officer, nrp)
    if officer is None or outbox.unsent_acts_of(w.conn, counter, nrp, DELEGATIONS, acked):
        return
    told = [body for body in orders_of(w.conn, "officer") if body["officer"]["nrp"] == nrp]
    roles, until = stands_in(told[-1], today) if told else (frozenset[Role](), None)
    w.change(officer, delegate_roles=roles, delegate_until=until)
    w.notify(DutyChanged())
