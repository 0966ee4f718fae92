"""Papers of the counter: made once, kept by digest, printed by the document printer.

Each paper carries the journal's head as it stood when it was made, so that whoever holds one can
prove what the counter had written by then. Making a paper and printing it are both acts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import NoReturn

from db.trail import Wanted, look
from desktop.domain.application import (
    Application,
    Approval,
    Delivery,
    Letter,
    Paper,
    PaperElsewhere,
    PaperGone,
)
from desktop.domain.calendar import office_time
from desktop.domain.officer import Actor, Officer
from desktop.domain.person import Licence
from desktop.ledger import Reading, Writing
from desktop.papers.base import Anchor, Imprint, Office, Signatory
from desktop.papers.handover import HandedLicence, HandoverReceipt, handover_receipt
from desktop.services.base import Frame
from desktop.services.old_cards import old_cards_taken
from desktop.services.sealing import Sealing, StandsFor
from desktop.words import Words

PRINT_SECONDS = 60.0
HANDOVER = "sth"

Build = Callable[[Reading, Imprint, Words], bytes]


@dataclass(frozen=True, slots=True)
class MadePaper:
    """A paper with its bytes."""

    paper: Paper
    pdf: bytes


class Papers:
    """Makes, keeps and prints papers."""

    def __init__(self, frame: Frame, sealing: Sealing) -> None:
        self._frame = frame
        self._sealing = sealing
        self._words: dict[str, Words] = {}

    def words(self, language: str = "id") -> Words:
        """The words of papers: Indonesian, with English as the second line where asked."""
        if language not in self._words:
            self._words[language] = Words.load(language, strict=False, zone=self._frame.zone.zone)
        return self._words[language]

    # -- the common way --------------------------------------------------------------------

    def make(
        self,
        by: Actor,
        kind: str,
        subject: str,
        build: Build,
        *,
        stands_for: StandsFor | None = None,
        act: Writing | None = None,
    ) -> MadePaper:
        """Make one paper and keep it. `kind` names it, `subject` is what it is about.

        `stands_for` is the card that a letter stands for. A paper without which an act must not
        stand is made within that `act`: both are kept, or neither. Raises NoSealKey.
        """
        frame = self._frame
        with frame.ledger.acting(by) if act is None else nullcontext(act) as w:
            number = self._number(w.number(f"paper:{kind}:{frame.today().year}"), kind)
            imprint = self.imprint(w, by, number, kind, stands_for)
            pdf = build(w, imprint, self.words())
            sha = w.put_blob(pdf, "application/pdf")
            paper = w.add(
                Paper(
                    id=frame.ids.new(),
                    kind=kind,
                    number=number,
                    subject=subject,
                    blob=sha,
                    made_by=by.officer,
                    made_at=frame.now(),
                )
            )
            w.record(
                "paper.made",
                subject,
                {"kind": kind, "number": number, "digest": hashlib.sha256(pdf).hexdigest()},
            )
        return MadePaper(paper, pdf)

    def print(self, by: Actor, paper_id: str, copies: int = 1, *, again: bool = False) -> Paper:
        """Hand a paper to the printer; the same paper is never sent twice by itself.

        `again` is an officer's wish for a copy of what came out before. Raises the document
        printer's faults; the paper stays to be printed again. Raises PaperElsewhere, PaperGone.
        """
        frame = self._frame
        with frame.ledger.reading() as r:
            paper = r.get(Paper, paper_id)
            pdf = r.picture(paper.blob) or self._missing(paper)
        with frame.hub.document_printer() as printer:
            # A paper that was never seen to come out keeps its job: if it lies in the tray after
            # all, the printer knows it and prints no second one.
            job = frame.ids.new() if again and paper.printed_at else paper.id
            printer.print_pdf(pdf, copies, job, timeout=PRINT_SECONDS)
        with frame.ledger.acting(by) as w:
            paper = w.change(w.get(Paper, paper_id), printed_at=frame.now())
            w.record("paper.printed", paper.subject, {"number": paper.number, "copies": copies})
        return paper

    def made(self, kind: str, subject: str) -> MadePaper | None:
        """The newest paper of a kind about something, or None where no pages of any are here.

        Other counters' papers are known by their rows alone: pages aren't sent.
        """
        with self._frame.ledger.reading() as r:
            for paper in r.find(Paper, subject=subject, kind=kind, order="id", descending=True):
                pdf = r.picture(paper.blob)
                if pdf:
                    return MadePaper(paper, pdf)
        return None

    def _missing(self, paper: Paper) -> NoReturn:
        """Say where the pages are: the counter stands in the number, see `_number`."""
        counter = paper.number.split("/")[2]
        if counter == self._frame.counter:
            raise PaperGone(number=paper.number)
        raise PaperElsewhere(number=paper.number, counter=counter)

    def of(self, subject: str) -> list[Paper]:
        """Every paper about something, oldest first."""
        with self._frame.ledger.reading() as r:
            return r.find(Paper, subject=subject)

    def imprint(
        self,
        r: Reading,
        by: Actor,
        number: str,
        kind: str = "",
        stands_for: StandsFor | None = None,
    ) -> Imprint:
        """Where, when, by whom, and the journal's head, sealed. Raises NoSealKey."""
        frame = self._frame
        place = frame.place
        head = r.head()
        officer = r.look(Officer, by.officer) if by.officer else None
        return Imprint(
            office=Office(
                place.office_name, place.polda, place.city, place.address, place.phone,
                place.office_code,
            ),
            number=number,
            made_at=frame.local_now(),
            zone=str(frame.zone),
            officer=officer.title if officer else "-",
            officer_number=by.officer or "-",
            anchor=Anchor(
                frame.realm, frame.ledger.journal.counter, head.epoch, head.seq, head.hash[:32],
                self._sealing.paper(kind, number, frame.now(), head, stands_for),
            ),
        )  # fmt: skip

    def signatory(self, r: Reading, nrp: str, duty: str) -> Signatory:
        """An officer as a paper's signatory, with room for a pen."""
        officer = r.look(Officer, nrp)
        return Signatory(officer.title if officer else "-", nrp or "-", duty)

    def signed(self, r: Reading, approval: Approval, duty: str) -> Signatory:
        """An officer whose electronic signature the paper shows."""
        officer = r.look(Officer, approval.officer)
        return Signatory(
            officer.title if officer else "-",
            approval.officer,
            duty,
            self.local(approval.at),
            approval.signature,
        )

    def local(self, moment: datetime) -> datetime:
        """A moment in the office's own time, as papers show it."""
        return office_time(moment, self._frame.zone)

    def now(self) -> datetime:
        return self._frame.now()

    def today(self) -> date:
        """The office's own date."""
        return self._frame.today()

    def _number(self, number: int, kind: str) -> str:
        frame = self._frame
        today = frame.today()
        return f"{kind.upper()}/{number:04d}/{frame.counter}/{today:%m}/{today:%Y}"

    # -- papers of the walk-in -------------------------------------------------------------

    def handover_receipt(self, by: Actor, application_ids: list[str]) -> MadePaper:
        """The receipt for every card that was handed over in one go."""

        def build(r: Reading, imprint: Imprint, words: Words) -> bytes:
            apps = [r.get(Application, app_id) for app_id in application_ids]
            first = apps[0]
            licences = [r.get(Licence, app.licence_id) for app in apps]
            lines = tuple(
                HandedLicence(
                    licence.licence_class, app.service, licence.sim_number,
                    licence.blank_serial, licence.issued_on, licence.valid_until,
                )
                for app, licence in zip(apps, licences, strict=True)
            )  # fmt: skip
            by_proxy = first.delivery is Delivery.PROXY
            # The receipt may be made later than that, and by another.
            counter = self._frame.ledger.journal.counter
            wanted = Wanted(acts=("application.hand_over",), subjects=application_ids)
            given = look(r.conn, counter, wanted, content=False, newest_first=True, limit=1)
            # Handed over at another counter: its receipt was made there by whoever gave the card.
            there = r.first(Paper, subject=first.id, kind=HANDOVER)
            giver = given[0].officer if given else there.made_by if there else by.officer
            given_at = given[0].time if given else licences[0].handed_over_at
            return handover_receipt(
                HandoverReceipt(
                    imprint=imprint,
                    holder=first.applicant.name,
                    licences=lines,
                    handed_at=self.local(given_at or self._frame.now()),
                    officer=self.signatory(r, giver, ""),
                    received_by=first.handed_to if by_proxy else "",
                    relation=words.of(Delivery.PROXY) if by_proxy else "",
                    surrendered=tuple(
                        number for app in apps for number in old_cards_taken(r, self._frame, app)
                    ),
                    withdrawn_letters=letters_out(r, *application_ids),
                ),
                words,
                self.words("en"),
            )

        return self.make(by, HANDOVER, application_ids[0], build)


def letters_out(r: Reading, *application_ids: str) -> tuple[str, ...]:
    """Numbers of the interim letters that stood in for these cards and are taken back for them."""
    found = [one for key in application_ids for one in r.find(Letter, application_id=key)]
    papers = (r.look(Paper, one.paper) for one in found if one.paper)
    return tuple(paper.number for paper in papers if paper is not None)
