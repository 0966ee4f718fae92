"""Acts that are done again: whose they are now, and what they said before.

An act bears the name of whoever does it, the second time too: of the officer who decides, or of one
who signs in beside them because the act is of another duty. Only an officer who is there and proves
it has their own act under their own name again. The first entry, its officer and its time are named
in the content; nothing that was signed then is copied, it is signed anew. What the program did by
itself it does by itself again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from db.chain import Approval as Signed
from db.chain import Entry
from db.sync_desk import Told
from desktop.domain.application import Application, Approval
from desktop.domain.errors import Problem
from desktop.domain.officer import PROGRAM, Actor, Role, in_order
from desktop.domain.walker import NoSuchStep, Step, Table
from desktop.domain.workflow import APPLICATION, PARCEL, RETURN, Action
from desktop.ledger import Reading, Writing
from desktop.services.base import MAKING
from desktop.services.gates import ISSUE, content_digest, hands_on
from desktop.services.told_names import named

if TYPE_CHECKING:
    from desktop.services.approval import Approvals

Row = Mapping[str, Any]
Change = dict[str, Any]

_TABLES: dict[str, Table[Any, Any]] = {
    "applications": APPLICATION, "parcels": PARCEL, "returns": RETURN,
}  # fmt: skip


class HelpNeeded(Problem):
    """An act isn't for whoever decides: it is of another duty, or a second officer signed it.

    `officer` did it the first time; `roles` is what somebody must have who does it now.
    """

    act: str
    number: str
    officer: str
    roles: tuple[Role, ...]


class NobodyToHelp(Problem):
    """No other officer of this counter may sign an act that is done again.

    With the reason `beside` it is work beside the chain, of which the centre has no version.
    """

    roles: tuple[Role, ...]
    number: str = ""
    reason: str = ""


class Redoing:
    """Does acts again within one transaction, by those who are there: `by` first."""

    def __init__(
        self, w: Writing, approvals: Approvals, by: Actor, helpers: Sequence[Actor] = ()
    ) -> None:
        self._w = w
        self._approvals = approvals
        self._by = by
        self._hands = (by, *(one for one in helpers if one.officer != by.officer))

    def whose(self, one: Told, changes: Iterable[Change], rows: Mapping[str, Row]) -> Actor:
        """Who does an act now; `rows` are the things as they stand before it.

        Raises HelpNeeded, NoSuchStep.
        """
        entry = one.entry
        if entry.officer is None:
            return PROGRAM
        found = [
            (row, steps)
            for change in _folded(changes)
            for row in [rows.get(str(change["id"])) or {}]
            if (steps := _steps(entry, one.content, change, row)) is not None
        ]
        for hand in self._in_order(entry.officer):
            if all(self._may(hand, row, steps) for row, steps in found):
                return hand
        needed = {role for _, steps in found for step in steps for role in step.roles}
        roles = in_order(needed - {Role.PROGRAM, Role.CENTRE})
        raise HelpNeeded(
            act=entry.act, number=named(self._w, one), officer=entry.officer, roles=roles
        )

    def record(self, who: Actor, one: Told, changes: list[Change], note: str) -> Entry:
        """Tell the changes in a new entry of the same act. Raises HelpNeeded."""
        entry, w = one.entry, self._w
        with w.in_name_of(who):
            w.tell(changes, one.blobs)
            signed = self._sign_anew(who, one, changes)
            return w.record(
                entry.act, entry.subject, {**one.content, note: first_of(entry)}, signed
            )

    def made_by(
        self, who: Actor, entry: Entry, change: Change, row: Row, *, onto_others: bool
    ) -> Change:
        """A change as it is when `who` makes it: a maker of the case is never its approver.

        With `onto_others` it is laid onto a row that others may have changed meanwhile, so that
        what is approved is what stands there now.
        """
        values = dict(change["set"])
        if change["kind"] != "applications":
            return {**change, "set": values}
        if who.is_person and _action(entry.act) in MAKING:
            known = {*_texts(row.get("makers")), *_texts(values.get("makers")), who.officer}
            values["makers"] = sorted(known)
        elif "makers" in values:
            values["makers"] = sorted({*_texts(row.get("makers")), *_texts(values["makers"])})
        if values.get("approved_by"):
            values["approved_by"] = who.officer
            if onto_others:
                app = msgspec.convert({**row, **values, "id": change["id"]}, Application)
                values["approved_digest"] = content_digest(app)
        return {**change, "set": values}

    # -- inside ----------------------------------------------------------------------------

    def _in_order(self, first: str) -> list[Actor]:
        """Their own act is theirs; else whoever decides does it, else somebody beside them."""
        return sorted(self._hands, key=lambda hand: hand.officer != first)

    def _may(self, hand: Actor, row: Row, steps: Sequence[Step[Any, Any]]) -> bool:
        return any(
            step.roles & hand.roles
            and not (step.not_maker and hand.officer in makers_of(self._w, row))
            for step in steps
        )

    def _sign_anew(self, who: Actor, one: Told, changes: Sequence[Change]) -> tuple[Approval, ...]:
        """Every signature that the act had, by those who stand for it now; the old ones end."""
        given: list[Approval] = []
        taken: set[str] = set()
        digests = {
            str(change["id"]): str(change["set"]["approved_digest"])
            for change in changes
            if change["set"].get("approved_digest")
        }
        for before in one.entry.approvals:
            hand = who if before.officer == one.entry.officer else self._second(who, one, before)
            if hand.officer in taken:
                raise self._second_wanted(one, before)
            taken.add(hand.officer)
            self._void(before)
            digest = before.digest
            if before.act == ISSUE:
                digest = digests.get(before.subject, digest)
            given.append(self._approvals.sign(self._w, hand, before.act, before.subject, digest))
        return tuple(given)

    def _second(self, who: Actor, one: Told, before: Signed) -> Actor:
        """The second officer of the first time, or a supervisor in their place."""
        others = [hand for hand in self._in_order(before.officer) if hand.officer != who.officer]
        for hand in others:
            if hand.officer == before.officer or Role.SUPERVISOR in hand.roles:
                return hand
        raise self._second_wanted(one, before)

    def _second_wanted(self, one: Told, before: Signed) -> HelpNeeded:
        return HelpNeeded(
            act=one.entry.act, number=named(self._w, one), officer=before.officer,
            roles=(Role.SUPERVISOR,),
        )  # fmt: skip

    def _void(self, before: Signed) -> None:
        for kept in self._w.find(Approval, subject=before.subject, act=before.act, void=False):
            if kept.signature == before.signature:
                self._w.change(kept, void=True)


def first_of(entry: Entry) -> dict[str, str]:
    """What a new entry says of the one that it stands for."""
    return {"entry_id": entry.entry_id, "officer": entry.officer or "", "at": entry.time}


def makers_of(r: Reading, row: Row) -> frozenset[str]:
    """Whoever had a hand in a case, as its row and its evidence tell."""
    if "applicant" not in row:
        return frozenset()
    return hands_on(r, msgspec.convert(dict(row), Application))


def _steps(entry: Entry, content: Row, change: Change, row: Row) -> list[Step[Any, Any]] | None:
    """The workflow's steps that a change may take; None for what moves no state.

    Raises NoSuchStep where the case stands at the centre from where the act can't be done.
    """
    table = _TABLES.get(str(change["kind"]))
    after = change["set"].get("state")
    own = table is not None and entry.act.startswith(f"{table.name}.")
    own = own and entry.subject == change["id"]
    if table is None or (after is None and not own):
        return None
    before = str(row.get("state") or (content.get("from") if own else "") or table.start)
    action = _action(entry.act) if own else None
    if action not in {step.action for step in table.steps}:
        # Not a step of the table (a card was looked at, a person was called, a parcel came back).
        action, own = None, False
        if after is None:
            return None
    facts = {**row, **change["set"]}
    found = [
        step
        for step in table.steps
        if step.state == before
        and (action is None or step.action == action)
        and (after is None or (step.next or row.get("held_from") or after) == after)
        and facts.get("service", next(iter(step.services))) in step.services
        and facts.get("channel", next(iter(step.channels))) in step.channels
    ]
    if not found and own and row.get("state"):
        raise NoSuchStep(state=type(table.start)(before), action=action)  # type: ignore[arg-type]
    return found or None


def _folded(changes: Iterable[Change]) -> list[Change]:
    """One change for each thing, as the centre reads an entry."""
    whole: dict[tuple[str, str], Change] = {}
    for change in changes:
        at = (str(change["kind"]), str(change["id"]))
        before = whole.get(at, {"set": {}})
        whole[at] = {**change, "set": {**before["set"], **change["set"]}}
    return list(whole.values())


def _action(act: str) -> Action | str:
    word = act.partition(".")[2]
    return Action(word) if word in set(Action) else word


def _texts(told: Any) -> set[str]:
    return {str(one) for one in told or ()}
