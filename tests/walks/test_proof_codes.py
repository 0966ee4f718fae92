"""Proofs taken by the code on them while their issuer's line is silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from db.orders import put_order
from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.errors import Problem
from desktop.domain.evidence import (
    Evidence,
    EvidenceContradicts,
    EvidenceSource,
    EvidenceUsed,
    ProofCodeForged,
    ProofCodeNotNow,
    ProofCodeUnknown,
    ProofCodeUnreadable,
    ProofNotAsked,
    StatedFact,
)
from desktop.domain.officer import RoleMissing
from desktop.domain.requirements import CertificateExpired, RequirementKind
from desktop.keys.certificates import Certificate, KeyRole, issue
from desktop.keys.signer import SoftSigner
from desktop.outside.played_keys import signer_of
from desktop.outside.proof_code import ProofStatement, subject_of, write
from desktop.outside.simulators import Manner, OutsideSimulator
from desktop.services.proof_codes import ISSUERS_FILE
from desktop.training.proof_paper import code_on_paper
from tests.walks.steps import A, acts, case, checked, registered
from tests.walks.world import World

K = RequirementKind
DOCTOR = K.MEDICAL_CERT
DAY = 86_400


def behave(world: World, kind: K, manner: Manner) -> None:
    assert isinstance(world.desk.outside, OutsideSimulator)
    world.desk.outside.manners[kind] = manner


def silent_doctor(world: World, index: int = 1) -> Application:
    """A renewal for which everybody answers but the doctor."""
    app = registered(world, world.people[index])
    behave(world, DOCTOR, Manner.SILENT)
    assert len(world.desk.requirements.gather(world.by, app.id)) == 1
    return app


def pieces(world: World, app: Application) -> list[Evidence]:
    with world.desk.ledger.reading() as r:
        return r.find(Evidence, application_id=app.id, kind=DOCTOR)


def paper_of(world: World, app: Application, **other: object) -> str:
    """A doctor's code about this applicant, or about something else."""
    usual = ProofStatement(
        realm=world.desk.realm, kind=DOCTOR, reference="KES-1", nik=app.nik,
        issued_on=world.desk.frame.today(),
    )  # fmt: skip
    return write(replace(usual, **other), signer_of(world.desk.profile, DOCTOR))


def test_a_scanned_certificate_serves_and_waits_for_nobody(andi: World) -> None:
    app = silent_doctor(andi)
    code = code_on_paper(andi.desk, app, DOCTOR)
    piece = andi.desk.proof_codes.scan(andi.by, app.id, code)
    assert (piece.source, piece.issuer) == (EvidenceSource.SCANNED, "Klinik Contoh Sehat")
    assert not piece.open_typed
    assert andi.desk.proofs.open_typed() == []
    assert andi.desk.requirements.check(andi.by, app.id).state is S.REQUIREMENTS_CHECKED
    found = acts(andi, "evidence.recorded")
    told = [one.content["source"] for one in found if one.content and one.content["kind"] == DOCTOR]
    assert told == ["scanned"]


def test_the_same_certificate_scanned_twice_is_one(andi: World) -> None:
    app = silent_doctor(andi)
    code = code_on_paper(andi.desk, app, DOCTOR)
    first = andi.desk.proof_codes.scan(andi.by, app.id, code)
    assert andi.desk.proof_codes.scan(andi.by, app.id, code) == first
    assert len(pieces(andi, app)) == 1


def test_a_scan_settles_what_was_typed(andi: World) -> None:
    app = silent_doctor(andi)
    today = andi.desk.frame.today()
    andi.desk.requirements.type_in(andi.by, app.id, DOCTOR, "KES-MISTYPED", today, "Klinik")
    andi.desk.proof_codes.scan(andi.by, app.id, paper_of(andi, app))
    [piece] = pieces(andi, app)
    assert (piece.source, piece.reference) == (EvidenceSource.SCANNED, "KES-1")
    assert andi.desk.proofs.open_typed() == []


