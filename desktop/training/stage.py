"""People on the stage of a training counter: they lay down cards, sit, sign and hand things over.

The demo, the walks and the window's training mode all bring people to the simulated bench through
here, so that a drawn person has one face, one signature and one KTP-el wherever they appear.
"""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING

from desktop.domain.requirements import RequirementKind
from desktop.outside.simulators import OutsideSimulator
from desktop.pictures import encode_jpeg, encode_png
from desktop.training.painter import Fault as Flaw
from desktop.training.painter import draw, draw_again
from desktop.training.people import Person, make_person
from desktop.training.signature import signature_strokes
from devices.eid_reader import EidCard, EidSex, FingerprintResult
from devices.simulators.bench import SimulatedBench
from devices.simulators.faults import FaultName
from devices.strokes import FULL_PRESSURE, PenPoint, Strokes

if TYPE_CHECKING:
    from desktop.services.desk import Desk

PAD_WIDTH, PAD_HEIGHT = 2150, 1400

WALL = (206, 203, 194)
"""The wall of a room where tests are sat."""
STRANGER_SEED, STRANGER_BORN_BY = 7777, date(2026, 1, 5)

FLAWS = {
    FaultName.EYES_CLOSED: Flaw.EYES_CLOSED,
    FaultName.TWO_FACES: Flaw.TWO_FACES,
    FaultName.NO_FACE: Flaw.NO_FACE,
    FaultName.TILTED: Flaw.TILTED,
    FaultName.DARK: Flaw.DARK,
    FaultName.BLURRED: Flaw.BLURRED,
}


class NoStage(RuntimeError):
    """A counter without simulators has no stage: a fault of the program."""


def strokes_of(person: Person, take: int = 0) -> Strokes:
    """A drawn person's signature in a pad's units."""
    points: list[PenPoint] = []
    for run in signature_strokes(person, take):
        for spot in run:
            points.append(
                PenPoint(
                    x=round(spot.x * PAD_WIDTH),
                    y=round(spot.y * PAD_HEIGHT),
                    t=spot.t_ms,
                    pressure=round(spot.pressure * FULL_PRESSURE),
                )
            )
        last = points[-1]
        points.append(PenPoint(last.x, last.y, last.t + 4, 0, tip=False))
    return Strokes(tuple(points), PAD_WIDTH, PAD_HEIGHT)


def eid_of(person: Person, *, finger: FingerprintResult = FingerprintResult.MATCHED) -> EidCard:
    """A drawn person's KTP-el as its chip holds it."""
    return EidCard(
        nik=person.nik,
        name=person.name,
        birth_place=person.birth_place,
        birth_date=person.birth_date,
        sex=EidSex.FEMALE if person.woman else EidSex.MALE,
        address=(person.street,),
        rt_rw=person.rt_rw,
        village=person.village,
        district=person.district,
        regency=person.city,
        province=person.province,
        occupation=person.occupation,
        blood_type=person.blood_group,
        photo=portrait(person),
        signature=b"",
        fingerprint=finger,
    )


@lru_cache(maxsize=64)  # they are drawn anew each time, by the same strokes
def portrait(person: Person, *flaws: Flaw) -> bytes:
    """A drawn person as the counter's camera sees them."""
    return encode_jpeg(draw(person, faults=flaws))


@lru_cache(maxsize=64)
def at_the_test(person: Person, kind: RequirementKind) -> bytes:
    """A drawn person as the camera of the test system sees them: on another day of each test."""
    return encode_jpeg(draw_again(person, list(RequirementKind).index(kind), background=WALL))


@cache
def stranger_at_the_test(kind: RequirementKind) -> bytes:
    """Somebody whom no training counter knows, sitting a test in an applicant's place."""
    return at_the_test(make_person(STRANGER_SEED, today=STRANGER_BORN_BY), kind)


class Stage:
    """Brings drawn people to a desk's simulated bench."""

    def __init__(self, desk: Desk) -> None:
        if desk.bench is None:
            raise NoStage
        self._bench: SimulatedBench = desk.bench
        self._desk = desk

    def lay_eid(
        self, person: Person, *, finger: FingerprintResult = FingerprintResult.MATCHED
    ) -> None:
        """The person lays their KTP-el on the reader; they sit their tests themselves."""
        self._bench.put_eid(eid_of(person, finger=finger))
        outside = self._desk.outside
        if isinstance(outside, OutsideSimulator):
            outside.sitters[person.nik] = partial(at_the_test, person)
            outside.stranger = stranger_at_the_test

    def take_eid(self) -> None:
        """The person takes the KTP-el back."""
        self._bench.put_eid(None)

    def sit(self, person: Person, *flaws: Flaw) -> None:
        """The person sits before the camera; ordered faults of the camera show on them."""

        @cache  # the live picture asks many times a second
        def seen(fault: FaultName | None) -> bytes:
            extra = (FLAWS[fault],) if fault is not None and fault in FLAWS else ()
            return portrait(person, *flaws, *extra)

        self._bench.sit_person(seen)

    def stand_up(self) -> None:
        """The chair is empty again."""
        self._bench.sit_person(None)

    def ready_to_sign(self, person: Person, take: int = 0) -> None:
        """The person signs on the pad."""
        self._bench.sign(strokes_of(person, take))


def signature_picture(person: Person) -> bytes:
    """A signature as PNG, for records that come from elsewhere."""
    from devices.strokes import strokes_png

    return strokes_png(strokes_of(person))


__all__ = ["Stage", "eid_of", "encode_png", "portrait", "signature_picture", "strokes_of"]
