"""An online day for walks: a small batch, cards made from it, parcels sent and brought back."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import Actor, Role
from desktop.domain.online import ImportReport
from desktop.domain.reasons import ReturnReason
from desktop.domain.shipment import (
    CourierWord,
    Parcel,
    ProofOfDelivery,
    ReturnCase,
)
from desktop.domain.waybill import make_domestic
from desktop.services.doubts import Outcome
from desktop.training.batch_maker import Flaw, make_batch
from devices.simulators.plastic import PlasticCard
from tests.walks.world import PASSWORDS, World

COURIER = "Pos Indonesia"
DOCS = Path(__file__).resolve().parents[2] / "docs"
RESULT = Draft202012Validator(json.loads((DOCS / "results.schema.json").read_text("utf-8")))
"""The form of an answer to the portal, as it is published."""


@cache
def _kept() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="loket-batches-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def batch(world: World, count: int, *, seed: int = 3, faulty: int = 0) -> Path:
    """A batch for this world. Worlds of one seed have one portal key, so a file is made once."""
    path = _kept() / f"{count}-{seed}-{faulty}.zip"
    if not path.exists():
        make_batch(world.desk, path, count=count, seed=seed, faulty=faulty)
    return path


@dataclass
class OnlineDay:
    """A world that works on online files."""

    world: World
    cards: dict[str, PlasticCard] = field(default_factory=dict[str, PlasticCard])
    waybills: int = 0

    def take_in(self, count: int, *, seed: int = 3, faulty: int = 0) -> ImportReport:
        """Import a batch as Andi."""
        self.world.sign_in("andi")
        path = batch(self.world, count, seed=seed, faulty=faulty)
        return self.world.desk.online.import_batch(self.world.by, path)

    def application(self, number: str) -> Application:
        with self.world.desk.ledger.reading() as r:
            found = r.first(Application, number=number)
        assert found is not None
        return found

    def app(self, application_id: str) -> Application:
        return self.world.desk.intake.case(application_id)

    def verified(self, application_id: str) -> Application:
        """Claim and verify as Andi; the drawn people's photos pass as they are."""
        world = self.world
        world.sign_in("andi")
        world.desk.online.claim(world.by, application_id)
        check = world.desk.online.pre_check(application_id)
        override = "photo_check_mistaken" if check.doubtful else ""
        return world.desk.online.verify(world.by, application_id, override=override)

    def approved(self, application_id: str) -> Application:
        self.verified(application_id)
        self.world.sign_in("sri")
        return self.world.desk.approvals.approve(self.world.by, application_id)

    def made(self, application_id: str) -> Application:
        """Print and inspect an approved case as Rahmat; the card lies on the desk."""
        world = self.world
        world.sign_in("rahmat")
        result = world.desk.issuing.issue(world.by, application_id)
        assert result.outcome is Outcome.PRINTED, result.fault
        app = world.desk.issuing.inspect(world.by, application_id)
        for card in world.bench.take_output():
            assert card.serial is not None
            self.cards[card.serial] = card
        return app

    def ready(self, *, count: int = 1, seed: int = 3) -> list[Application]:
        """So many finished cards that go by courier."""
        report = self.take_in(count, seed=seed)
        found: list[Application] = []
        for line in report.taken:
            self.approved(line.application_id)
            found.append(self.made(line.application_id))
        return found

    def waybill(self) -> str:
        """The next label of the roll."""
        self.waybills += 1
        return make_domestic(self.world.desk.frame.today(), self.waybills)

    def packed(self, app: Application) -> Parcel:
        world = self.world
        world.sign_in("rahmat")
        return world.desk.shipping.pack(world.by, app.id, app.blank_serial, self.waybill())

    def dispatched(self, *apps: Application) -> list[Parcel]:
        """Packed, and taken by the courier."""
        parcels = [self.packed(app) for app in apps]
        self.world.desk.shipping.close_manifest(self.world.by, COURIER, len(parcels))
        return [self.world.desk.shipping.find_parcel(parcel.awb) for parcel in parcels]

    def came_back(self, parcel: Parcel, *, seal_intact: bool = True) -> ReturnCase:
        """Received and opened by Rahmat and Bambang: nobody was at home."""
        world = self.world
        world.sign_in("rahmat")
        desk = world.desk
        desk.tracking.courier_says(world.by, parcel.awb, CourierWord.FAILED, reason="nobody home")
        desk.tracking.courier_says(world.by, parcel.awb, CourierWord.RETURNING)
        case = desk.returns.receive(world.by, parcel.awb)
        return desk.returns.verify(
            world.by,
            self.second("bambang"),
            case.id,
            seal_intact=seal_intact,
            reason=ReturnReason.NOBODY_HOME,
        )

    def second(self, name: str, role: Role | None = None) -> Actor:
        """Another officer signs in beside the first."""
        return self.world.desk.duty.second(self.world.by, *PASSWORDS[name], role)

    def lay(self, serial: str) -> None:
        """Lay a finished card on the desk reader."""
        self.world.bench.put_card_on_reader(self.cards[serial])


def proof(world: World) -> ProofOfDelivery:
    """What a courier brings: the addressee took it."""
    return ProofOfDelivery("Penerima", "addressee", world.desk.clock.now(), "POD-1")


__all__ = ["COURIER", "Flaw", "OnlineDay", "S", "batch", "proof"]
