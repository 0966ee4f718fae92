"""The code on a proof that a person brings to a training counter."""

from __future__ import annotations

from desktop.domain.application import Application
from desktop.domain.evidence import StatedFact, contradiction
from desktop.domain.requirements import RequirementKind
from desktop.domain.validity import stay_of
from desktop.outside.played_keys import signer_of
from desktop.outside.proof_code import ProofStatement, write
from desktop.outside.simulators import ISSUERS, OTHERWISE, OutsideSimulator
from desktop.services.desk import Desk
from desktop.services.proofs import known_of, question_of


def code_on_paper(desk: Desk, app: Application, kind: RequirementKind) -> str:
    """The code on the paper of this kind that the applicant of a case brings.

    It says what the party would answer; a party that is told to contradict, or whose papers have
    run out, made such a paper. Empty for a kind whose party gives no paper.
    """
    outside = desk.outside
    if not isinstance(outside, OutsideSimulator) or kind not in ISSUERS:
        return ""
    known = known_of(app, kind)
    today = desk.frame.today()
    said = outside.paper(question_of(app, kind, today))
    statement = ProofStatement(
        realm=desk.realm,
        kind=kind,
        reference=said.reference,
        nik=app.nik if contradiction(said.facts, known) is None else OTHERWISE[StatedFact.NIK],
        issued_on=said.issued_on or today,
        stay=stay_of(said.facts),
    )
    return write(statement, signer_of(desk.profile, kind))