def test_a_certificate_is_used_once(andi: World) -> None:
    app = silent_doctor(andi)
    andi.desk.proof_codes.scan(andi.by, app.id, paper_of(andi, app))
    second = silent_doctor(andi, index=2)
    with pytest.raises(EvidenceUsed) as refused:
        andi.desk.proof_codes.scan(andi.by, second.id, paper_of(andi, second))
    assert refused.value.first_use == app.number


def test_a_certificate_is_used_once_however_its_number_is_written(andi: World) -> None:
    """Typed it has no blanks and only capitals; the code has it as the issuer prints it."""
    app, second = silent_doctor(andi), silent_doctor(andi, index=2)
    today = andi.desk.frame.today()
    andi.desk.requirements.type_in(andi.by, app.id, DOCTOR, "KES77/A", today, "Klinik")
    with pytest.raises(EvidenceUsed):
        andi.desk.proof_codes.scan(andi.by, second.id, paper_of(andi, second, reference="Kes 77/a"))


def test_somebody_else_s_certificate_is_refused(andi: World) -> None:
    app = silent_doctor(andi)
    behave(andi, DOCTOR, Manner.CONTRADICTORY)
    code = code_on_paper(andi.desk, app, DOCTOR)
    with pytest.raises(EvidenceContradicts) as refused:
        andi.desk.proof_codes.scan(andi.by, app.id, code)
    assert refused.value.field is StatedFact.NIK
    with pytest.raises(EvidenceContradicts) as refused:
        andi.desk.proof_codes.scan(andi.by, app.id, paper_of(andi, app, licence_class=A))
    assert refused.value.field is StatedFact.LICENCE_CLASS
    assert pieces(andi, app) == []


def test_a_certificate_that_ran_out_stays_in_the_way(andi: World) -> None:
    app = silent_doctor(andi)
    behave(andi, DOCTOR, Manner.EXPIRED)
    andi.desk.proof_codes.scan(andi.by, app.id, code_on_paper(andi.desk, app, DOCTOR))
    with pytest.raises(CertificateExpired):
        andi.desk.requirements.check(andi.by, app.id)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda code: code[:-9], (ProofCodeUnreadable, ProofCodeForged)),
        (lambda code: "BUKTI1:", ProofCodeUnreadable),
        (lambda code: "BUKTI1:\N{FACE WITH TEARS OF JOY}", ProofCodeUnreadable),
        (lambda code: "BUKTI1:" + "0" * 10_000, ProofCodeUnreadable),
        (lambda code: code.replace("BUKTI1", "BUKTI2"), ProofCodeUnreadable),
    ],
)
def test_a_damaged_code_says_so(
    andi: World, spoil: Callable[[str], str], said: type[Problem] | tuple[type[Problem], ...]
) -> None:
    app = silent_doctor(andi)
    with pytest.raises(said):
        andi.desk.proof_codes.scan(andi.by, app.id, spoil(paper_of(andi, app)))
    assert pieces(andi, app) == []


def test_a_code_that_somebody_changed_is_forged(andi: World) -> None:
    """A date moved inside the payload, everything else as the doctor wrote it."""
    from desktop.cards import base45, cose

    app = silent_doctor(andi)
    signed = cose.read1(base45.decode(paper_of(andi, app).removeprefix("BUKTI1:")))
    later = ProofStatement(andi.desk.realm, DOCTOR, "KES-2", app.nik, andi.desk.frame.today())
    raw = base45.decode(paper_of(andi, app).removeprefix("BUKTI1:"))
    assert len(later.payload()) == len(signed.payload)
    changed = raw.replace(signed.payload, later.payload())
    with pytest.raises(ProofCodeForged):
        andi.desk.proof_codes.scan(andi.by, app.id, "BUKTI1:" + base45.encode(changed))


