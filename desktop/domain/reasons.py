"""Coded reasons: why something was sent back, refused, spoiled, returned, overridden or held.

A reason is a code first, so that it can be counted, translated and learnt from; the words stand
in resources/words as `enum.<EnumName>.<MEMBER>`. OTHER always needs a note in the officer's own
words. Public rejection grounds: data not found, data mismatch, documents incomplete or unclear
(Polda Jatim, 2025); everything finer is ours.
"""

from __future__ import annotations

from enum import StrEnum


class UploadedDocument(StrEnum):
    """What an online applicant hands in, and what a reason therefore points at."""

    PHOTO = "photo"
    SIGNATURE = "signature"
    IDENTITY_CARD = "identity_card"
    OLD_LICENCE = "old_licence"
    MEDICAL_CERT = "medical_cert"
    PSYCH_CERT = "psych_cert"
    RECORD = "record"
    ADDRESS = "address"

    @property
    def is_picture(self) -> bool:
        """A picture, on which the fault itself can be marked."""
        return self in _PICTURES


_PICTURES = frozenset(
    {
        UploadedDocument.PHOTO,
        UploadedDocument.SIGNATURE,
        UploadedDocument.IDENTITY_CARD,
        UploadedDocument.OLD_LICENCE,
    }
)


class SendBackReason(StrEnum):
    """What an online applicant must mend; the case keeps its place."""

    PHOTO_NOT_A_PICTURE = "photo_not_a_picture"
    PHOTO_TOO_SMALL = "photo_too_small"
    PHOTO_BLURRED = "photo_blurred"
    PHOTO_DARK = "photo_dark"
    PHOTO_GLARE = "photo_glare"
    PHOTO_NO_FACE = "photo_no_face"
    PHOTO_TWO_FACES = "photo_two_faces"
    PHOTO_TILTED = "photo_tilted"
    PHOTO_EYES_CLOSED = "photo_eyes_closed"
    PHOTO_GLASSES = "photo_glasses"
    PHOTO_FACE_COVERED = "photo_face_covered"
    PHOTO_BACKGROUND = "photo_background"
    PHOTO_OTHER_PERSON = "photo_other_person"
    SIGNATURE_MISSING = "signature_missing"
    SIGNATURE_UNCLEAR = "signature_unclear"
    SIGNATURE_CUT_OFF = "signature_cut_off"
    SIGNATURE_PAPER = "signature_paper"
    IDENTITY_CARD_UNREADABLE = "identity_card_unreadable"
    IDENTITY_CARD_CUT_OFF = "identity_card_cut_off"
    IDENTITY_CARD_WRONG_DOCUMENT = "identity_card_wrong_document"
    IDENTITY_CARD_OTHER_PERSON = "identity_card_other_person"
    OLD_LICENCE_UNREADABLE = "old_licence_unreadable"
    OLD_LICENCE_CUT_OFF = "old_licence_cut_off"
    OLD_LICENCE_OTHER_PERSON = "old_licence_other_person"
    OLD_LICENCE_OTHER_CLASS = "old_licence_other_class"
    MEDICAL_CERT_NOT_FOUND = "medical_cert_not_found"
    MEDICAL_CERT_EXPIRED = "medical_cert_expired"
    PSYCH_CERT_NOT_FOUND = "psych_cert_not_found"
    PSYCH_CERT_EXPIRED = "psych_cert_expired"
    RECORD_NOT_FOUND = "record_not_found"
    RECORD_MISMATCH = "record_mismatch"
    RECORD_INCOMPLETE = "record_incomplete"
    ADDRESS_INCOMPLETE = "address_incomplete"

    @property
    def document(self) -> UploadedDocument:
        """The document that the applicant hands in again."""
        return next(
            document for document in UploadedDocument if self.value.startswith(document.value + "_")
        )


def send_back_reasons(document: UploadedDocument) -> tuple[SendBackReason, ...]:
    """The reasons that fit one document, in the order in which a screen numbers them."""
    return tuple(reason for reason in SendBackReason if reason.document is document)


