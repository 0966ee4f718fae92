"""Plays the portal: people apply from home, well and badly, and mend what was sent back.

Those who apply are people on record whose licence soon runs out; where a batch needs more of them,
more are entered. The same seed on the same profile at the same time gives the same file.
"""

from __future__ import annotations

import hashlib
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageFilter

from desktop.batch.envelope import APPLICATIONS, write_envelope
from desktop.batch.errors import TrainingOnly
from desktop.batch.lines import line_of
from desktop.domain.application import Application, ApplicationState, Delivery
from desktop.domain.fees import FeeRule, fee_for
from desktop.domain.filing import Cancellation, CertificateNumber, FeePayment, Filing
from desktop.domain.licence_class import LicenceClass
from desktop.domain.person import Applicant, Licence, LicenceStatus
from desktop.domain.person import Person as KnownPerson
from desktop.domain.realm import Realm
from desktop.domain.reasons import UploadedDocument as Doc
from desktop.domain.service import Service
from desktop.domain.shipment import Address
from desktop.keys.certificates import KeyRole
from desktop.pictures import encode_jpeg
from desktop.training.office import PEOPLE, PEOPLE_SEED, add_people
from desktop.training.painter import WINDOW, Fault, draw
from desktop.training.people import Person, make_people
from desktop.training.uploads import draw_ktp_photo, draw_old_sim, draw_signature_paper

if TYPE_CHECKING:
    from desktop.services.desk import Desk

FIRST_DAYS, LAST_DAYS = 4, 88
"""Days to expiry of those who apply: inside the online window, and not on the last day."""


class Flaw(StrEnum):
    """What is wrong with an application."""

    BACKGROUND = "background"
    EYES_CLOSED = "eyes_closed"
    DARK = "dark"
    BLURRED = "blurred"
    SIGNATURE_UNCLEAR = "signature_unclear"
    MEDICAL_EXPIRED = "medical_expired"
    DATA_MISMATCH = "data_mismatch"
    WRONG_CLASS = "wrong_class"


_ON_THE_PHOTO = {
    Flaw.BACKGROUND: Fault.WRONG_BACKGROUND,
    Flaw.EYES_CLOSED: Fault.EYES_CLOSED,
    Flaw.DARK: Fault.DARK,
    Flaw.BLURRED: Fault.BLURRED,
}


@dataclass(frozen=True, slots=True)
class Sample:
    """Somebody on record who can apply, with the licence that runs out."""

    person: Person
    applicant: Applicant
    licence: Licence
    others: frozenset[LicenceClass]
    """Every class that the person holds."""


@dataclass(frozen=True, slots=True)
class Made:
    """One application of a made batch."""

    external_id: str
    person: Person
    flaw: Flaw | None


