"""What hardware may answer instead of success.

    DeviceFault
    ├── LinkFault            the line to the device
    │   ├── NotChosen        no device of this kind is set up at this counter
    │   ├── NotConnected     unplugged, switched off, or its power failed in mid-call
    │   │   ├── ServiceStopped   the PC's own service for such devices doesn't run
    │   │   └── SdkCrashed       the maker's own library died in mid-call
    │   ├── SdkMissing       the maker's own library isn't installed
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
    │   └── CannotCompare    a finger was taken, but nothing here can compare it
    ├── QueueFault           a print queue, of cards or of papers
    │   └── QueueMissing, QueueRepeats, JobStopped, NothingPrinted, OnlyByDriver
    └── PaperFault           the document printer
        └── OutOfPaper, PaperJam, JobLost

Fields are facts, never a person; `str()` is the class name. Words come from the message ids
`problem.<ClassName>` and `problem.<ClassName>.remedy`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from devices.device import DeviceKind, Hopper, Station


class DeviceFault(Exception):
    """The hardware said no, and an officer can do something about it."""

    def facts(self) -> dict[str, object]:
        """The fields by name, for the placeholders of the words."""
        if not dataclasses.is_dataclass(self):
            return {}
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    def __str__(self) -> str:
        return type(self).__name__


class LinkFault(DeviceFault):
    """The line to a device."""


@dataclass(eq=False)
class NotChosen(LinkFault):
    """No device of this kind is set up at this counter."""

    kind: DeviceKind


@dataclass(eq=False)
class NotConnected(LinkFault):
    """The device is unplugged, switched off, or went away in mid-call at `during`."""

    kind: DeviceKind
    during: str = ""


@dataclass(eq=False)
class ServiceStopped(NotConnected):
    """The PC's own service for such devices (smart cards, printing) doesn't run or hangs."""


@dataclass(eq=False)
class SdkMissing(LinkFault):
    """The maker's own library, which this family of devices needs, isn't installed."""


@dataclass(eq=False)
class SdkCrashed(NotConnected):
    """The maker's own library died in mid-call; it runs in a process of its own."""


@dataclass(eq=False)
class Busy(LinkFault):
    """Somebody else uses the device now; nothing was done."""

    kind: DeviceKind


@dataclass(eq=False)
class TimedOut(LinkFault):
    """No answer within the seconds that the caller allowed."""

    kind: DeviceKind
    seconds: float
    during: str = ""


@dataclass(eq=False)
class Cancelled(LinkFault):
    """The caller's cancel event was set."""

    kind: DeviceKind
    during: str = ""


@dataclass(eq=False)
class Garbage(LinkFault):
    """The answer can't be understood."""

    kind: DeviceKind
    during: str = ""


@dataclass(eq=False)
class NotTrusted(LinkFault):
    """The answer isn't signed by whom this counter trusts; nothing of it was used."""

    kind: DeviceKind
    during: str = ""


@dataclass(eq=False)
class ClockApart(LinkFault):
    """The device's clock and the counter's are so many seconds apart."""

    kind: DeviceKind
    seconds: int


class PrinterFault(DeviceFault):
    """The card printer's mechanics."""


@dataclass(eq=False)
class OutOfCards(PrinterFault):
    """The hopper is empty after `count` cards that it gave since it was filled."""

    hopper: Hopper
    count: int


@dataclass(eq=False)
class CardJam(PrinterFault):
    """A card is stuck; `half_printed` says whether ribbon has touched it."""

    at: Station
    half_printed: bool


@dataclass(eq=False)
class CoverOpen(PrinterFault):
    """A cover is open; `half_printed` says whether the card inside is begun."""

    half_printed: bool = False


@dataclass(eq=False)
class RibbonEnded(PrinterFault):
    """The ribbon has no panel left; `half_printed` says whether the card inside is begun."""

    half_printed: bool


@dataclass(eq=False)
class RejectBoxFull(PrinterFault):
    """The reject box holds `count` cards and takes no more."""

    count: int


@dataclass(eq=False)
class OutputTrayFull(PrinterFault):
    """The output tray holds `count` cards and takes no more."""

    count: int


@dataclass(eq=False)
class CardLeftIn(PrinterFault):
    """A card is inside already, so none can be fed."""

    serial: str | None


