"""What the online screen asks of parcels: who took it, why it wasn't delivered, a statement.

What is answered is kept at every field; see `Asks`.
"""

from __future__ import annotations

from collections.abc import Callable

from desktop.domain.officer import Role
from desktop.domain.reasons import ReceiverRelation, ReturnReason
from desktop.domain.shipment import CourierWord, Parcel, ParcelState
from desktop.presenters.online import Online
from desktop.presenters.online_problems import HandCountMissing
from desktop.presenters.online_table_kept import PARCEL_ID
from desktop.presenters.online_view import ManifestPane, OnlineView
from desktop.presenters.second import second_officers
from desktop.services.kept_work import APPLICATION
from ui.screens.asks import Asks
from ui.screens.online_dialogs import Line, ask_file_to_open, ask_yes
from ui.screens.online_manifest import ManifestPage, taker
from ui.screens.online_pack import PackPage
from ui.screens.screen import Screen
from ui.screens.second_ask import SecondAsk

RELATIONS = tuple(ReceiverRelation)
LIST_KINDS = "*.csv *.json"


class ParcelAsks(Screen):
    """The part of the online screen that asks about parcels; its pages are made by the screen."""

    presenter: Online
    second_ask: SecondAsk
    asks: Asks
    pack: PackPage
    manifest: ManifestPage
    _view: OnlineView

    def _second(
        self,
        why: str,
        then: Callable[[str, str], object],
        *roles: Role,
        shown: tuple[bytes, ...] = (),
        told: str = "",
        given_up: Callable[[], object] | None = None,
    ) -> None:
        """`why` is a message; `told` stands in its place where it was made for this question."""
        officers = second_officers(self.presenter.desk, *roles)
        later = given_up or self.presenter.ask_later
        self.second_ask.ask(told or self.words(why), officers, then, shown, later)

    def _step_parcel(self, by: int) -> None:
        table = self.pack.packed
        row = min(max(table.currentIndex().row() + by, 0), table.rows_model.rowCount() - 1)
        table.setCurrentIndex(table.rows_model.index(row, 0))

    def _print_label(self) -> None:
        parcel = self.pack.chosen()
        if parcel is not None:
            self.presenter.print_label(parcel)

    def _unpack(self) -> None:
        parcel = self.pack.chosen()
        if parcel is not None:
            self.presenter.unpack(parcel)

    def _turn_manifest(self) -> None:
        now = self._view.manifest_pane
        other = ManifestPane.OUT if now is ManifestPane.PACKED else ManifestPane.PACKED
        self.presenter.manifest_pane(other)

    def _next_courier(self) -> None:
        self.manifest.packed.couriers.step(1)

    def _type_count(self) -> None:
        self.manifest.packed.count.setFocus()
        self.manifest.packed.count.selectAll()

    def _close_manifest(self) -> None:
        self.presenter.close_manifest(self.manifest.packed.counted())
        if isinstance(self._view.problem, HandCountMissing):
            self._type_count()

    def _manifest_again(self) -> None:
        parcel = self._parcel()
        if parcel is not None:
            self.presenter.print_manifest_again(parcel)

    def _parcel(self) -> Parcel | None:
        """The parcel that a question is about that opens again, else the one in the list."""
        asked = self.asks.about().get(PARCEL_ID)
        if asked is None:
            return self.manifest.out.chosen()
        lines = self.presenter.view.out
        return next((line.parcel for line in lines if line.parcel.id == asked), None)

    def _says(self, word: CourierWord) -> None:
        parcel = self._parcel()
        if parcel is not None:
            self.presenter.courier_says(parcel, word)

    def _ask_failed(self) -> None:
        parcel, says = self._parcel(), self.presenter.courier_says
        if parcel is not None:
            reasons = [r for r in ReturnReason if r is not ReturnReason.OTHER]
            self.asks.reason(
                "failed", "online_screen.failed_why", reasons,
                lambda why, _note: says(
                    parcel, CourierWord.FAILED, self.words.of(ReturnReason(why))
                ),
                about=_of(parcel),
            )  # fmt: skip

    def _ask_delivered(self) -> None:
        """Who took it; with a proof that was refused, the proof is gone on with."""
        parcel = self._parcel()
        if parcel is None or not self.presenter.may_prove(parcel):
            return
        if self.presenter.answered("proof", _of(parcel)):
            self._prove(parcel)
            return

        def related(relation: str, _note: str) -> None:
            self.presenter.ask("proof", {"relation": relation}, _of(parcel))
            self._prove(parcel)

        self.asks.reason(
            "delivered", "online_screen.relation_why", RELATIONS, related, about=_of(parcel)
        )

    def _ask_proof(self) -> None:
        parcel = self._parcel()
        if parcel is not None:
            self._prove(parcel)

    def _prove(self, parcel: Parcel) -> None:
        p, about = self.presenter, _of(parcel)
        relation = p.answered("proof", about)["relation"]
        own = relation == ReceiverRelation.ADDRESSEE
        m = "online_screen.proof_lines"
        self.asks.lines(
            "proof", m,
            (
                Line("receiver", f"{m}.receiver", parcel.address.recipient if own else ""),
                Line("reference", f"{m}.reference", needed=False),
            ),
            lambda found: p.delivered(parcel, found["receiver"], relation, found["reference"]),
            also={"relation": relation}, about=about,
        )  # fmt: skip

    def _confirm(self) -> None:
        parcel = self._parcel()
        if parcel is None:
            return
        if parcel.state is ParcelState.DELIVERED:
            self._ask_confirm(parcel)
        else:
            self._ask_delivered()

    def _ask_confirm(self, parcel: Parcel) -> None:
        """The case ends with it, so it is said whose parcel it is and who took it."""
        lines = self.presenter.view.out
        number = next((line.number for line in lines if line.parcel.id == parcel.id), "")
        ask_yes(
            self, self.words, "online_screen.confirm_ask",
            lambda: self.presenter.confirm_delivery(parcel),
            awb=parcel.awb, name=parcel.address.recipient, number=number,
            taker=taker(self.words, parcel.proof) if parcel.proof is not None else "–",
        )  # fmt: skip

    def _ask_dispute(self) -> None:
        parcel = self._parcel()
        if parcel is not None:
            self._state("dispute", parcel, lambda text: self.presenter.dispute(parcel, text))

    def _ask_lost(self) -> None:
        parcel, p = self._parcel(), self.presenter
        if parcel is None:
            return

        def told(text: str) -> None:
            kind = ".settled" if p.made_again(parcel) else ""
            self._second(
                f"online_screen.second.lost{kind}",
                lambda nrp, word: p.declare_lost(parcel, text, nrp, word),
                Role.SUPERVISOR, Role.DISPATCH,
            )  # fmt: skip

        self._state("lost", parcel, told)

    def _state(self, question: str, parcel: Parcel, then: Callable[[str], object]) -> None:
        """The officer's words about a parcel."""
        line = Line("statement", "online_screen.statement")
        self.asks.lines(
            question, f"online_screen.{question}_lines", (line,),
            lambda found: then(found["statement"]), about=_of(parcel),
        )  # fmt: skip

    def _ask_events(self) -> None:
        path = ask_file_to_open(self, self.words("online_screen.act.import_events"), LIST_KINDS)
        if path is not None:
            self.presenter.import_events(path)


def _of(parcel: Parcel) -> dict[str, str]:
    """What a question about a parcel is about."""
    return {PARCEL_ID: parcel.id, APPLICATION: parcel.application_id}
