"""The two reports of a closed shift: the shift's reckoning and the office's day (laporan harian).

Both are made from rows that the close left behind, so that they can be made again at any time.
Money is what banks confirmed as PNBP; waivers stand apart; there is no cash anywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from db.trail import count, look
from desktop import papers as sheet
from desktop.domain.application import (
    Application,
    ApplicationState,
    Approval,
    Incident,
    Paper,
)
from desktop.domain.evidence import Evidence, EvidenceSource
from desktop.domain.officer import Actor, Role
from desktop.domain.reasons import SpoilReason
from desktop.domain.requirements import RequirementKind
from desktop.domain.stock import Blank, BlankAction, BlankState, Movement, Shift
from desktop.ledger import CLOCK_SLACK, Reading
from desktop.papers.base import Word
from desktop.services.base import Frame
from desktop.services.closing import CLOSE, Closing
from desktop.services.counting import COUNT
from desktop.services.exceptions import exceptions
from desktop.services.lot_balances import balances, movements, ways
from desktop.services.paper_minutes import DAY, SHIFT, short
from desktop.services.papers import MadePaper, Papers
from desktop.services.printer_counts import CounterLine, PrinterReading
from desktop.services.reckoning import LotCount
from desktop.services.ribbons import ribbon_lines, ribbon_text
from desktop.services.shift_causes import causes
from desktop.services.shift_counts import changed_machines, counter_lines, reach
from desktop.words import Words

TESTS = tuple(kind for kind in RequirementKind if kind.is_test)


@dataclass(frozen=True, slots=True)
class Reports:
    """Makes the papers of a close."""

    frame: Frame
    papers: Papers
    closing: Closing

    def both(self, by: Actor, shift_id: str) -> tuple[MadePaper, MadePaper]:
        """Shift close and day report, kept with the shift; one that was made before is taken."""
        first = self.papers.made(SHIFT, shift_id) or self.shift_close(by, shift_id)
        second = self.papers.made(DAY, shift_id) or self.day_report(by, shift_id)
        self.closing.keep_reports(shift_id, first.paper.id, second.paper.id)
        return first, second

    # -- the shift -------------------------------------------------------------------------

    def shift_close(self, by: Actor, shift_id: str) -> MadePaper:
        """The reckoning as it was signed."""

        def build(r: Reading, imprint: sheet.Imprint, words: Words) -> bytes:
            shift = r.get(Shift, shift_id)
            lots, lines = self._reckoned(r, shift)
            counter = self._counter
            silent = not shift.printer_cards and shift.counters_known
            machines = changed_machines(r, shift, self._at_close(shift))
            reasons = causes(r, shift, counter, printer_silent=silent, machines=machines)
            return sheet.shift_close(
                sheet.ShiftClose(
                    imprint=imprint,
                    opened_at=self.papers.local(shift.opened_at),
                    closed_at=self.papers.local(shift.closed_at or self.frame.now()),
                    officer=self._signer(r, words, shift, COUNT, words("forms.counted_by")),
                    supervisor=self._signer(r, words, shift, CLOSE, words.of(Role.SUPERVISOR)),
                    states=self._states(r),
                    lots=tuple(self._lot(lot) for lot in lots),
                    devices=self._devices(lines, words),
                    ribbons=tuple(
                        ribbon_text(line, words)
                        for line in ribbon_lines(r, shift, shift.ribbons_at_close, counter)
                    ),
                    spoiled=self._spoiled(r, shift),
                    exceptions=self._exceptions(r, shift),
                    tallies=self._tallies(r, shift, words),
                    not_excluded=tuple(
                        words(
                            f"stock.cause.{cause.kind}",
                            at=words.time(self.papers.local(cause.at)) if cause.at else "–",
                            count=cause.count,
                            subject=cause.subject or "–",
                        )
                        for cause in reasons
                    ),
                    statement=shift.statement,
                ),
                words,
            )

        return self.papers.make(by, SHIFT, shift_id, build)

    def _reckoned(
        self, r: Reading, shift: Shift
    ) -> tuple[tuple[LotCount, ...], tuple[CounterLine, ...]]:
        counted = shift.counted or {}
        lots = tuple(
            LotCount(line, counted.get(line.lot, line.closing)) for line in balances(r, shift)
        )
        reading = self._at_close(shift)
        return lots, counter_lines(r, shift, reading, self._counter)

    @staticmethod
    def _at_close(shift: Shift) -> PrinterReading | None:
        """What the printers counted at the close."""
        if not shift.printer_cards:
            return None
        return PrinterReading(
            shift.printer_cards, shift.printer_errors, shift.printer_panels,
            shift.panels_per_card, shift.printers_at_close,
        )  # fmt: skip

    def _signer(
        self, r: Reading, words: Words, shift: Shift, act: str, duty: str
    ) -> sheet.Signatory:
        signed = r.first(Approval, subject=shift.id, act=act, void=False)
        if signed is None:
            return self.papers.signatory(r, shift.counted_by, duty)
        return self.papers.signed(r, signed, duty)

    # -- the day ---------------------------------------------------------------------------

    def day_report(self, by: Actor, shift_id: str) -> MadePaper:
        """What was issued, paid, used up, spoiled and excepted in a shift, which is most often the
        office's day. A second shift of a day has a report of its own, that names the first's: each
        payment and each card stands in one."""

        def build(r: Reading, imprint: sheet.Imprint, words: Words) -> bytes:
            shift = r.get(Shift, shift_id)
            lots, lines = self._reckoned(r, shift)
            evidence = self.evidence(r, shift)
            banks, waivers = self.money(r, shift)
            typed = [e for e in r.find(Evidence, source=EvidenceSource.TYPED) if e.open_typed]
            incidents = self.incidents(r, shift)
            earlier = self._earlier(r, shift)
            return sheet.day_report(
                sheet.DayReport(
                    imprint=imprint,
                    day=shift.day,
                    shift=len(earlier) + 1,
                    opened_at=self.papers.local(shift.opened_at),
                    closed_at=self.papers.local(shift.closed_at or self.frame.now()),
                    former=tuple(self._report_of(r, one) for one in earlier),
                    issues=self._issues(r, shift),
                    banks=banks,
                    lots=tuple(self._lot(lot) for lot in lots),
                    supervisor=self._signer(r, words, shift, CLOSE, words.of(Role.SUPERVISOR)),
                    waivers=waivers,
                    tallies=self._tallies(r, shift, words),
                    spoiled=self._spoiled(r, shift),
                    tests=self._tests(r, evidence),
                    exceptions=self._exceptions(r, shift),
                    devices=self._devices(lines, words),
                    statement=shift.statement,
                    maker=self._signer(r, words, shift, COUNT, words("forms.counted_by")),
                    open_evidence=len(typed),
                    incidents=tuple(short(incident.id) for incident in incidents),
                ),
                words,
            )

        return self.papers.make(by, DAY, shift_id, build)

    @staticmethod
    def _earlier(r: Reading, shift: Shift) -> list[Shift]:
        """The shifts of the same day before this one."""
        day = r.find(Shift, counter=shift.counter, day=shift.day.isoformat(), order="id")
        return [one for one in day if one.id < shift.id]

    @staticmethod
    def _report_of(r: Reading, shift: Shift) -> str:
        paper = r.look(Paper, shift.day_report) if shift.day_report else None
        return paper.number if paper is not None else "-"

    def evidence(self, r: Reading, shift: Shift) -> list[Evidence]:
        """Payments and test results that were recorded at this counter, each in one shift.

        One that was typed again belongs to where that was done.
        """
        acts = look(r.conn, self._counter, reach(r, shift, "evidence.recorded"))
        told = {
            (act.subject, act.content.get("kind"), act.content.get("reference")): act.time
            for act in acts
            if act.content is not None
        }
        cases = sorted({case for case, _, _ in told})
        kinds = [RequirementKind.PAYMENT, *TESTS]
        return [
            piece
            for piece in r.find(Evidence, order="id", application_id=cases, kind=kinds)
            if (at := told.get((piece.application_id, piece.kind, piece.reference))) is not None
            and at >= piece.recorded_at - CLOCK_SLACK
        ]

    def money(
        self, r: Reading, shift: Shift
    ) -> tuple[tuple[sheet.BankTotal, ...], tuple[sheet.WaiverTotal, ...]]:
        """What banks confirmed in a shift and what was waived in it.

        A slip that was typed counts where the bank's yes came in, were it days later.
        """
        at_once = [e for e in self.evidence(r, shift) if e.source is not EvidenceSource.TYPED]
        return money(self._group, [*at_once, *self._settled(r, shift)])

    def _settled(self, r: Reading, shift: Shift) -> list[Evidence]:
        """Typed payments whose bank answered this counter with yes in a shift."""
        acts = look(r.conn, self._counter, reach(r, shift, "evidence.closed"))
        payment = RequirementKind.PAYMENT
        cases = {
            act.subject
            for act in acts
            if (content := act.content) and content.get("kind") == payment and content["confirmed"]
        }
        found = r.find(
            Evidence, application_id=sorted(cases), kind=payment, source=EvidenceSource.TYPED
        )
        return [piece for piece in found if piece.closed]

    def incidents(self, r: Reading, shift: Shift) -> list[Incident]:
        """What was opened at this counter in a shift, or came to it from the centre.

        A count that differs belongs to the shift that was counted, however late that was.
        """
        wanted = reach(r, shift, "incident.opened", "incident.received")
        keys = {act.subject for act in look(r.conn, self._counter, wanted, content=False)}
        counted = r.find(Incident, kind="count_differs")
        others = r.find(Incident, id=sorted(keys))
        return sorted(
            (
                *(one for one in counted if one.details.get("shift") == shift.id),
                *(one for one in others if "shift" not in one.details),
            ),
            key=lambda one: one.id,
        )

    @property
    def _counter(self) -> str:
        return self.frame.ledger.journal.counter

    def _group(self, decree: str) -> str:
        waivers = self.frame.rules().waivers
        return next((w.group_id for w in waivers if w.decree == decree), decree)

    def _issues(self, r: Reading, shift: Shift) -> tuple[sheet.IssueCount, ...]:
        counted: Counter[tuple[str, str]] = Counter()
        named: dict[tuple[str, str], Application] = {}
        for way in ways(r, shift):
            app = r.look(Application, way.application_id) if way.application_id else None
            if app is not None and way.after is BlankState.ISSUED:
                key = (str(app.licence_class), str(app.service))
                counted[key] += 1
                named.setdefault(key, app)
        return tuple(
            sheet.IssueCount(named[key].licence_class, named[key].service, number)
            for key, number in sorted(counted.items())
        )

    def _tests(self, r: Reading, evidence: Sequence[Evidence]) -> tuple[sheet.ExamTotal, ...]:
        sums: dict[tuple[RequirementKind, str], list[int]] = {}
        apps: dict[str, Application | None] = {}
        for piece in evidence:
            if piece.kind not in TESTS:
                continue
            if piece.application_id not in apps:
                apps[piece.application_id] = r.look(Application, piece.application_id)
            app = apps[piece.application_id]
            before = r.find(Evidence, application_id=piece.application_id, kind=piece.kind)
            again = any(other.recorded_at < piece.recorded_at for other in before)
            line = sums.setdefault((piece.kind, str(app.licence_class) if app else "-"), [0] * 4)
            at = 2 if again else 0
            line[at] += 1
            line[at + 1] += piece.facts.get("passed") == "1"
        return tuple(sheet.ExamTotal(kind, cls, *sums[kind, cls]) for kind, cls in sorted(sums))

    # -- shared ----------------------------------------------------------------------------

    @staticmethod
    def _lot(lot: LotCount) -> sheet.LotBalance:
        line = lot.balance
        return sheet.LotBalance(
            line.lot, line.opening, line.received, line.transferred_in, line.issued, line.spoiled,
            line.transferred_out, line.to_be_destroyed, line.missing, line.closing, lot.counted,
        )  # fmt: skip

    @staticmethod
    def _devices(lines: Sequence[CounterLine], words: Words) -> tuple[sheet.DeviceCount, ...]:
        device = words("device_name.card_printer")
        return tuple(
            sheet.DeviceCount(device, line.kind, line.before, line.after, line.ledger)
            for line in lines
        )

    def _spoiled(self, r: Reading, shift: Shift) -> tuple[sheet.SpoiledBlank, ...]:
        found: list[sheet.SpoiledBlank] = []
        for movement in movements(r, shift):
            if movement.action is BlankAction.SPOIL:
                reason = _spoil_word(movement)
                case = self._case(r, movement.serial)
                found.append(
                    sheet.SpoiledBlank(
                        movement.serial, movement.lot, reason, case, movement.officer
                    )
                )
        return tuple(found)

    @staticmethod
    def _case(r: Reading, serial: str) -> str:
        blank = r.look(Blank, serial)
        key = blank.application_id if blank is not None else ""
        if not key:
            moved = r.find(Movement, serial=serial, order="number", descending=True)
            key = next((m.application_id for m in moved if m.application_id), "")
        app = r.look(Application, key) if key else None
        return app.number if app is not None else ""

    def _exceptions(self, r: Reading, shift: Shift) -> tuple[sheet.ExceptionLine, ...]:
        wanted = reach(r, shift)
        return tuple(
            sheet.ExceptionLine(
                self.papers.local(one.at), one.kind, one.subject[:80], one.officer, one.reason
            )
            for one in exceptions(r, self._counter, wanted)
        )

    def _tallies(self, r: Reading, shift: Shift, words: Words) -> tuple[sheet.Tally, ...]:
        names = {
            "letter.issued": "letters",
            "application.hand_over": "handed_over",
            "application.pack": "packed",
            "application.take_back": "taken_back",
            "device.ribbon_changed": "ribbons",
            "stock.unnumbered": "unnumbered",
            "stock.destroyed": "destructions",
        }
        wanted = reach(r, shift, *names)
        counted: Counter[str] = Counter()
        for (act, _), number in count(r.conn, self._counter, wanted).items():
            counted[act] += number
        return tuple(
            sheet.Tally(words(f"forms.tally.{name}"), counted[act])
            for act, name in names.items()
            if counted[act]
        )

    @staticmethod
    def _states(r: Reading) -> tuple[sheet.Tally, ...]:
        tally = r.tally(Application, "state")
        order = {state.value: at for at, state in enumerate(ApplicationState)}
        return tuple(
            sheet.Tally(ApplicationState(key[0]), number)
            for key, number in sorted(tally.items(), key=lambda item: order[item[0][0]])
        )


def _spoil_word(movement: Movement) -> Word:
    known = {reason.value for reason in SpoilReason}
    return SpoilReason(movement.reason) if movement.reason in known else movement.reason or "-"


def money(
    group_of: Callable[[str], str], evidence: Sequence[Evidence]
) -> tuple[tuple[sheet.BankTotal, ...], tuple[sheet.WaiverTotal, ...]]:
    """PNBP that banks confirmed, by bank, and waived cases by decree."""
    number: Counter[str] = Counter()
    rupiah: Counter[str] = Counter()
    waived: Counter[str] = Counter()
    for piece in evidence:
        if piece.kind is not RequirementKind.PAYMENT or piece.closed is not True:
            continue
        decree = piece.facts.get("waiver", "")
        if decree:
            waived[decree] += 1
            continue
        bank = piece.facts.get("bank") or piece.issuer
        number[bank] += 1
        rupiah[bank] += int(piece.facts.get("amount", "0"))
    banks = tuple(sheet.BankTotal(bank, number[bank], rupiah[bank]) for bank in sorted(number))
    waivers = tuple(
        sheet.WaiverTotal(decree, group_of(decree), cases)
        for decree, cases in sorted(waived.items())
    )
    return banks, waivers
