"""What hardware may answer instead of success.

    DeviceFault
    ├── LinkFault            the line to the device
    │   ├── NotChosen        no device of this kind is set up at this counter
    │   ├── NotConnected     unplugged, switched off, or its power failed in mid-call
    │   │   ├── ServiceStopped   the PC's own service for such devices doesn't run
    │   │   └── SdkCrashed       the maker's own library died in mid-call
    │   ├── SdkMissing       the maker's own library isn't installed
    │   ├── ProgramMissing   a program that the device is used through isn't installed
    │   ├── NotPermitted     this account may not use it
    │   ├── Busy             somebody else uses it now
    │   ├── TimedOut         no answer within the time that the caller allowed
    │   ├── Cancelled        the caller gave up
    │   ├── Garbage          an answer that can't be understood
    │   ├── NotTrusted       an answer that isn't signed by whom this counter trusts
    │   └── ClockApart       the device's clock is too far from the counter's
    ├── PrinterFault         the card printer's mechanics
    │   ├── OutOfCards, CardJam, CoverOpen, RibbonEnded, RejectBoxFull, OutputTrayFull
    │   ├── CardLeftIn, NoCardInside, HalfPrinted, CardNotBlank, AlreadyPrinted
    ├── CardFault            a chip card on a reader
    │   ├── CardMissing, CardMute, WrongCard, ChipDead, ChipRefused, ChipFull, AuthenticationFailed
    │   └── EidUnreadable
    │       ├── EidModuleMissing   no security module here to open its content
    │       ├── EidModuleRefused   the module doesn't open to this counter
    │       └── EidNotGenuine      card and module couldn't prove themselves to each other
    ├── CaptureFault         camera, pad, finger
    │   ├── NoPicture, PictureFrozen, NoSignature, PenStuck, NoFinger, PoorFinger
    │   ├── LidOpen, ScannerJammed   a flat-bed's lid, a feeder's card
    │   ├── CannotCompare    a finger was taken, but nothing here can compare it
    │   └── NotCompared      a finger was taken, but the comparer that is set up gave no verdict
    │       ├── ComparerAway, ComparerSlow, ComparerGarbled, ComparerRefused
    │       └── ComparerUndecided, ComparerUnfit
    ├── QueueFault           a print queue, of cards or of papers
    │   └── QueueMissing, QueueRepeats, JobStopped, NothingPrinted, OnlyByDriver
    └── PaperFault           the document printer
        └── OutOfPaper, PaperJam, JobLost

Fields are facts, never a person; `str()` is the class name. Words come from the message ids
`problem.<ClassName>` and `problem.<ClassName>.remedy`.
"""

from __future__ import annotations

from devices.device import DeviceKind, Hopper, Station
from refusal import Refusal


class DeviceFault(Refusal):
    """The hardware said no, and an officer can do something about it."""


class LinkFault(DeviceFault):
    """The line to a device."""


class NotChosen(LinkFault):
    """No device of this kind is set up at this counter."""

    kind: DeviceKind


class NotConnected(LinkFault):
    """The device is unplugged, switched off, or went away in mid-call at `during`."""

    kind: DeviceKind
    during: str = ""


class ServiceStopped(NotConnected):
    """The PC's own service for such devices (smart cards, printing) doesn't run or hangs."""


class SdkMissing(LinkFault):
    """The maker's own library, which this family of devices needs, isn't installed."""


class ProgramMissing(LinkFault):
    """A program of the system, through which such devices are used, isn't installed."""

    program: str


class NotPermitted(LinkFault):
    """The system doesn't let this account use the device."""

    kind: DeviceKind


class SdkCrashed(NotConnected):
    """The maker's own library died in mid-call; it runs in a process of its own."""


class Busy(LinkFault):
    """Somebody else uses the device now; nothing was done."""

    kind: DeviceKind


class TimedOut(LinkFault):
    """No answer within the seconds that the caller allowed."""

    kind: DeviceKind
    seconds: float
    during: str = ""


class Cancelled(LinkFault):
    """The caller's cancel event was set."""

    kind: DeviceKind
    during: str = ""


class Garbage(LinkFault):
    """The answer can't be understood."""

    kind: DeviceKind
    during: str = ""


class NotTrusted(LinkFault):
    """The answer isn't signed by whom this counter trusts; nothing of it was used."""

    kind: DeviceKind
    during: str = ""


class ClockApart(LinkFault):
    """The device's clock and the counter's are so many seconds apart."""

    kind: DeviceKind
    seconds: int


class PrinterFault(DeviceFault):
    """The card printer's mechanics."""


class OutOfCards(PrinterFault):
    """The hopper is empty after `count` cards that it gave since it was filled."""

    hopper: Hopper
    count: int


class CardJam(PrinterFault):
    """A card is stuck; `half_printed` says whether ribbon has touched it."""

    at: Station
    half_printed: bool


class CoverOpen(PrinterFault):
    """A cover is open; `half_printed` says whether the card inside is begun."""

    half_printed: bool = False


