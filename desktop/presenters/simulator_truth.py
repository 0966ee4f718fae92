"""How a simulated device truly is, and what hands can do to it, by its kind."""

from __future__ import annotations

from desktop.presenters.simulator_view import Hand, TrueFact, Truth
from devices.simulators.camera import CameraCore
from devices.simulators.card_reader import ReaderCore
from devices.simulators.card_viewer import CardViewerCore
from devices.simulators.core import SimulatorCore
from devices.simulators.document_printer import TRAY_HOLDS, PaperCore
from devices.simulators.eid_reader import EidCore
from devices.simulators.fingerprint import FingerCore
from devices.simulators.printer_core import (
    FEEDER_HOLDS,
    REJECT_HOLDS,
    RIBBON_HOLDS,
    PrinterCore,
)
from devices.simulators.scanner import ScannerCore
from devices.simulators.signature_pad import PadCore


def truths_of(core: SimulatorCore, *, sits: str = "") -> tuple[TrueFact, ...]:
    """The lines of a device's truth; `sits` is the name of whoever sits before the camera."""
    with core.lock:
        return (*_own(core, sits), *_line(core))


def _line(core: SimulatorCore) -> tuple[TrueFact, ...]:
    reasons = {reason.value for reason in core.link_reasons()}
    if "unplugged" in reasons:
        return (TrueFact(Truth.CABLE_OUT),)
    return (TrueFact(Truth.POWER_OFF if "no_power" in reasons else Truth.CABLE_IN),)


def _own(core: SimulatorCore, sits: str) -> tuple[TrueFact, ...]:
    if isinstance(core, PrinterCore):
        return _printer(core)
    if isinstance(core, ReaderCore | CardViewerCore):
        card = core.card if isinstance(core, ReaderCore) else core.card()
        if card is None:
            return (TrueFact(Truth.CARD_NONE),)
        return (TrueFact(Truth.CARD_HERE, {"serial": card.serial or None}),)
    if isinstance(core, EidCore):
        card = core.card
        return (TrueFact(Truth.EID_NONE),) if card is None else (
            TrueFact(Truth.EID_HERE, {"name": card.name}),
        )  # fmt: skip
    if isinstance(core, CameraCore):
        if not core.occupied:
            return (TrueFact(Truth.SITS_NONE),)
        return (TrueFact(Truth.SITS, {"name": sits or None}),)
    if isinstance(core, PadCore):
        return (TrueFact(Truth.SIGNED if core.signed else Truth.SIGNED_NONE),)
    if isinstance(core, PaperCore):
        return (
            TrueFact(Truth.PAPER, {"count": max(0, core.sheets), "whole": TRAY_HOLDS}),
            TrueFact(Truth.PAPERS_OUT, {"count": core.papers_out}),
        )
    if isinstance(core, FingerCore):
        return (TrueFact(Truth.FINGER if core.finger is not None else Truth.FINGER_NONE),)
    return (TrueFact(Truth.LISTENS),)


def _printer(core: PrinterCore) -> tuple[TrueFact, ...]:
    truth = core.truth
    first = truth.feeder[0].serial if truth.feeder else None
    facts = [
        TrueFact(Truth.FEEDER, {"count": len(truth.feeder), "whole": FEEDER_HOLDS, "first": first}),
        TrueFact(Truth.RIBBON, {"count": max(0, truth.ribbon), "whole": RIBBON_HOLDS}),
    ]
    if truth.inside is None:
        facts.append(TrueFact(Truth.INSIDE_NONE))
    else:
        inside = {"serial": truth.inside.serial or None, "at": truth.station}
        facts.append(TrueFact(Truth.INSIDE, inside))
    if truth.output:
        last = truth.output[-1].serial
        facts.append(TrueFact(Truth.OUTPUT, {"count": len(truth.output), "last": last}))
    else:
        facts.append(TrueFact(Truth.OUTPUT_NONE))
    facts.append(TrueFact(Truth.REJECT, {"count": len(truth.reject), "whole": REJECT_HOLDS}))
    facts.append(TrueFact(Truth.UNNUMBERED, {"count": truth.unnumbered}))
    if truth.by_hand:
        facts.append(TrueFact(Truth.BESIDE, {"count": len(truth.by_hand)}))
    facts.append(TrueFact(Truth.COUNTED, {"cards": truth.cards, "panels": truth.panels}))
    if truth.cover_open:
        facts.append(TrueFact(Truth.COVER))
    if truth.jam is not None:
        facts.append(TrueFact(Truth.JAM, {"at": truth.jam}))
    return tuple(facts)


def hands_of(core: SimulatorCore) -> tuple[Hand, ...]:
    """What makes sense now, in the order of the digits; the cable and the power come last."""
    reasons = {reason.value for reason in core.link_reasons()}
    cable = Hand.PLUG if "unplugged" in reasons else Hand.UNPLUG
    power = Hand.CUT_POWER if core.powered else Hand.RESTORE_POWER
    return (*_hands(core), cable, power)


def _hands(core: SimulatorCore) -> tuple[Hand, ...]:
    if isinstance(core, PrinterCore):
        truth = core.truth
        stuck = truth.jam is not None or truth.inside is not None
        cover = Hand.CLOSE_COVER if truth.cover_open else Hand.OPEN_COVER
        return (
            Hand.LOAD_BLANKS,
            Hand.SCAN_CARD,
            Hand.TAKE_OUTPUT,
            Hand.EMPTY_REJECT,
            Hand.CHANGE_RIBBON,
            Hand.LOAD_UNNUMBERED,
            Hand.PULL_CARD if stuck else cover,
        )
    if isinstance(core, ReaderCore):
        inside = core.name == "chip_station"
        if inside:
            return ()
        return (Hand.LAY_CARD, Hand.LAY_THEIRS) if core.card is None else (Hand.TAKE_CARD,)
    if isinstance(core, CardViewerCore):
        return (Hand.LAY_CARD if core.laid is None else Hand.TAKE_CARD,)
    if isinstance(core, EidCore):
        return (Hand.LAY_EID, Hand.TAKE_EID)
    if isinstance(core, CameraCore):
        return (Hand.SIT, Hand.STAND)
    if isinstance(core, PadCore):
        return (Hand.SIGN, Hand.WIPE)
    if isinstance(core, PaperCore):
        return (Hand.LOAD_PAPER, Hand.TAKE_PAPERS)
    if isinstance(core, FingerCore):
        return (Hand.LAY_FINGER, Hand.LIFT_FINGER)
    return (Hand.SCAN_CARD,) if isinstance(core, ScannerCore) else ()
