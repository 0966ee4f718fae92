"""What a counter is made of before any service: profile, store, devices, lanes and who is on duty.

Whatever stands on these is made when it is first asked for (`made_when_asked`): the sign-in needs
no service but `duty`, and all together take a third of the start.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar, overload

from desktop.device_hub import DeviceHub
from desktop.domain.realm import Realm
from desktop.lanes import LaneRunner
from desktop.ledger import Ledger
from desktop.notices import Notices
from desktop.profile import Profile
from desktop.rulebook_late import LateRulebook
from desktop.services.base import Frame
from desktop.services.duty import Duty
from desktop.settings import Centre as CentreLine
from desktop.settings import Settings
from desktop.sources import Clock
from devices.simulators.bench import SimulatedBench
from devices.wire.recorder import FlightRecorder

if TYPE_CHECKING:
    from desktop.outside.port import Outside


CounterT = TypeVar("CounterT", bound="Counter")
MadeT = TypeVar("MadeT")


class made_when_asked(Generic[CounterT, MadeT]):
    """An attribute that is made at the first question and kept; one thread makes it."""

    def __init__(self, make: Callable[[CounterT], MadeT]) -> None:
        self._make = make
        self._name = make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, counter: None, owner: type[CounterT]) -> made_when_asked[CounterT, MadeT]: ...

    @overload
    def __get__(self, counter: CounterT, owner: type[CounterT]) -> MadeT: ...

    def __get__(
        self, counter: CounterT | None, owner: type[CounterT]
    ) -> made_when_asked[CounterT, MadeT] | MadeT:
        if counter is None:
            return self
        with counter.making:
            if self._name not in counter.__dict__:
                counter.__dict__[self._name] = self._make(counter)
        return counter.__dict__[self._name]


@dataclass(frozen=True)
class Counter:
    """One counter's parts."""

    profile: Profile
    settings: Settings
    frame: Frame
    ledger: Ledger
    notices: Notices
    lanes: LaneRunner
    hub: DeviceHub
    bench: SimulatedBench | None
    issuers: Outside | None
    """Who answers in the place of bank, clinic and the others, where a caller brings them along."""
    duty: Duty
    flight: FlightRecorder
    making: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)

    @property
    def realm(self) -> Realm:
        """Training or live."""
        return self.profile.realm

    @property
    def clock(self) -> Clock:
        """Tells the time here."""
        return self.frame.clock

    @property
    def has_centre(self) -> bool:
        """Whether this counter works with a centre."""
        return self.frame.centre.line is not None

    def reread_rules(self) -> None:
        """The centre may have sent rules: they hold from the next question on."""
        if isinstance(self.frame.rulebook, LateRulebook):
            self.frame.rulebook.reread()

    def connect_to(self, line: CentreLine) -> None:
        """Work with this centre from now on; nothing is asked of it yet."""
        from desktop.services.centre_link import CentreLink, follow

        link = CentreLink(self.profile.counter, self.clock)
        with self.ledger.reading() as r:
            link.load(r.conn)
        follow(self.ledger, link)
        self.frame.centre.line, self.frame.centre.link = line, link

    @made_when_asked
    def outside(self) -> Outside:
        """Bank, clinic and the others: played in training; a live counter has no line to them."""
        if self.issuers is not None:
            return self.issuers
        if self.realm is not Realm.TRAINING:
            from desktop.outside.port import NoLine

            return NoLine()
        from desktop.outside.simulators import OutsideSimulator

        return OutsideSimulator(self.clock.pause)
