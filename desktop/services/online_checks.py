"""What can be seen in an online file before an officer spends time on it.

Pictures are measured, texts are tried against the card's fonts, the file is held against the
rules and the office's own records. Nothing outside is asked and nothing is decided: every finding
comes with the coded reason that would fit, for the officer to take or leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from desktop.cards.fitting import clean
from desktop.cards.layout import Layout
from desktop.cards.record import CannotPrintOnCard, CardField, DoesNotFit
from desktop.domain.application import AlreadyOpen, Application, IdentitySource
from desktop.domain.application import ApplicationState as S
from desktop.domain.calendar import office_date
from desktop.domain.classes import Door, LicenceNotHeld, NotOffered
from desktop.domain.codes import CodeKind, CodeMalformed, read_code
from desktop.domain.eligibility import latest_of, may_apply
from desktop.domain.errors import Problem
from desktop.domain.evidence import Evidence, EvidenceUsed, used_once
from desktop.domain.fees import check_payment
from desktop.domain.filing import Filing
from desktop.domain.online import Mark, PaymentCodeUnknown, RecordDiffers, SentBackPoint
from desktop.domain.person import Applicant, Blocked, Person, fold
from desktop.domain.plausible import Doubted
from desktop.domain.reasons import SendBackReason as Why
from desktop.domain.reasons import UploadedDocument as Doc
from desktop.domain.requirements import (
    CertificateExpired,
    CertificateNotYetValid,
    RequirementKind,
    RequirementMissing,
    judge,
)
from desktop.domain.validity import StayPermitMissing, days_left, runs_out_soon
from desktop.pictures import (
    PictureCheck,
    PictureFinding,
    check_document,
    check_portrait,
    check_signature,
    open_picture,
)
from desktop.services.base import Frame
from desktop.services.intake import Intake, Standing, held_of
from desktop.services.payment import Payment
from desktop.services.persons import doubts_of, related
from desktop.services.requirements import Requirements

KEPT_FINDINGS = 400

PHOTO_REASONS = {
    PictureCheck.SIZE: Why.PHOTO_TOO_SMALL,
    PictureCheck.SHAPE: Why.PHOTO_TOO_SMALL,
    PictureCheck.SHARPNESS: Why.PHOTO_BLURRED,
    PictureCheck.BACKGROUND_EVEN: Why.PHOTO_BACKGROUND,
    PictureCheck.BACKGROUND_COLOUR: Why.PHOTO_BACKGROUND,
    PictureCheck.FACE: Why.PHOTO_NO_FACE,
    PictureCheck.ONE_FACE: Why.PHOTO_TWO_FACES,
    PictureCheck.FACE_SIZE: Why.PHOTO_TOO_SMALL,
    PictureCheck.FACE_PLACE: Why.PHOTO_TILTED,
    PictureCheck.EYES: Why.PHOTO_EYES_CLOSED,
    PictureCheck.TILT: Why.PHOTO_TILTED,
}
SIGNATURE_REASONS = {
    PictureCheck.INK_INSIDE: Why.SIGNATURE_CUT_OFF,
    PictureCheck.PAPER: Why.SIGNATURE_PAPER,
}
HIDES_THE_REST = (PictureCheck.BRIGHTNESS, PictureCheck.SHARPNESS)
"""In a dark or blurred picture nothing else can be measured, so nothing else is said of it."""


@dataclass(frozen=True, slots=True)
class UploadCheck:
    """One uploaded picture: its digest, what was measured, and the reasons that would fit."""

    document: Doc
    picture: str
    findings: tuple[PictureFinding, ...]
    suggested: tuple[SentBackPoint, ...]

    @property
    def faults(self) -> tuple[PictureFinding, ...]:
        return tuple(finding for finding in self.findings if not finding.passed)


@dataclass(frozen=True, slots=True)
class PreCheck:
    """Everything that can be said of a file without asking anybody.

    `problems` are what verifying would refuse, the first of them first; `suggested` are all the
    coded reasons that fit, pictures included.
    """

    application_id: str
    filing: Filing
    uploads: tuple[UploadCheck, ...]
    problems: tuple[Problem, ...]
    suggested: tuple[SentBackPoint, ...]
    expires_on: date | None
    days_left: int | None
    runs_out_soon: bool
    odd: tuple[Doubted, ...] = ()
    """Values to wonder at; they stop nothing."""

    @property
    def doubtful(self) -> tuple[Doc, ...]:
        """Documents on whose picture something is marked."""
        return tuple(upload.document for upload in self.uploads if upload.faults)

    @property
    def clean(self) -> bool:
        return not self.problems and not self.doubtful


class OnlineChecks:
    """Looks at files; pictures once, as the same bytes are always judged the same."""

    def __init__(
        self,
        frame: Frame,
        intake: Intake,
        requirements: Requirements,
        payment: Payment,
        layout: Layout,
    ) -> None:
        self._frame = frame
        self._intake = intake
        self._requirements = requirements
        self._payment = payment
        self._layout = layout
        self._findings: dict[str, UploadCheck] = {}

    def look(self, app: Application, filing: Filing) -> PreCheck:
        """Check one file."""
        uploads = tuple(
            self._upload(document, sha)
            for document, sha in filing.pictures.items()
            if document.is_picture
        )
        # The case's: as it was sent, until an officer corrects it.
        standing = self._intake.standing(app.applicant, IdentitySource.CONFIRMED)
        held = held_of(standing.licences)
        own = latest_of(held, app.licence_class)
        today = self._frame.today()
        problems = self.problems(app, filing, standing)
        points = [point for upload in uploads for point in upload.suggested]
        for problem in problems:
            reason = reason_for(problem, known=bool(held))
            if reason is not None and all(point.reason is not reason for point in points):
                points.append(SentBackPoint(reason))
        validity = self._frame.rules(today).validity
        return PreCheck(
            application_id=app.id,
            filing=filing,
            uploads=uploads,
            problems=tuple(problems),
            suggested=tuple(points),
            expires_on=None if own is None else own.expires_on,
            days_left=None if own is None else days_left(own.expires_on, today),
            runs_out_soon=own is not None and runs_out_soon(validity, own.expires_on, today),
            odd=doubts_of(self._frame, app.applicant),
        )

    def problems(self, app: Application, filing: Filing, standing: Standing) -> list[Problem]:
        """What the rules and the records say against it, in the order in which it matters."""
        frame = self._frame
        sent_on = self.sent_on(filing)
        found: list[Problem] = []
        found += differs(standing.person, app.applicant)
        found += may_apply(
            frame.rules(),
            app.service,
            app.licence_class,
            app.applicant.birth_date,
            frame.today(),
            held_of(standing.licences),
            door=Door.ONLINE,
            foreigner=app.applicant.foreigner,
            complete_and_paid_on=sent_on,
        )
        if app.applicant.foreigner:
            found.append(StayPermitMissing())  # no file tells of a permit, see docs/batch.md
        for hold in standing.holds:
            if hold.binding:
                found.append(Blocked(hold.kind, hold.reference, hold.authority, hold.settle_at))
        for other in standing.open_cases:
            same = other.licence_class is app.licence_class and other.state is not S.HANDED_OVER
            if same and other.id != app.id:
                found.append(AlreadyOpen(number=other.number))
        found += self.certificates(app, filing)
        found += self.payment(app, filing)
        found += self.billing(filing)
        found += self.texts(app.applicant)
        return found

    def sent_on(self, filing: Filing) -> date:
        """The office's own date on which the file was complete and paid."""
        return self.day_of(filing.submitted_at)

    def day_of(self, moment: datetime) -> date:
        """The office's own date of a moment."""
        return office_date(moment, self._frame.zone)

    def certificates(self, app: Application, filing: Filing) -> list[Problem]:
        """Shelf lives, judged on the day on which the applicant was ready; waiting isn't theirs."""
        brought = {
            RequirementKind.MEDICAL_CERT: filing.medical.issued_on,
            RequirementKind.PSYCH_CERT: filing.psychology.issued_on,
        }
        found: list[Problem] = []
        for need in self._requirements.needed(app):
            if need.kind in brought:
                verdict = judge(need, brought[need.kind], self.sent_on(filing))
                if verdict.problem is not None:
                    found.append(verdict.problem)
        return found

    def payment(self, app: Application, filing: Filing) -> list[Problem]:
        """Whether the fee fits to the rupiah and its NTPN is new."""
        paid = filing.payment
        with self._frame.ledger.reading() as r:
            known = r.first(Evidence, kind=RequirementKind.PAYMENT, reference=used_once(paid.ntpn))
            first = None
            if known is not None and known.application_id != app.id:
                first = r.look(Application, known.application_id)
        found = check_payment(self._payment.fee(app), paid.amount, paid.licence_class)
        if first is not None:
            found.append(EvidenceUsed(RequirementKind.PAYMENT, paid.ntpn, first.number))
        return found

    def billing(self, filing: Filing) -> list[Problem]:
        """Whether the billing code has a known shape: asked about before a file is verified."""
        paid = filing.payment
        try:
            if paid.billing_code:  # a portal needn't tell it: the NTPN proves the payment
                read_code(self._frame.rules().codes, CodeKind.BILLING_CODE, paid.billing_code)
        except CodeMalformed as odd:
            return [PaymentCodeUnknown(odd.length, odd.example)]
        return []

    def texts(self, applicant: Applicant) -> list[Problem]:
        """Characters that no card can carry."""
        found: list[Problem] = []
        for field, text in (
            (CardField.NAME, applicant.name),
            (CardField.BIRTH, applicant.birth_place),
            (CardField.ADDRESS, applicant.address),
            (CardField.OCCUPATION, applicant.occupation),
        ):
            try:
                clean(text.upper(), field, self._layout)
            except (CannotPrintOnCard, DoesNotFit) as problem:
                found.append(problem)
        return found

    def _upload(self, document: Doc, sha: str) -> UploadCheck:
        key = f"{document}:{sha}"
        if key not in self._findings:
            if len(self._findings) >= KEPT_FINDINGS:
                self._findings.clear()
            with self._frame.ledger.reading() as r:
                data = r.blob(sha)
            self._findings[key] = check_upload(document, sha, data)
        return self._findings[key]