@dataclass(eq=False)
class NoCardInside(PrinterFault):
    """The order needs a card inside and there is none."""

    at: Station


@dataclass(eq=False)
class HalfPrinted(PrinterFault):
    """Printing stopped with the card begun; the card is inside and can be moved."""

    at: Station


@dataclass(eq=False)
class CardNotBlank(PrinterFault):
    """The card inside is printed already; nothing is ever printed over."""

    serial: str | None


@dataclass(eq=False)
class AlreadyPrinted(PrinterFault):
    """This job was printed before; it is never printed twice."""

    job_id: str


class CardFault(DeviceFault):
    """A chip card on a reader."""


@dataclass(eq=False)
class CardMissing(CardFault):
    """No card on the reader, or it was taken away in mid-call."""

    kind: DeviceKind
    during: str = ""


@dataclass(eq=False)
class CardMute(CardFault):
    """The chip takes commands and answers none."""


@dataclass(eq=False)
class WrongCard(CardFault):
    """A card, but not of the expected sort."""

    kind: DeviceKind


@dataclass(eq=False)
class ChipDead(CardFault):
    """The chip doesn't power up, or its memory fails."""


@dataclass(eq=False)
class ChipRefused(CardFault):
    """The chip answered with a status word (ISO/IEC 7816-4) that nobody expects here."""

    status: str


@dataclass(eq=False)
class ChipFull(CardFault):
    """The data doesn't fit into the chip's file."""

    size: int
    room: int


@dataclass(eq=False)
class AuthenticationFailed(CardFault):
    """The chip doesn't accept our key; None where it doesn't count attempts."""

    attempts_left: int | None


@dataclass(eq=False)
class EidUnreadable(CardFault):
    """The KTP-el lies on the reader but its chip can't be read."""


@dataclass(eq=False)
class EidModuleMissing(EidUnreadable):
    """The chip answers, but this reader has no security module (SAM) that opens its content."""


@dataclass(eq=False)
class EidModuleRefused(EidUnreadable):
    """The security module doesn't accept this counter's activation; None where it doesn't count."""

    attempts_left: int | None


@dataclass(eq=False)
class EidNotGenuine(EidUnreadable):
    """Card and module couldn't prove themselves: forged, or a module that isn't for it."""


class CaptureFault(DeviceFault):
    """Camera, pad or finger."""


@dataclass(eq=False)
class NoPicture(CaptureFault):
    """The camera delivers no picture."""


@dataclass(eq=False)
class PictureFrozen(CaptureFault):
    """The camera delivers the same frame again and again."""


@dataclass(eq=False)
class NoSignature(CaptureFault):
    """The pad was confirmed without a stroke, or nobody signed in time."""


@dataclass(eq=False)
class PenStuck(CaptureFault):
    """The pad tells of a pen that touches one spot and doesn't leave it."""


@dataclass(eq=False)
class NoFinger(CaptureFault):
    """No finger was laid on the sensor in time."""


@dataclass(eq=False)
class PoorFinger(CaptureFault):
    """The finger's picture is too poor to compare (0 worst, 100 best)."""

    quality: int


@dataclass(eq=False)
class CannotCompare(CaptureFault):
    """A finger of this quality was taken, but no comparer is set up here."""

    quality: int


class QueueFault(DeviceFault):
    """A print queue, of cards or of papers."""


@dataclass(eq=False)
class QueueMissing(QueueFault):
    """The print service knows no queue of this name."""

    queue: str


@dataclass(eq=False)
class QueueRepeats(QueueFault):
    """The queue would print a job again by itself after a fault, by its error `policy`."""

    queue: str
    policy: str


@dataclass(eq=False)
class JobStopped(QueueFault):
    """The queue, the printer or somebody ended the job before it was done."""

    job_id: str


@dataclass(eq=False)
class NothingPrinted(QueueFault):
    """The printer says that the job is done, and that it printed nothing."""

    job_id: str


class OnlyByDriver(QueueFault):
    """A card for the machine's sake that only the driver's own tool can run."""


class PaperFault(DeviceFault):
    """The document printer."""


@dataclass(eq=False)
class OutOfPaper(PaperFault):
    """The paper tray is empty."""


@dataclass(eq=False)
class PaperJam(PaperFault):
    """Paper is stuck."""


@dataclass(eq=False)
class JobLost(PaperFault):
    """The job is neither printed nor in the queue."""

    job_id: str
