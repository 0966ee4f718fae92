"""The desk as everything above the services sees it: one counter's parts, put together.

`desktop.desk.open_desk` makes it; presenters, commands and tests use it. It stands on the
services' floor so that presenters need to know nothing above them. To add a service: its field
here, its line in `open_desk`.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop.device_hub import DeviceHub
from desktop.domain.realm import Realm
from desktop.lanes import LaneRunner
from desktop.ledger import Ledger
from desktop.notices import Notices
from desktop.outside.port import Outside
from desktop.profile import Profile
from desktop.services.approval import Approvals
from desktop.services.base import Frame
from desktop.services.batch import BatchRun
from desktop.services.capture import Capture
from desktop.services.cardmaker import CardMaker
from desktop.services.closing import Closing
from desktop.services.corrections import Corrections
from desktop.services.destruction import Destruction
from desktop.services.device_care import DeviceCare
from desktop.services.duty import Duty
from desktop.services.handover import Handover
from desktop.services.intake import Intake
from desktop.services.issuing import Issuing
from desktop.services.letters import Letters
from desktop.services.licences import Licences
from desktop.services.online import Online
from desktop.services.outcomes import Outcomes
from desktop.services.oversight import Oversight
from desktop.services.papers import Papers
from desktop.services.proofs import Proofs
from desktop.services.queue import Queue
from desktop.services.reports import Reports
from desktop.services.returns import Returns
from desktop.services.reviews import Reviews
from desktop.services.shipping import Shipping
from desktop.services.stock import Stock
from desktop.services.supplies import Supplies
from desktop.services.tracking import Tracking
from desktop.settings import Settings
from desktop.sources import Clock
from devices.simulators.bench import SimulatedBench


@dataclass(frozen=True)
class Desk:
    """One counter at work."""

    profile: Profile
    settings: Settings
    frame: Frame
    ledger: Ledger
    notices: Notices
    lanes: LaneRunner
    hub: DeviceHub
    bench: SimulatedBench | None
    outside: Outside
    duty: Duty
    queue: Queue
    intake: Intake
    proofs: Proofs
    capture: Capture
    approvals: Approvals
    cardmaker: CardMaker
    licences: Licences
    issuing: Issuing
    handover: Handover
    stock: Stock
    supplies: Supplies
    destruction: Destruction
    letters: Letters
    batch: BatchRun
    closing: Closing
    corrections: Corrections
    reports: Reports
    oversight: Oversight
    papers: Papers
    online: Online
    reviews: Reviews
    shipping: Shipping
    tracking: Tracking
    returns: Returns
    outcomes: Outcomes
    care: DeviceCare

    @property
    def realm(self) -> Realm:
        return self.profile.realm

    @property
    def clock(self) -> Clock:
        return self.frame.clock

    def close(self) -> None:
        """End lanes, devices and the store, in this order."""
        self.lanes.close()
        self.hub.close()
        self.ledger.store.close()
