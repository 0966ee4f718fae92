"""What an applicant sends from home: an application or its cancellation, a signed line each.

It is kept as it was signed, so that what the office decided can be held against what it was shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from desktop.domain.application import Delivery
from desktop.domain.licence_class import LicenceClass
from desktop.domain.person import Applicant
from desktop.domain.reasons import UploadedDocument
from desktop.domain.service import Service
from desktop.domain.shipment import Address


@dataclass(frozen=True, slots=True)
class CertificateNumber:
    """A certificate that the portal looked up: its number, issuer and day of issue."""

    number: str
    issued_on: date
    issuer: str


@dataclass(frozen=True, slots=True)
class FeePayment:
    """The fee as the portal saw it paid, in whole rupiah; courier and bank charges stand apart."""

    ntpn: str
    amount: int
    bank: str
    paid_at: datetime
    billing_code: str = ""
    licence_class: LicenceClass | None = None


@dataclass(frozen=True, slots=True)
class Cancellation:
    """The applicant wants an application that was sent earlier to end."""

    external_id: str
    nik: str
    cancelled_at: datetime
    kind: Literal["cancellation"] = "cancellation"


@dataclass(frozen=True, slots=True)
class Filing:
    """One application as it was sent. A mended one has the same `external_id`, `revision` + 1."""

    external_id: str
    revision: int
    submitted_at: datetime
    service: Service
    licence_class: LicenceClass
    sim_number: str
    applicant: Applicant
    delivery: Delivery
    medical: CertificateNumber
    psychology: CertificateNumber
    payment: FeePayment
    pictures: dict[UploadedDocument, str]
    address: Address | None = None
    proxy: str = ""
