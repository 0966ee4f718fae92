"""Receipts, letters, labels, manifests, minutes and reports as PDF (reportlab).

Each paper is `function(data, says) -> bytes`: a frozen dataclass of what it says, and the words.
Those whose reader is an applicant take a third argument, the words of a second language, which
then stand in small print under the first. Same inputs, same bytes.
"""

from desktop.papers.base import Anchor, Imprint, Office, Says, Signatory, Tally
from desktop.papers.collect import CollectLetter, collect_letter
from desktop.papers.day_report import (
    BankTotal,
    DayReport,
    ExamTotal,
    IssueCount,
    WaiverTotal,
    day_report,
)
from desktop.papers.destruction import (
    DestroyedBlank,
    DestructionMinutes,
    Member,
    destruction_minutes,
)
from desktop.papers.dispensation import (
    AffectedCase,
    DispensationProposal,
    dispensation_proposal,
)
from desktop.papers.errors import (
    CannotPrintCharacters,
    PaperField,
    TooLongToPrint,
    UnreadablePaperPicture,
)
from desktop.papers.handover import HandedLicence, HandoverReceipt, handover_receipt
from desktop.papers.intake import FiledService, IntakeReceipt, intake_receipt
from desktop.papers.interim import InterimLetter, interim_letter
from desktop.papers.label import CourierLabel, courier_label
from desktop.papers.manifest import CourierManifest, ManifestParcel, courier_manifest
from desktop.papers.payment_difference import PaymentDifference, payment_difference
from desktop.papers.printer_test import PrinterTest, printer_test
from desktop.papers.recall import RecallLetter, recall_letter
from desktop.papers.reckoning import DeviceCount, ExceptionLine, LotBalance, SpoiledBlank
from desktop.papers.returns import ContactTry, ReturnCheck, ReturnMinutes, return_minutes
from desktop.papers.sent_back import DocumentFault, SentBackNotice, sent_back_notice
from desktop.papers.shift_close import ShiftClose, shift_close

__all__ = [
    "AffectedCase",
    "Anchor",
    "BankTotal",
    "CannotPrintCharacters",
    "CollectLetter",
    "ContactTry",
    "CourierLabel",
    "CourierManifest",
    "DayReport",
    "DestroyedBlank",
    "DestructionMinutes",
    "DeviceCount",
    "DispensationProposal",
    "DocumentFault",
    "ExamTotal",
    "ExceptionLine",
    "FiledService",
    "HandedLicence",
    "HandoverReceipt",
    "Imprint",
    "IntakeReceipt",
    "InterimLetter",
    "IssueCount",
    "LotBalance",
    "ManifestParcel",
    "Member",
    "Office",
    "PaperField",
    "PaymentDifference",
    "PrinterTest",
    "RecallLetter",
    "ReturnCheck",
    "ReturnMinutes",
    "Says",
    "SentBackNotice",
    "ShiftClose",
    "Signatory",
    "SpoiledBlank",
    "Tally",
    "TooLongToPrint",
    "UnreadablePaperPicture",
    "WaiverTotal",
    "collect_letter",
    "courier_label",
    "courier_manifest",
    "day_report",
    "destruction_minutes",
    "dispensation_proposal",
    "handover_receipt",
    "intake_receipt",
    "interim_letter",
    "payment_difference",
    "printer_test",
    "recall_letter",
    "return_minutes",
    "sent_back_notice",
    "shift_close",
]