def make_batch(
    desk: Desk,
    path: Path,
    *,
    count: int,
    seed: int,
    faulty: int | None = None,
    flaws: Sequence[Flaw] = (),
) -> list[Made]:
    """Write a signed batch of `count` applications, `faulty` of them bad (one in six, at least 1).

    With `flaws`, exactly these are given to the first applications. Raises TrainingOnly,
    BatchNotWritten.
    """
    training_only(desk)
    rng = random.Random(seed)
    people = samples(desk, count, rng)
    bad = max(1, count // 6) if faulty is None else min(faulty, count)
    spoiled = dict(zip(sorted(rng.sample(range(count), bad)), flaws_in_turn(rng), strict=False))
    if flaws:
        spoiled = dict(enumerate(flaws[:count]))
    filings: list[tuple[Filing, dict[str, bytes]]] = []
    made: list[Made] = []
    cast(people, spoiled)
    for at, sample in enumerate(people):
        flaw = spoiled.get(at)
        external_id = f"SNR-{seed:04d}-{at + 1:04d}"
        filings.append(_file(desk, sample, external_id, 1, flaw, rng))
        made.append(Made(external_id, sample.person, flaw))
    write_batch(desk, path, f"PORTAL-{seed}-{count}", filings)
    return made


def mend_batch(desk: Desk, path: Path) -> list[Made]:
    """Everybody whose file was sent back sends it again, whole; the batch may be empty.

    Raises TrainingOnly, BatchNotWritten.
    """
    training_only(desk)
    with desk.ledger.reading() as r:
        waiting = r.find(Application, state=ApplicationState.SENT_BACK, order="number")
    known = {sample.person.nik: sample for sample in on_record(desk)}
    filings: list[tuple[Filing, dict[str, bytes]]] = []
    made: list[Made] = []
    for app in waiting:
        sample = known.get(app.nik)
        if sample is None:
            continue
        rng = random.Random(f"{app.external_id}:{app.revision}")
        filing, pictures = _file(desk, sample, app.external_id, app.revision + 1, None, rng)
        before = desk.online.filing(app.id)
        payment = before.payment
        if before.licence_class is not filing.licence_class:
            payment = replace(payment, amount=filing.payment.amount,
                              licence_class=filing.licence_class)  # fmt: skip
        filing = replace(
            filing, payment=payment, delivery=before.delivery, address=before.address,
            proxy=before.proxy,
        )  # fmt: skip
        filings.append((filing, pictures))
        made.append(Made(app.external_id, sample.person, None))
    write_batch(desk, path, f"PORTAL-MEND-{desk.clock.now():%Y%m%d%H%M%S}", filings)
    return made


def cast(people: list[Sample], spoiled: dict[int, Flaw]) -> None:
    """Who asks for a class that they don't hold must be somebody who doesn't hold both."""
    for at, flaw in list(spoiled.items()):
        if flaw is not Flaw.WRONG_CLASS or _free_class(people[at]):
            continue
        other = next(
            (i for i, one in enumerate(people)
             if _free_class(one) and spoiled.get(i) is not Flaw.WRONG_CLASS),
            None,
        )  # fmt: skip
        if other is None:
            spoiled[at] = Flaw.BACKGROUND
        else:
            people[at], people[other] = people[other], people[at]


# -- who ---------------------------------------------------------------------------------------


def samples(desk: Desk, count: int, rng: random.Random) -> list[Sample]:
    """So many people who can apply now, each once; more are entered where the record has few."""
    found = list(free_samples(desk))
    for extra in itertools.count(1):
        if len(found) >= count:
            break
        people = make_people(PEOPLE_SEED + extra, PEOPLE, today=desk.frame.today())
        known = _known(desk)
        if not any((person.name, person.phone) in known for person in people):
            niks = {record.nik for record in known.values()}
            add_people(desk, [person for person in people if person.nik not in niks])
            found = list(free_samples(desk))
    rng.shuffle(found)
    return found[:count]


def free_samples(desk: Desk) -> Iterator[Sample]:
    """People without any open case, one licence each."""
    today = desk.frame.today()
    busy: set[str] = set()
    with desk.ledger.reading() as r:
        busy = {app.nik for app in r.find(Application) if not app.ended}
    seen: set[str] = set()
    for sample in on_record(desk):
        left = (sample.licence.valid_until - today).days
        nik = sample.person.nik
        if FIRST_DAYS <= left <= LAST_DAYS and nik not in busy and nik not in seen:
            seen.add(nik)
            yield sample


def on_record(desk: Desk) -> Iterator[Sample]:
    """Drawn people whom the store knows, with each of their licences of A or C.

    A drawn person's birth date depends on the day of drawing, so the store's word holds.
    """
    today = desk.frame.today()
    known = _known(desk)
    with desk.ledger.reading() as r:
        licences: dict[str, list[Licence]] = {}
        for licence in r.find(Licence, status=LicenceStatus.VALID):
            licences.setdefault(licence.person_id, []).append(licence)
    for extra in itertools.count():
        met = False
        for drawn in make_people(PEOPLE_SEED + extra, PEOPLE, today=today):
            record = known.get((drawn.name, drawn.phone))
            if record is None:
                continue
            met = True
            person = replace(drawn, nik=record.nik, birth_date=record.applicant.birth_date)
            held = licences.get(record.id, [])
            classes = frozenset(licence.licence_class for licence in held)
            for licence in held:
                if licence.licence_class in (LicenceClass.A, LicenceClass.C):
                    yield Sample(person, record.applicant, licence, classes)
        if not met:
            return


def _known(desk: Desk) -> dict[tuple[str, str], KnownPerson]:
    """People on record by what doesn't change with the day of drawing."""
    with desk.ledger.reading() as r:
        return {(p.applicant.name, p.applicant.phone): p for p in r.find(KnownPerson)}


def _free_class(sample: Sample) -> LicenceClass | None:
    """A class that the person could ask for and doesn't hold."""
    return next((c for c in (LicenceClass.A, LicenceClass.C) if c not in sample.others), None)


def flaws_in_turn(rng: random.Random) -> Iterator[Flaw]:
    order = list(Flaw)
    while True:
        rng.shuffle(order)
        yield from order


# -- what --------------------------------------------------------------------------------------


def _file(
    desk: Desk, sample: Sample, external_id: str, revision: int, flaw: Flaw | None,
    rng: random.Random,
) -> tuple[Filing, dict[str, bytes]]:  # fmt: skip
    when = desk.frame.today(), desk.clock.now()
    return file_of(when, desk.frame.rules().fees, sample, external_id, revision, flaw, rng)


def file_of(
    when: tuple[date, datetime], fees: tuple[FeeRule, ...], sample: Sample, external_id: str,
    revision: int, flaw: Flaw | None, rng: random.Random,
) -> tuple[Filing, dict[str, bytes]]:  # fmt: skip
    """What one applicant sends on a day and moment, and the pictures by their names."""
    today, now = when[0], when[1].replace(microsecond=0)
    person, applicant = sample.person, sample.applicant
    if flaw is Flaw.DATA_MISMATCH:
        born = applicant.birth_date
        applicant = replace(applicant, birth_date=born.replace(year=born.year - 1, day=1))
    old = sample.licence
    licence_class = old.licence_class
    if flaw is Flaw.WRONG_CLASS:
        licence_class = _free_class(sample) or licence_class
    fee = fee_for(fees, Service.RENEWAL, licence_class)
    sent = now - timedelta(minutes=30 + rng.randrange(600))
    pictures = {
        Doc.PHOTO: photo(person, flaw if flaw in _ON_THE_PHOTO else None),
        Doc.SIGNATURE: signature(person, faint=flaw is Flaw.SIGNATURE_UNCLEAR),
        Doc.IDENTITY_CARD: identity_card(person),
        Doc.OLD_LICENCE: old_licence(
            person, old.sim_number, str(old.licence_class), old.valid_until
        ),
    }
    by_courier = rng.random() < 0.75
    filing = Filing(
        external_id=external_id,
        revision=revision,
        submitted_at=sent,
        service=Service.RENEWAL,
        licence_class=licence_class,
        sim_number=sample.licence.sim_number,
        applicant=applicant,
        delivery=Delivery.COURIER if by_courier else Delivery.COLLECT,
        address=address_of(person) if by_courier else None,
        medical=CertificateNumber(
            f"KES-{today:%y%m}-{rng.getrandbits(32):08X}",
            today - timedelta(days=20 if flaw is Flaw.MEDICAL_EXPIRED else 1 + rng.randrange(9)),
            "Klinik Contoh Sehat",
        ),
        psychology=CertificateNumber(
            f"PSI-{today:%y%m}-{rng.getrandbits(32):08X}",
            today - timedelta(days=1 + rng.randrange(60)),
            "Biro Psikologi Contoh",
        ),
        payment=_payment(licence_class, fee.total, sent, rng),
        pictures={document: sha(data) for document, data in pictures.items()},
    )
    return filing, {sha(data): data for data in pictures.values()}


def _payment(
    licence_class: LicenceClass, amount: int, sent: datetime, rng: random.Random
) -> FeePayment:
    return FeePayment(
        ntpn=f"{rng.getrandbits(64):016X}",
        amount=amount,
        bank="Bank Contoh",
        paid_at=sent - timedelta(minutes=20),
        billing_code=f"820{rng.randrange(10**12):012d}",
        licence_class=licence_class,
    )


def address_of(person: Person) -> Address:
    """A drawn person's home."""
    return Address(
        recipient=person.name,
        line=", ".join(person.address_lines[:2]),
        city=person.city,
        postcode=person.postcode,
        phone=person.phone,
    )


def sha(data: bytes) -> str:
    """How a picture is named."""
    return hashlib.sha256(data).hexdigest()


@lru_cache(maxsize=96)
def photo(person: Person, flaw: Flaw | None = None) -> bytes:
    """The portrait for the card, taken at home."""
    faults = () if flaw is None else (_ON_THE_PHOTO[flaw],)
    return encode_jpeg(draw(person, light=WINDOW, faults=faults))


@lru_cache(maxsize=96)
def signature(person: Person, *, faint: bool = False) -> bytes:
    """The signature on white paper; `faint` as by a pen that has run dry."""
    paper = draw_signature_paper(person)
    if faint:
        blank = Image.new("RGB", paper.size, (236, 234, 228))
        paper = Image.blend(blank, paper, 0.16).filter(ImageFilter.GaussianBlur(3))
    return encode_jpeg(paper)


@lru_cache(maxsize=96)
def identity_card(person: Person) -> bytes:
    """The KTP-el as a telephone sees it."""
    return encode_jpeg(draw_ktp_photo(person))


@lru_cache(maxsize=96)
def old_licence(person: Person, number: str, licence_class: str, valid_until: date) -> bytes:
    """The card that is renewed."""
    return encode_jpeg(
        draw_old_sim(person, number=number, licence_class=licence_class, valid_until=valid_until)
    )


# -- out ---------------------------------------------------------------------------------------


def write_batch(
    desk: Desk,
    path: Path,
    batch: str,
    filings: Sequence[tuple[Filing | Cancellation, dict[str, bytes]]],
) -> None:
    """Sign these lines as the portal and write them. Raises BatchNotWritten."""
    pictures: dict[str, bytes] = {}
    for _, shown in filings:
        pictures |= shown
    certificate = desk.profile.certificate(KeyRole.PORTAL)
    write_envelope(
        path,
        APPLICATIONS,
        realm=desk.realm,
        office=desk.frame.place.office_code,
        batch=batch,
        made_at=desk.clock.now(),
        lines=[line_of(filing) for filing, _ in filings],
        pictures=pictures,
        signer=desk.profile.signer(KeyRole.PORTAL),
        certificates=[] if certificate is None else [certificate],
    )


def training_only(desk: Desk) -> None:
    """Raises TrainingOnly at a live counter."""
    if desk.realm is not Realm.TRAINING:
        raise TrainingOnly