class RejectReason(StrEnum):
    """Why an application ends without a licence."""

    TOO_YOUNG = "too_young"
    LICENCE_EXPIRED = "licence_expired"
    DATA_NOT_FOUND = "data_not_found"
    DATA_MISMATCH = "data_mismatch"
    DOCUMENTS_INCOMPLETE = "documents_incomplete"
    DOCUMENT_FALSE = "document_false"
    TESTS_FAILED = "tests_failed"
    MEDICALLY_UNFIT = "medically_unfit"
    MENTALLY_UNFIT = "mentally_unfit"
    HOLD_IN_FORCE = "hold_in_force"
    CARD_SEIZED = "card_seized"
    IDENTITY_CONFLICT = "identity_conflict"
    LICENCE_EXISTS = "licence_exists"
    OTHER = "other"

    @property
    def refund(self) -> bool:
        """The applicant can ask the bank for the fee back; a false document forfeits that."""
        return self is not RejectReason.DOCUMENT_FALSE


class CancelReason(StrEnum):
    """Why an application ends by someone's wish or absence."""

    BY_APPLICANT = "by_applicant"
    WRONG_SERVICE = "wrong_service"
    DUPLICATE = "duplicate"
    NEVER_CAME_BACK = "never_came_back"
    NOT_MENDED_IN_TIME = "not_mended_in_time"
    DECEASED = "deceased"
    OTHER = "other"


class SpoilReason(StrEnum):
    """Why a numbered blank will never be a licence."""

    DATA_ERROR_OFFICE = "data_error_office"
    CHIP = "chip"
    PRINT_DEFECT = "print_defect"
    JAM = "jam"
    HALF_PRINTED = "half_printed"
    RIBBON_END = "ribbon_end"
    POWER_CUT = "power_cut"
    DEVICE_FAULT = "device_fault"
    SERIAL_UNREADABLE = "serial_unreadable"
    LOT_DEFECT = "lot_defect"
    INSPECTION = "inspection"
    DATED_YESTERDAY = "dated_yesterday"
    RETURNED_DAMAGED = "returned_damaged"
    RECALLED = "recalled"
    OTHER = "other"

    @property
    def maker_fault(self) -> bool:
        """Goes on the defect list for the maker of the cards."""
        return self in (SpoilReason.CHIP, SpoilReason.LOT_DEFECT, SpoilReason.SERIAL_UNREADABLE)


class MissingReason(StrEnum):
    """How a blank or card came to be missing."""

    TRAY_EMPTY = "tray_empty"
    ENVELOPE_EMPTY = "envelope_empty"
    NOT_COUNTED = "not_counted"
    CONSIGNMENT_SHORT = "consignment_short"
    LOST_IN_DELIVERY = "lost_in_delivery"
    OTHER = "other"


class DestroyReason(StrEnum):
    """Why a card goes to destruction under two signatures."""

    SPOILED = "spoiled"
    RECALLED = "recalled"
    WRONG_DATA = "wrong_data"
    UNCOLLECTED = "uncollected"
    UNDELIVERABLE = "undeliverable"
    TURNED_UP = "turned_up"
    SURRENDERED = "surrendered"
    REVOKED = "revoked"


class ReturnReason(StrEnum):
    """Why a parcel came back; the number is the key that the officer presses."""

    ADDRESS = "address"
    NOBODY_HOME = "nobody_home"
    REFUSED = "refused"
    DAMAGED = "damaged"
    DECEASED = "deceased"
    OTHER = "other"

    @property
    def number(self) -> int:
        """1 to 6."""
        return list(ReturnReason).index(self) + 1


class ReprintReason(StrEnum):
    """Why a second card is made for one licence: it carries the dates of the first."""

    DATA_ERROR_OFFICE = "data_error_office"
    CHIP = "chip"
    PRINT_DEFECT = "print_defect"
    CORRECTION_AFTER_HANDOVER = "correction_after_handover"
    GIVEN_TO_OTHER_PERSON = "given_to_other_person"
    RETURNED_DAMAGED = "returned_damaged"
    LOST_IN_DELIVERY = "lost_in_delivery"
    OWNER_FOUND = "owner_found"
    OTHER = "other"