def test_only_a_vouched_issuer_of_that_kind_is_believed(andi: World) -> None:
    app = silent_doctor(andi)
    said = ProofStatement(andi.desk.realm, DOCTOR, "KES-1", app.nik, andi.desk.frame.today())
    stranger = write(said, SoftSigner(bytes(32)))
    psychologist = write(said, signer_of(andi.desk.profile, K.PSYCH_CERT))
    for code in (stranger, psychologist):
        with pytest.raises(ProofCodeUnknown):
            andi.desk.proof_codes.scan(andi.by, app.id, code)


def vouched(world: World, signer: SoftSigner, role: KeyRole = KeyRole.ISSUER) -> Certificate:
    root = world.desk.profile.signer(KeyRole.ROOT)
    now = world.clock.now()
    return issue(
        root, realm=world.desk.realm, role=role, subject=subject_of(DOCTOR, "Klinik Baru"),
        public=signer.public, not_before=now - timedelta(days=9),
        not_after=now + timedelta(days=9),
    )  # fmt: skip


def test_the_office_s_file_of_issuers_is_believed_while_it_lasts(andi: World) -> None:
    app = silent_doctor(andi)
    clinic, notary = SoftSigner(b"c" * 32), SoftSigner(b"n" * 32)
    lines = [vouched(andi, clinic).text(), vouched(andi, notary, KeyRole.NOTARY).text()]
    (andi.desk.profile.path / ISSUERS_FILE).write_text("\n".join(lines))
    said = ProofStatement(andi.desk.realm, DOCTOR, "KB-7", app.nik, andi.desk.frame.today())
    with pytest.raises(ProofCodeUnknown):
        andi.desk.proof_codes.scan(andi.by, app.id, write(said, notary))
    andi.clock.advance(10 * DAY)
    with pytest.raises(ProofCodeUnknown):
        andi.desk.proof_codes.scan(andi.by, app.id, write(said, clinic))
    andi.clock.advance(-10 * DAY)
    piece = andi.desk.proof_codes.scan(andi.by, app.id, write(said, clinic))
    assert piece.issuer == "Klinik Baru"


def test_a_revoked_issuer_is_not_believed(andi: World) -> None:
    app = silent_doctor(andi)
    key = signer_of(andi.desk.profile, DOCTOR).key_id
    with andi.desk.ledger.store.write() as conn:
        told = {"kind": "key", "id": key, "from": "2026-01-01T00:00:00Z", "reason": "stolen"}
        put_order(conn, {"feed": "national", "n": 1, "type": "revocation", **told})
    with pytest.raises(ProofCodeUnknown):
        andi.desk.proof_codes.scan(andi.by, app.id, paper_of(andi, app))


def test_what_the_case_does_not_need_is_not_taken(andi: World) -> None:
    app = silent_doctor(andi)
    code = code_on_paper(andi.desk, app, K.LOSS_REPORT)
    with pytest.raises(ProofNotAsked):
        andi.desk.proof_codes.scan(andi.by, app.id, code)
    with pytest.raises(ProofNotAsked):  # the psychologist has answered already
        andi.desk.proof_codes.scan(
            andi.by, app.id,
            write(
                ProofStatement(
                    andi.desk.realm, K.PSYCH_CERT, "PSI-2", app.nik, andi.desk.frame.today()
                ),
                signer_of(andi.desk.profile, K.PSYCH_CERT),
            ),
        )  # fmt: skip


def test_after_the_step_nothing_is_scanned(andi: World) -> None:
    app = checked(andi, registered(andi, andi.people[1]))
    with pytest.raises(ProofCodeNotNow):
        andi.desk.proof_codes.scan(andi.by, app.id, paper_of(andi, app, reference="KES-9"))
    assert case(andi, app).state is S.REQUIREMENTS_CHECKED


def test_whoever_may_not_take_proofs_scans_none(andi: World) -> None:
    app = silent_doctor(andi)
    andi.take_over("sri")
    with pytest.raises(RoleMissing):
        andi.desk.proof_codes.scan(andi.by, app.id, paper_of(andi, app))
