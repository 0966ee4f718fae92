"""The simulator panel: the world around a training counter, moved by hand.

It tells how each simulated device truly is, orders faults, brings drawn people who lay down
their KTP-el, sit and sign, and has the issuers of evidence say yes, no, nothing or otherwise. It
exists in training only and touches no record.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from desktop.domain.application import Application
from desktop.notices import DeviceChanged, Notice
from desktop.outside.simulators import ISSUERS, Manner, OutsideSimulator
from desktop.presenters.base import Presenter
from desktop.presenters.simulator_truth import hands_of, truths_of
from desktop.presenters.simulator_view import Hand, Issuer, SimulatorView, Struck, Visitor
from desktop.presenters.training_scans import lay_card
from desktop.services.desk import Desk
from devices.simulators.bench import SimulatedBench
from devices.simulators.card_reader import ReaderCore
from devices.simulators.card_viewer import CardViewerCore
from devices.simulators.core import SimulatorCore
from devices.simulators.document_printer import PaperCore
from devices.simulators.faults import AVAILABLE, Fault, FaultName
from devices.simulators.printer_core import FEEDER_HOLDS, PrinterCore

if TYPE_CHECKING:
    from desktop.training.cast import Extra
    from desktop.training.stage import Stage

LANE = "simulator"


class Simulator(Presenter[SimulatorView]):
    """Answers the simulator panel. Raises NoStage for a counter without simulators."""

    hears = (DeviceChanged,)

    def __init__(self, desk: Desk) -> None:
        from desktop.training.stage import NoStage, Stage

        if desk.bench is None:
            raise NoStage
        self._bench: SimulatedBench = desk.bench
        self._stage: Stage = Stage(desk)
        self._cast: tuple[Extra, ...] = ()
        self._sits = ""
        names = tuple(core.name for core in desk.bench.cores())
        super().__init__(desk, SimulatorView(names=names, current=names[0]))

    # -- looking ---------------------------------------------------------------------------

    def load(self, payload: object = None) -> None:
        """Show the device that `payload` names, or go on with the one on show."""
        if isinstance(payload, str) and payload in self.view.names:
            self.select(payload)
        if self._cast:
            self.refresh()  # at once; who holds what is read behind it
        self._meet()

    def heard(self, notice: Notice) -> None:
        self.refresh()

    def select(self, name: str) -> None:
        """Another device is on show."""
        if name in self.view.names and name != self.view.current:
            self.show(current=name, problem=None)
            self.refresh()

    def choose_visitor(self, index: int) -> None:
        """Who is meant by the hands that need a person."""
        if 0 <= index < len(self.view.visitors):
            self.show(visitor=index)

    def next_visitor(self, step: int = 1) -> None:
        """The next one in the list, or the one before."""
        if self.view.visitors:
            self.show(visitor=(self.view.visitor + step) % len(self.view.visitors))

    def refresh(self) -> None:
        """Look at the simulators again; cheap, and quiet where nothing changed."""
        core = self._core
        script = core.script
        faults = [Struck(fault, standing=True) for fault in script.standing]
        faults += [Struck(fault, standing=False) for fault in script.pending]
        truth = self._bench.printer.truth
        new: dict[str, Any] = {
            "kind": core.kind,
            "truths": truths_of(core, sits=self._sits),
            "hands": hands_of(core),
            "orderable": AVAILABLE[core.kind],
            "faults": tuple(faults),
            "present": self._bench.eid.card is not None or self._bench.camera.occupied,
            "codes": tuple(card.serial for card in truth.output if card.serial),
            "issuers": self._issuers(),
        }
        said = self.view.said
        if said is not None and said.message_id == "simulator.ordered":
            waits = any(fault.fault is said.facts.get("fault") for fault in script.pending)
            new["said"] = said if waits else None  # it struck, or was withdrawn
        if any(getattr(self.view, key) != value for key, value in new.items()):
            self.show(**new)

    # -- people ----------------------------------------------------------------------------

    def come(self) -> None:
        """The chosen person comes: lays the KTP-el on the reader, sits, and is ready to sign."""
        person = self._chosen()
        if person is None:
            return

        def act() -> None:
            self._lay_eid()
            self._sit()
            self._sign()

        self._hand_work(act, "simulator.came", name=person.person.name)

    def go(self) -> None:
        """The person leaves: card taken, chair empty, nothing left on the pad."""

        def act() -> None:
            self._stage.take_eid()
            self._stage.stand_up()
            self._bench.pad.wipe()
            self._sits = ""

        self._hand_work(act, "simulator.went")

    # -- hands and faults ------------------------------------------------------------------

    def do(self, hand: Hand) -> None:
        """Do one thing to the device on show."""
        if hand in (Hand.SCAN_CARD, Hand.LAY_CARD) and not self._finished(hand):
            self.show(said=self.say("simulator.no_card"))
        elif hand is Hand.LAY_THEIRS and hand in self.view.hands:
            self._lay_theirs()
        elif hand in self.view.hands:
            act = self._acts()[hand]
            self._hand_work(act, "")

    def order(self, fault: FaultName, step: str, count: int = 1, skip: int = 0) -> None:
        """Order a fault: it strikes at `step` after `skip` passes, `count` times."""
        for offered in self.view.orderable:
            if offered.fault is fault and step in offered.steps:
                self._core.order(Fault(step, fault, count=max(1, count), skip=max(0, skip)))
                self.show(said=self.say("simulator.ordered", fault=fault))
                self.refresh()
                return

    def remedy(self) -> None:
        """Do what an operator does about whatever stands."""
        self._hand_work(self._core.remedy, "simulator.mended")

    def withdraw(self) -> None:
        """Forget the faults that haven't struck yet."""
        self._core.script.withdraw()
        self.refresh()

    def scan(self, text: str) -> None:
        """Pull the scanner's trigger over a code."""
        if not text.strip():
            return
        heard, scanner = self._bench.scan(text.strip()), self._bench.scanner
        silent = scanner.connected and scanner.listened_to
        told = "scanned" if heard else "silent" if silent else "unheard"
        self.show(said=self.say(f"simulator.{told}"))
        self.refresh()

    # -- issuers of evidence ---------------------------------------------------------------

    def choose_issuer(self, index: int) -> None:
        """Whose manner is meant."""
        if 0 <= index < len(self.view.issuers):
            self.show(issuer=index)

    def behave(self, manner: Manner) -> None:
        """From now on the chosen issuer answers so, whoever is asked about."""
        outside, view = self.desk.outside, self.view
        if isinstance(outside, OutsideSimulator) and view.issuers:
            outside.manners[view.issuers[view.issuer].kind] = manner
            self.refresh()

    def _issuers(self) -> tuple[Issuer, ...]:
        outside = self.desk.outside
        if not isinstance(outside, OutsideSimulator):
            return ()
        return tuple(Issuer(kind, outside.manners.get(kind, Manner.YES)) for kind in ISSUERS)

    # -- inside ----------------------------------------------------------------------------

    @property
    def _core(self) -> SimulatorCore:
        return self._bench.core(self.view.current)

    def _chosen(self) -> Extra | None:
        return self._cast[self.view.visitor] if self._cast else None

    def _meet(self) -> None:
        from desktop.training.cast import cast_of

        def then(cast: tuple[Extra, ...]) -> None:
            self._cast = cast
            visitors = tuple(Visitor(one.person.name, one.licences, one.gone) for one in cast)
            self.show(visitors=visitors)
            self.refresh()

        self.read(lambda: cast_of(self.desk), then)

    def _hand_work(self, act: Callable[[], object], message_id: str, **facts: object) -> None:
        def then(_result: object) -> None:
            self.desk.hub.poll()
            if message_id:
                self.show(said=self.say(message_id, **facts))
            else:
                self.show()
            self.refresh()

        self.work(act, then, lane=LANE, doing="doing.simulator")

    def _acts(self) -> dict[Hand, Callable[[], object]]:
        bench, core = self._bench, self._core
        acts: dict[Hand, Callable[[], object]] = {
            Hand.LAY_EID: self._lay_eid,
            Hand.TAKE_EID: self._stage.take_eid,
            Hand.SIT: self._sit,
            Hand.STAND: self._stand,
            Hand.SIGN: self._sign,
            Hand.WIPE: bench.pad.wipe,
            Hand.LAY_FINGER: lambda: bench.lay_finger(b"finger"),
            Hand.LIFT_FINGER: lambda: bench.lay_finger(None),
            Hand.LAY_CARD: self._lay_card,
            Hand.SCAN_CARD: self._scan_card,
            Hand.UNPLUG: core.unplug,
            Hand.PLUG: core.plug,
            Hand.CUT_POWER: core.cut_power,
            Hand.RESTORE_POWER: core.restore_power,
        }
        if isinstance(core, PrinterCore):
            acts |= {
                Hand.LOAD_BLANKS: self._load_blanks,
                Hand.TAKE_OUTPUT: core.take_output,
                Hand.EMPTY_REJECT: core.empty_reject,
                Hand.CHANGE_RIBBON: core.change_ribbon,
                Hand.LOAD_UNNUMBERED: core.load_unnumbered,
                Hand.PULL_CARD: core.clear_jam,
                Hand.OPEN_COVER: core.open_cover,
                Hand.CLOSE_COVER: core.close_cover,
            }
        elif isinstance(core, PaperCore):
            acts |= {Hand.LOAD_PAPER: core.load_paper, Hand.TAKE_PAPERS: core.take_papers}
        elif isinstance(core, ReaderCore | CardViewerCore):
            acts |= {Hand.TAKE_CARD: lambda: core.put(None)}
        return acts

    def _lay_eid(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self._stage.lay_eid(chosen.person)

    def _sit(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self._stage.sit(chosen.person)
            self._bench.camera.look()  # drawn here, so that the first live picture needn't wait
            self._sits = chosen.person.name

    def _stand(self) -> None:
        self._stage.stand_up()
        self._sits = ""

    def _sign(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self._bench.pad.wipe()
            self._stage.ready_to_sign(chosen.person)

    def _load_blanks(self) -> int:
        """What this counter holds, by number; what came out unused goes back first."""
        return self._bench.fill_feeder(self.desk.stock.free_here(FEEDER_HOLDS * 2))

    def _lay_theirs(self) -> None:
        """The chosen person's newest card lies on the desk's reader: brought, or found."""
        who = self._chosen()
        if who is None:
            return

        def act() -> str:
            nik = who.person.nik
            with self.desk.ledger.reading() as r:
                cases = r.find(Application, nik=nik)
            made = [one for one in cases if one.blank_serial and one.photo]
            app = max(made, key=lambda one: one.created_at, default=None)
            if app is None:
                return ""
            lay_card(self.desk, app, app.blank_serial)
            return app.blank_serial

        def then(serial: str) -> None:
            told = "simulator.laid_theirs" if serial else "simulator.no_card_of"
            self.show(said=self.say(told, name=who.person.name, serial=serial))
            self.refresh()

        self.work(act, then, lane=LANE, doing="doing.simulator")

    def _finished(self, hand: Hand) -> bool:
        """Whether a finished card is here: in the tray, or for the reader taken out by hand."""
        truth = self._bench.printer.truth
        return bool(truth.output or (truth.by_hand and hand is Hand.LAY_CARD))

    def _scan_card(self) -> None:
        """Take the first finished card out of the tray and scan its number."""
        core = self._bench.printer
        with core.lock:
            card = core.truth.output.pop(0) if core.truth.output else None
            if card is not None:
                core.truth.by_hand.append(card)
        if card is not None:
            self._bench.scan(card.serial)

    def _lay_card(self) -> None:
        """Lay the last card taken out, or the first in the tray, on the desk's reader or viewer."""
        truth = self._bench.printer.truth
        cards = truth.by_hand[-1:] or truth.output[:1]
        core = self._core
        if cards and isinstance(core, ReaderCore | CardViewerCore):
            core.put(cards[0])