def check_upload(document: Doc, sha: str, data: bytes) -> UploadCheck:
    """Measure one uploaded picture. Raises NotAPicture."""
    if document is Doc.PHOTO:
        findings = check_portrait(data)
    elif document is Doc.SIGNATURE:
        findings = check_signature(data)
    else:
        findings = check_document(data)
    size = open_picture(data).size
    points: list[SentBackPoint] = []
    for finding in relevant(findings):
        reason = picture_reason(document, finding)
        if all(point.reason is not reason for point in points):
            points.append(SentBackPoint(reason, mark=mark_of(finding, size)))
    return UploadCheck(document, sha, findings, tuple(points))


def relevant(findings: tuple[PictureFinding, ...]) -> list[PictureFinding]:
    """The faults worth telling: what hides everything else is told alone."""
    faults = [finding for finding in findings if not finding.passed]
    hiding = [finding for finding in faults if finding.check in HIDES_THE_REST]
    return hiding or faults


def picture_reason(document: Doc, finding: PictureFinding) -> Why:
    """The coded reason for one failed measurement."""
    if document is Doc.PHOTO:
        if finding.check is PictureCheck.BRIGHTNESS:
            low = finding.limit[0]
            dark = low is not None and finding.value < low
            return Why.PHOTO_DARK if dark else Why.PHOTO_GLARE
        return PHOTO_REASONS[finding.check]
    if document is Doc.SIGNATURE:
        return SIGNATURE_REASONS.get(finding.check, Why.SIGNATURE_UNCLEAR)
    if document is Doc.IDENTITY_CARD:
        return Why.IDENTITY_CARD_UNREADABLE
    return Why.OLD_LICENCE_UNREADABLE


