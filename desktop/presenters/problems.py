"""What a screen itself can refuse, before any service is asked."""

from __future__ import annotations

from desktop.domain.errors import Problem
from desktop.domain.person import FieldEmpty
from desktop.domain.stock import BlankState
from desktop.domain.workflow import GatesMissing


class DateUnreadable(Problem):
    """A date field doesn't hold eight digits of a real day (dd/mm/yyyy)."""

    field: str


class NothingDiffers(Problem):
    """A change of data is asked for, and what was read is what the old card or the record says."""


class StillNothingDiffers(NothingDiffers):
    """The same at the data check: what was to be corrected wasn't."""


class FieldsEmpty(FieldEmpty):
    """Several fields that the card needs are empty; `field` is the first of `fields`."""

    fields: tuple[str, ...]
    count: int


class WorkUnanswered(Problem):
    """A foreigner's document was typed without saying whether they work: it asks for a permit."""


class NtpnMissing(Problem):
    """A bank slip without the number that the treasury gave the payment."""


class AmountUnreadable(Problem):
    """A field for rupiah holds no whole number."""


class ScanTheCard(Problem):
    """The handover needs the card to be scanned."""


class ReceiptUnprinted(Problem):
    """The printer is well again, and the receipt that it stopped at didn't come out."""


class ChipSaysNothing(Problem):
    """The chip of the card that is to be handed over holds nothing."""


class SecondOfficerNeeded(Problem):
    """The step needs a reason and a second officer's signature first."""


class NothingDrawn(Problem):
    """The box to sign in on the screen holds no more than a dot."""


class SignatureTooShort(Problem):
    """Something was drawn in the box, and it is less than anybody's signature."""


class ReprintNeedsSecond(GatesMissing):
    """The case was printed as often as one officer may; a second one signs for one more try."""


class NobodySigns(Problem):
    """Whoever counted closes nothing, and nobody else here has a supervisor's duty.

    `reason` is empty for who counted, "other" for who may count instead, "elsewhere" for the rest;
    "over" and "elsewhere_over" where F12 gives the counter back first. "nobody": whoever counted
    has no such duty either.
    """

    reason: str = ""


class NotOfThisCount(Problem):
    """A card was scanned in a lot's recount that the books don't have here as a blank of it."""

    serial: str
    lot: str


class NotForDestruction(Problem):
    """A card's number was typed among those to be destroyed; by the books it isn't one of them."""

    serial: str
    state: BlankState


class ServeFirst(Problem):
    """Somebody is being served: finish or hold before the next is called."""


class CardFirst(ServeFirst):
    """A card is made: its case can't be held until somebody looked at it."""


class CardUnderWay(ServeFirst):
    """A card is being made: there is nothing to look at yet."""


class LeaveFirst(ServeFirst):
    """A form is open, or another service is being added: nothing is held beside either."""


class LeaveService(LeaveFirst):
    """Another service is being added; of the visit's other cases none is served now."""


class OtherFirst(ServeFirst):
    """The case on show waits for others or is done; somebody is served at another of the visit."""


class WaitFirst(ServeFirst):
    """Whoever is served, or a device, is waited for: nothing can be held before that ends."""