class RibbonEnded(PrinterFault):
    """The ribbon has no panel left; `half_printed` says whether the card inside is begun."""

    half_printed: bool


class RejectBoxFull(PrinterFault):
    """The reject box holds `count` cards and takes no more."""

    count: int


class OutputTrayFull(PrinterFault):
    """The output tray holds `count` cards and takes no more."""

    count: int


class CardLeftIn(PrinterFault):
    """A card is inside already, so none can be fed."""

    serial: str | None


class NoCardInside(PrinterFault):
    """The order needs a card inside and there is none."""

    at: Station


class HalfPrinted(PrinterFault):
    """Printing stopped with the card begun; the card is inside and can be moved."""

    at: Station


class CardNotBlank(PrinterFault):
    """The card inside is printed already; nothing is ever printed over."""

    serial: str | None


class AlreadyPrinted(PrinterFault):
    """This job was printed before; it is never printed twice."""

    job_id: str


class CardFault(DeviceFault):
    """A chip card on a reader."""


class CardMissing(CardFault):
    """No card on the reader, or it was taken away in mid-call."""

    kind: DeviceKind
    during: str = ""


class CardMute(CardFault):
    """The chip takes commands and answers none."""


class WrongCard(CardFault):
    """A card, but not of the expected sort."""

    kind: DeviceKind


class ChipDead(CardFault):
    """The chip doesn't power up, or its memory fails."""


class ChipRefused(CardFault):
    """The chip answered with a status word (ISO/IEC 7816-4) that nobody expects here."""

    status: str


class ChipFull(CardFault):
    """The data doesn't fit into the chip's file."""

    size: int
    room: int


class AuthenticationFailed(CardFault):
    """The chip doesn't accept our key; None where it doesn't count attempts."""

    attempts_left: int | None


class EidUnreadable(CardFault):
    """The KTP-el lies on the reader but its chip can't be read."""


class EidModuleMissing(EidUnreadable):
    """The chip answers, but this reader has no security module (SAM) that opens its content."""


class EidModuleRefused(EidUnreadable):
    """The security module doesn't accept this counter's activation; None where it doesn't count."""

    attempts_left: int | None


class EidNotGenuine(EidUnreadable):
    """Card and module couldn't prove themselves: forged, or a module that isn't for it."""


class CaptureFault(DeviceFault):
    """Camera, pad or finger."""


class NoPicture(CaptureFault):
    """The camera delivers no picture."""


class PictureFrozen(CaptureFault):
    """The camera delivers the same frame again and again."""


class LidOpen(CaptureFault):
    """The lid of a flat-bed stands open, and the scanner doesn't scan so."""


class ScannerJammed(CaptureFault):
    """A card is stuck in the scanner's feeder."""


class NoSignature(CaptureFault):
    """The pad was confirmed without a stroke, or nobody signed in time."""


class PenStuck(CaptureFault):
    """The pad tells of a pen that touches one spot and doesn't leave it."""


class NoFinger(CaptureFault):
    """No finger was laid on the sensor in time."""


class PoorFinger(CaptureFault):
    """The finger's picture is too poor to compare (0 worst, 100 best)."""

    quality: int


class CannotCompare(CaptureFault):
    """A finger of this quality was taken, but no comparer is set up here."""

    quality: int


class NotCompared(CaptureFault):
    """A finger of this quality was taken; the comparer beside the sensor gave no verdict.

    Nothing is said of whose finger it is: this is a fault of the device, and no try.
    """

    quality: int


class ComparerAway(NotCompared):
    """Nobody answers at the comparer's address, or the line was cut."""


class ComparerSlow(NotCompared):
    """The comparer didn't answer within so many seconds."""

    seconds: float


class ComparerGarbled(NotCompared):
    """The comparer's answer can't be understood."""


class ComparerRefused(NotCompared):
    """The comparer answered with an error, of this code in its own words."""

    code: str


class ComparerUndecided(NotCompared):
    """The comparer answered, but said neither that the fingers match nor that they don't."""


class ComparerUnfit(NotCompared):
    """The comparer doesn't recognise a finger in its own picture."""


class QueueFault(DeviceFault):
    """A print queue, of cards or of papers."""


class QueueMissing(QueueFault):
    """The print service knows no queue of this name."""

    queue: str


class QueueRepeats(QueueFault):
    """The queue would print a job again by itself after a fault, by its error `policy`."""

    queue: str
    policy: str


class JobStopped(QueueFault):
    """The queue, the printer or somebody ended the job before it was done."""

    job_id: str


class NothingPrinted(QueueFault):
    """The printer says that the job is done, and that it printed nothing."""

    job_id: str


class OnlyByDriver(QueueFault):
    """A card for the machine's sake that only the driver's own tool can run."""


class PaperFault(DeviceFault):
    """The document printer."""


class OutOfPaper(PaperFault):
    """The paper tray is empty."""


class PaperJam(PaperFault):
    """Paper is stuck."""


class JobLost(PaperFault):
    """The job is neither printed nor in the queue."""

    job_id: str
