"""Facts published upwards: something changed, whoever shows it may look again.

A notice says what moved and never what it became, so that a late one does no harm. Lanes publish,
the window's thread hears: delivery goes through an injected post.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from devices.device import DeviceKind

Post = Callable[[Callable[[], None]], None]
_NO_FACTS: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Notice:
    """Something happened."""


@dataclass(frozen=True, slots=True)
class DeviceChanged(Notice):
    """A device came, went, or feels otherwise."""

    kind: DeviceKind
    name: str


@dataclass(frozen=True, slots=True)
class ApplicationMoved(Notice):
    """An application changed its state or its content."""

    application_id: str


@dataclass(frozen=True, slots=True)
class VisitMoved(Notice):
    """A visit got or lost an application."""

    visit_id: str


@dataclass(frozen=True, slots=True)
class ApprovalsChanged(Notice):
    """Something waits for an approver, or waits no more."""


@dataclass(frozen=True, slots=True)
class StockChanged(Notice):
    """Blanks moved."""


@dataclass(frozen=True, slots=True)
class ShipmentMoved(Notice):
    """A parcel or a return case changed its state."""

    shipment_id: str


@dataclass(frozen=True, slots=True)
class SyncMoved(Notice):
    """Something went to the centre or came from it, or the line changed."""


@dataclass(frozen=True, slots=True)
class TicketsChanged(Notice):
    """The queue changed."""


@dataclass(frozen=True, slots=True)
class DutyChanged(Notice):
    """An officer signed in or out, or the counter was locked."""


@dataclass(frozen=True, slots=True)
class ScanArrived(Notice):
    """A code was scanned. It may name a person, so `repr` hides it."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CardToTurn(Notice):
    """The card viewer has seen one side of the case's card and waits for the other."""

    application_id: str


@dataclass(frozen=True, slots=True)
class CardBegun(Notice):
    """The chip of the case's card is being written: from now on stopping would cost the card."""

    application_id: str


@dataclass(frozen=True, slots=True)
class Progress(Notice):
    """A long act stands at step `done` of `whole`; words from `progress.<act>`."""

    act: str
    done: int
    whole: int


@dataclass(frozen=True, slots=True)
class Say(Notice):
    """A short message for the officer: words of `message_id` with the facts."""

    message_id: str
    facts: Mapping[str, object] = field(default_factory=lambda: _NO_FACTS, repr=False)


Listener = Callable[[Notice], None]


class Notices:
    """The one bus. Each listener hears every notice, in the order of publishing."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._lock = threading.Lock()
        self._listeners: tuple[Listener, ...] = ()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear notices; returns how to stop. Who stopped hears nothing more, even of the posted."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

        def stop() -> None:
            with self._lock:
                self._listeners = tuple(one for one in self._listeners if one is not listener)

        return stop

    def publish(self, notice: Notice) -> None:
        """Tell everybody, from any thread; returns at once."""
        self._post(lambda: self._deliver(notice))

    def _deliver(self, notice: Notice) -> None:
        for listener in self._listeners:
            if listener in self._listeners:
                listener(notice)


def at_once(delivery: Callable[[], None]) -> None:
    """A post without a window: whoever publishes delivers."""
    delivery()
