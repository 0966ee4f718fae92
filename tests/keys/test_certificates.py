"""Who vouches for whom, and in which realm."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from desktop.domain.realm import Realm
from desktop.keys.certificates import Certificate, KeyRole, Trust, issue, read_certificate
from desktop.keys.errors import BadCertificate, WrongRealm
from desktop.keys.signer import SoftSigner

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ROOT, OFFICE, OFFICER, OTHER = (SoftSigner(bytes([n]) * 32) for n in range(1, 5))


def vouch(issuer: SoftSigner, role: KeyRole, signer: SoftSigner, **more: Any) -> Certificate:
    facts: dict[str, Any] = {
        "realm": Realm.TRAINING,
        "subject": "s",
        "not_before": NOW,
        "not_after": NOW + timedelta(days=10),
    }
    return issue(issuer, role=role, public=signer.public, **{**facts, **more})


@pytest.fixture
def trust() -> Trust:
    return Trust(Realm.TRAINING, [vouch(ROOT, KeyRole.ROOT, ROOT)])


def test_certificate_reads_back_from_its_text() -> None:
    made = vouch(ROOT, KeyRole.SEAL, OTHER)
    assert read_certificate(made.text()) == made


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", "{not json", '{"realm":"training"}', "[" * 100_000]
)
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(BadCertificate):
        read_certificate(text)


def test_certificate_must_be_canonical() -> None:
    text = vouch(ROOT, KeyRole.SEAL, OTHER).text()
    with pytest.raises(BadCertificate):
        read_certificate(text.replace(":", ": ", 1))


def test_officer_vouched_for_by_the_office(trust: Trust) -> None:
    office = vouch(ROOT, KeyRole.OFFICE, OFFICE)
    officer = vouch(OFFICE, KeyRole.OFFICER, OFFICER, subject="79010001")
    assert trust.add_all([officer, office]) == []
    assert trust.find(OFFICER.key_id, KeyRole.OFFICER, "79010001", NOW) == officer
    assert trust.key_of(OFFICER.key_id, "officer", "79010001", "") == OFFICER.public
    assert trust.require(OFFICER.key_id, KeyRole.OFFICER, NOW) == officer


def test_key_stands_for_its_own_role_subject_and_dates_only(trust: Trust) -> None:
    trust.add(vouch(ROOT, KeyRole.COUNTER, OTHER, subject="L3"))
    assert trust.key_of(OTHER.key_id, "counter", "L4", "") is None
    assert trust.key_of(OTHER.key_id, "officer", "L3", "") is None
    assert trust.key_of(ROOT.key_id, "root", "s", "") is None
    late = NOW + timedelta(days=10)
    assert trust.find(OTHER.key_id, KeyRole.COUNTER, "L3", late) is None
    with pytest.raises(BadCertificate):
        trust.require(OTHER.key_id, KeyRole.COUNTER, late)


def test_other_realm_is_refused(trust: Trust) -> None:
    with pytest.raises(WrongRealm):
        trust.add(vouch(ROOT, KeyRole.SEAL, OTHER, realm=Realm.LIVE))
    with pytest.raises(WrongRealm):
        Trust(Realm.LIVE, [vouch(ROOT, KeyRole.ROOT, ROOT)])


def test_nobody_vouches_beyond_what_they_may(trust: Trust) -> None:
    trust.add(vouch(ROOT, KeyRole.OFFICE, OFFICE))
    trust.add(vouch(OFFICE, KeyRole.OFFICER, OFFICER))
    cases = [
        (vouch(OFFICE, KeyRole.SEAL, OTHER), "role"),
        (vouch(OFFICER, KeyRole.OFFICER, OTHER), "role"),
        (vouch(OTHER, KeyRole.OFFICER, OTHER), "issuer"),
        (vouch(ROOT, KeyRole.SEAL, OTHER, not_before=NOW + timedelta(days=11)), "dates"),
    ]
    forged = dataclasses.replace(vouch(ROOT, KeyRole.SEAL, OTHER), subject="t")
    for certificate, reason in [*cases, (forged, "signature")]:
        with pytest.raises(BadCertificate) as caught:
            trust.add(certificate)
        assert caught.value.reason == reason


def test_root_that_somebody_else_signed_is_no_root() -> None:
    with pytest.raises(BadCertificate):
        Trust(Realm.TRAINING, [vouch(ROOT, KeyRole.ROOT, OTHER)])
    with pytest.raises(BadCertificate):
        Trust(Realm.TRAINING, [vouch(ROOT, KeyRole.SEAL, ROOT)])