def mark_of(finding: PictureFinding, size: tuple[int, int]) -> Mark | None:
    """A finding's place as parts of the picture."""
    if finding.box is None:
        return None
    left, top, right, low = finding.box
    width, height = size
    x, y = max(0.0, left / width), max(0.0, top / height)
    return (
        round(min(x, 1.0), 4),
        round(min(y, 1.0), 4),
        round(min(max(0.0, (right - left) / width), 1.0 - x), 4),
        round(min(max(0.0, (low - top) / height), 1.0 - y), 4),
    )


def differs(person: Person | None, applicant: Applicant) -> list[Problem]:
    """Fields in which the file is about somebody else than our record: no spelling, a person."""
    if person is None:
        return []
    known = person.applicant
    fields: list[str] = []
    if fold(known.name) != fold(applicant.name) and not related(known.name, applicant.name):
        fields.append("name")
    if known.birth_date != applicant.birth_date:
        fields.append("birth_date")
    if known.sex is not applicant.sex:
        fields.append("sex")
    return [RecordDiffers(tuple(fields))] if fields else []


def reason_for(problem: Problem, *, known: bool) -> Why | None:
    """The coded reason that tells an applicant of a problem; None where nothing can be mended.

    `known`: some licence of the person is on record.
    """
    if isinstance(problem, RecordDiffers):
        return Why.RECORD_MISMATCH
    if isinstance(problem, LicenceNotHeld | NotOffered):
        return Why.OLD_LICENCE_OTHER_CLASS if known else Why.RECORD_NOT_FOUND
    if isinstance(problem, CannotPrintOnCard | DoesNotFit):
        return Why.RECORD_INCOMPLETE
    if isinstance(problem, CertificateExpired):
        if problem.kind is RequirementKind.MEDICAL_CERT:
            return Why.MEDICAL_CERT_EXPIRED
        return Why.PSYCH_CERT_EXPIRED
    if isinstance(problem, CertificateNotYetValid | RequirementMissing):
        if problem.kind is RequirementKind.MEDICAL_CERT:
            return Why.MEDICAL_CERT_NOT_FOUND
        if problem.kind is RequirementKind.PSYCH_CERT:
            return Why.PSYCH_CERT_NOT_FOUND
    return None
