"""A KTP-el's finger against an SBI sensor with a comparer beside it, set up on the devices screen.

Sensor and comparer are services on this PC, reached over their real wires; what the comparer says
stands in the case, and a comparer that is away is a device's fault and no mismatch.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.presenters.devices import Devices
from desktop.presenters.walkin import WalkIn
from desktop.services.identifying import Identity
from desktop.training.stage import eid_of
from devices.device import HealthReason
from devices.eid_reader import FingerprintResult
from devices.errors import ComparerAway
from devices.simulators.biosdk_server import BioSdkServer
from devices.simulators.faults import Clears, Fault, FaultName
from devices.simulators.sbi_server import SbiServer, Signer
from tests.walks.steps import C, Service, acts, called
from tests.walks.world import PASSWORDS, World

THUMB, INDEX = b"FMR\x00 right thumb", b"FMR\x00 right index"
PICTURE = b"FIR\x00 the thumb, seen"


@dataclass
class Office:
    """A counter whose sensor and comparer are real services."""

    world: World
    sensor: SbiServer
    comparer: BioSdkServer

    def laid(self, index: int = 1) -> Identity:
        """A KTP-el whose fingers the reader gives out."""
        self.lay_eid(index)
        return self.world.desk.intake.read_eid()

    def lay_eid(self, index: int = 1) -> None:
        person = eid_of(self.world.people[index], finger=FingerprintResult.NOT_TRIED)
        self.world.bench.put_eid(dataclasses.replace(person, minutiae=(THUMB, INDEX)))
        self.world.bench.order("eid_reader", Fault("eid.finger", FaultName.NO_FINGER))


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer()


@pytest.fixture
def office(world: World, signer: Signer, tmp_path: Path) -> Iterator[Office]:
    """Set up as a supervisor does it: on the devices screen, with the fields that it shows."""
    trust = tmp_path / "trust.pem"
    trust.write_bytes(signer.trust_pem)
    with SbiServer(signer) as sensor, BioSdkServer() as comparer:
        comparer.are_one(THUMB, PICTURE)
        sensor.core.lay(PICTURE)
        world.sign_in("bambang")
        devices = Devices(world.desk)
        devices.load("fingerprint")
        chooser = devices.chooser()
        chooser.take_family("sbi")
        assert "comparer_url" in {option.name for option in chooser.view.options}
        chooser.keep(
            {
                **chooser.view.values,
                "trust_file": str(trust),
                "sbi_env": "Developer",
                "first_port": float(sensor.port),
                "last_port": float(sensor.port),
                "comparer_url": comparer.url,
            }
        )
        assert chooser.view.done, (chooser.view.refused, chooser.view.problem)
        world.desk.duty.sign_out()
        world.sign_in("andi")
        yield Office(world, sensor, comparer)


def test_the_comparer_s_verdict_stands_in_the_case(office: Office) -> None:
    intake, world = office.world.desk.intake, office.world
    identity = intake.match_finger(office.laid())
    assert (identity.fingerprint, identity.finger_tries) == (FingerprintResult.MATCHED, 1)
    assert identity.minutiae == ()
    assert not intake.needs_second(identity)
    visit = called(world, Service.RENEWAL)
    app = intake.register(world.by, visit.id, identity, Service.RENEWAL, C)
    [entry] = acts(world, "application.register")
    assert entry.content is not None
    assert entry.content["fingerprint"] == "matched"
    assert app.identity == "chip"


def test_somebody_else_s_finger_is_a_try_and_asks_for_a_second_officer(office: Office) -> None:
    intake = office.world.desk.intake
    office.sensor.core.lay(b"FIR\x00 another hand")
    identity = intake.match_finger(office.laid())
    assert (identity.fingerprint, identity.finger_tries) == (FingerprintResult.NOT_MATCHED, 1)
    assert intake.needs_second(identity)


@pytest.mark.fault
def test_a_comparer_that_is_away_is_a_fault_and_no_try(office: Office) -> None:
    world, intake = office.world, office.world.desk.intake
    office.lay_eid()
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    office.comparer.order(Fault("compare", FaultName.UNPLUGGED))
    presenter = WalkIn(world.desk)
    presenter.enter()
    presenter.call_next()
    problem = presenter.view.problem
    assert isinstance(problem, ComparerAway)
    assert problem.quality == 84
    identity = presenter.view.identity
    assert identity is not None
    assert (identity.fingerprint, identity.finger_tries) == (FingerprintResult.NOT_TRIED, 0)
    assert intake.needs_second(identity), "what could be compared and wasn't needs two officers"
    assert presenter.can_match
    reasons = world.desk.hub.status("fingerprint").health.reasons
    assert reasons == (HealthReason.COMPARER_AWAY,)
    office.comparer.remedy()
    presenter.match_finger()
    identity = presenter.view.identity
    assert identity is not None
    assert identity.fingerprint == "matched"
    presenter.register()
    assert presenter.view.app is not None


@pytest.mark.fault
def test_a_comparer_away_all_day_leaves_it_to_two_officers(office: Office) -> None:
    world, intake = office.world, office.world.desk.intake
    office.comparer.order(Fault("compare", FaultName.UNPLUGGED, clears=Clears.OPERATOR))
    identity = office.laid()
    with pytest.raises(ComparerAway):
        intake.match_finger(identity)
    second = world.desk.duty.second(world.by, *PASSWORDS["bambang"])
    identity = dataclasses.replace(identity, second_officer=second.officer, override="device_down")
    visit = called(world, Service.RENEWAL)
    intake.register(world.by, visit.id, identity, Service.RENEWAL, C)
    [entry] = acts(world, "application.register")
    assert entry.content is not None
    assert (entry.content["fingerprint"], entry.content["override"]) == ("not_tried", "device_down")


def test_the_sensor_s_test_says_whether_the_comparer_answers(office: Office) -> None:
    devices = Devices(office.world.desk)
    devices.load("fingerprint")
    devices.test()
    proof = devices.view.proof
    assert proof is not None
    assert (proof.what, proof.facts) == ("finger_compared", {"quality": 84})
    office.comparer.order(Fault("compare", FaultName.UNPLUGGED))
    devices.test()
    assert devices.view.proof is None
    assert isinstance(devices.view.problem, ComparerAway)


def test_a_finger_never_leaves_this_pc(office: Office) -> None:
    devices = Devices(office.world.desk)
    office.world.desk.duty.sign_out()
    office.world.sign_in("bambang")
    devices.load("fingerprint")
    chooser = devices.chooser()
    for elsewhere in ("http://10.0.0.7:9099/biosdk-service", "http://127.0.0.1@evil.example:80"):
        chooser.keep({**chooser.view.values, "comparer_url": elsewhere})
        assert chooser.view.refused == "comparer_url"
        assert not chooser.view.done
