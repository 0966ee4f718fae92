"""A simulated card viewer: it sees the card that lies in it, else the one that was asked for."""

from __future__ import annotations

from collections.abc import Callable

from devices.card_viewer import CardViewer, CardViews, Hint, ViewStep
from devices.device import Cancel, DeviceKind
from devices.errors import CardMissing, NoPicture
from devices.simulators.core import SimulatedDevice, SimulatorCore
from devices.simulators.faults import FaultName
from devices.simulators.plastic import PlasticCard

STEP = "viewer.look"


class CardViewerCore(SimulatorCore):
    """A viewer beside the printer, and the card in it.

    `tray` gives the cards that lie finished, the newest last, `beside` those that were pulled out
    by hand: an officer takes the one that was asked for, else the tray's newest, unless one was
    laid in on purpose.
    """

    def __init__(
        self,
        tray: Callable[[], list[PlasticCard]],
        name: str = "card_viewer",
        serial: str = "SIM-CV-0001",
        beside: Callable[[], list[PlasticCard]] = list,
    ) -> None:
        super().__init__(DeviceKind.CARD_VIEWER, name, "Card Viewer Simulator", serial)
        self._tray = tray
        self._beside = beside
        self._laid: PlasticCard | None = None
        self._before: PlasticCard | None = None

    @property
    def laid(self) -> PlasticCard | None:
        """The card that was laid in on purpose, if any."""
        return self._laid

    def put(self, card: PlasticCard | None) -> None:
        """Lay a card in on purpose, or go back to the newest of the tray."""
        with self.lock:
            self._laid = card

    def card(self, asked: str = "") -> PlasticCard | None:
        """What an officer lays in who is asked for a serial: that card, or the newest."""
        if self._laid is not None:
            return self._laid
        tray = self._tray()
        for card in reversed([*self._beside(), *tray]):
            if asked and card.serial == asked:
                return card
        return tray[-1] if tray else None

    def another(self, than: PlasticCard) -> PlasticCard | None:
        """A printed card of somebody else, if any was seen or lies in the tray."""
        for card in (*reversed(self._tray()), self._before):
            if card is not None and card is not than and card.whole:
                return card
        return None

    def shown(self, fault: FaultName | None, asked: str = "") -> CardViews | None:
        """Pictures of the card in it; None where there is none. Heavy things are loaded here."""
        card = self.card(asked)
        if card is None:
            return None
        from devices.simulators.card_view import views
        from devices.simulators.print_faults import PrintFault

        other = self.another(card)
        if fault is FaultName.WRONG_CARD:
            if other is not None:
                card, other = other, card
            else:
                card = PlasticCard(
                    card.serial, card.chip, card.front_ordered, card.back_ordered,
                    list(card.panels), card.whole, [PrintFault.SWAPPED_CARD.value],
                )  # fmt: skip
        dark, blurred = fault is FaultName.DARK, fault is FaultName.BLURRED
        front, back = views(card, other, dark=dark, blurred=blurred)
        self._before = card
        return CardViews(front, back)


class SimulatedCardViewer(SimulatedDevice[CardViewerCore], CardViewer):
    """The adapter of a CardViewerCore."""

    SHOTS = 1.2

    def look(
        self, asked: str = "", *, timeout: float, cancel: Cancel = None, hint: Hint | None = None
    ) -> CardViews:
        core = self._core
        budget = self._begin(timeout, cancel, STEP)
        if not budget.wait_for(lambda: core.card(asked) is not None, STEP):
            raise CardMissing(core.kind, STEP)
        fault = self._step(STEP, self.SHOTS, budget)
        if fault is not None and fault.stays:
            core.script.stand(fault)
        name = fault.fault if fault else None
        if name is FaultName.NO_PICTURE:
            raise NoPicture
        if hint is not None:
            hint(ViewStep.TURN)
        found = core.shown(name, asked)
        if found is None:
            raise CardMissing(core.kind, STEP)
        return found