class OverrideReason(StrEnum):
    """Why an officer goes past a check; a second officer signs where the act demands it."""

    EID_CHIP_UNREADABLE = "eid_chip_unreadable"
    EID_CARD_NOT_ISSUED = "eid_card_not_issued"
    FINGERPRINT_WORN = "fingerprint_worn"
    PHOTO_CHECK_MISTAKEN = "photo_check_mistaken"
    PHOTO_MEDICAL = "photo_medical"
    DEVICE_DOWN = "device_down"
    LINE_DOWN = "line_down"
    ISSUER_SILENT = "issuer_silent"
    NIK_CONFIRMED_BY_LETTER = "nik_confirmed_by_letter"
    SERIAL_READ_BY_TWO = "serial_read_by_two"
    MACHINE_MISTAKEN = "machine_mistaken"
    FAULT_BEARABLE = "fault_bearable"
    OTHER = "other"


class CardKnownBy(StrEnum):
    """How it was made sure which card lies here, where no scanner read its code."""

    CHIP = "chip"
    TWO_READERS = "two_readers"
    TYPED = "typed"


class OldCardSeen(StrEnum):
    """Why an old card wasn't scanned: the officer's eye alone knows it, or it is gone.

    The last is said of an upgrade's lower card only, where the police report was shown.
    """

    UNREADABLE = "unreadable"
    MADE_ELSEWHERE = "made_elsewhere"
    LOST = "lost"


class OutOfTurnReason(StrEnum):
    """Why somebody is called who isn't next; always an exception that the supervisor sees."""

    MISSED_CALL = "missed_call"
    BACK_WITH_DOCUMENT = "back_with_document"
    OFFICE_FAULT = "office_fault"
    FELT_UNWELL = "felt_unwell"
    LANE_MISTAKE = "lane_mistake"
    ORDER_OF_SUPERIOR = "order_of_superior"
    OTHER = "other"


class PriorityGroup(StrEnum):
    """Who has the priority lane (UU 25/2009 Art. 29, UU 8/2016); no proof is asked."""

    ELDERLY = "elderly"
    PREGNANT = "pregnant"
    WITH_INFANT = "with_infant"
    DISABLED = "disabled"


class Accommodation(StrEnum):
    """What is done differently for a person; part of the service, never an exception."""

    HEAD_COVER = "head_cover"
    EYE_CLOSED = "eye_closed"
    MEDICAL_GLASSES = "medical_glasses"
    WHEELCHAIR = "wheelchair"
    TREMOR = "tremor"
    SEATED = "seated"


class CannotSignReason(StrEnum):
    """Why a card bears no signature; a second officer witnesses it."""

    NO_HAND = "no_hand"
    TREMOR = "tremor"
    INJURY = "injury"
    CANNOT_WRITE = "cannot_write"


class InsteadOfSignature(StrEnum):
    """What stands where the signature would, of a person who can't sign."""

    NOTHING = "nothing"
    THUMB = "thumb"


class HoldReason(StrEnum):
    """Why a case stands still."""

    APPLICANT_LEFT = "applicant_left"
    WAITING_FOR_DOCUMENT = "waiting_for_document"
    WAITING_FOR_PAYMENT = "waiting_for_payment"
    WAITING_FOR_RETAKE = "waiting_for_retake"
    WAITING_FOR_ISSUER = "waiting_for_issuer"
    IDENTITY_CONFLICT = "identity_conflict"
    DEVICE_DOWN = "device_down"
    LINE_DOWN = "line_down"
    INQUIRY = "inquiry"


class ReceiverRelation(StrEnum):
    """Who took the parcel at the door."""

    ADDRESSEE = "addressee"
    FAMILY = "family"
    COLLEAGUE = "colleague"
    RECEPTIONIST = "receptionist"
    SECURITY_GUARD = "security_guard"
    NEIGHBOUR = "neighbour"


def needs_note(reason: StrEnum) -> bool:
    """OTHER says nothing by itself: the officer writes a line."""
    return reason.name == "OTHER"
