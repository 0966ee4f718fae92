"""Counters at the centre: the way in is opened, what they ask for is signed, and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from db import central_admin
from db.central_admin import Connection
from db.central_desk import certificates, has_counter, has_office, office_told, officers_keys
from db.central_enrol import (
    close_enrolments,
    enrolments,
    grant_enrolment,
    login_of,
    new_code,
    open_enrolment,
)
from desktop.domain.errors import Problem
from desktop.keys.authority import CA, CERTIFICATES, CentreAuthority, certificates_in
from desktop.keys.certificates import Certificate, KeyRole, read_certificate
from desktop.keys.requests import BadRequest, CertificateRequest, read_request
from desktop.keys.signer import key_id_of
from desktop.keys.tls import TlsRequestUnfit

CODE_LIVES = timedelta(hours=24)


class CounterNameUnfit(Problem):
    """A counter's name is its office's code, a hyphen and its own: 1374-L4."""

    name: str


class OfficeUnknown(Problem):
    """The centre has no office with this code."""

    office: str


class CounterUnknown(Problem):
    """The centre has no counter of this name."""

    counter: str


@dataclass(frozen=True, slots=True)
class Signed:
    """What became of one counter's request; `fault` is empty where it was signed."""

    counter: str
    fault: str = ""


def office_of(counter: str) -> str:
    """The office of a counter by its name. Raises CounterNameUnfit."""
    office, hyphen, own = counter.partition("-")
    fits = counter.isascii() and len(counter) <= 24 and counter.replace("-", "").isalnum()
    if not (office.isalnum() and hyphen and own and fits):
        raise CounterNameUnfit(counter[:24])
    return office


def open_way(conn: Connection, counter: str, now: datetime) -> tuple[str, datetime]:
    """A one-time code for a counter, and when it ends; a former one opens nothing any more.

    Raises CounterNameUnfit, OfficeUnknown.
    """
    office = office_of(counter)
    if not has_office(conn, office):
        raise OfficeUnknown(office)
    close_enrolments(conn)
    code, ends = new_code(), now + CODE_LIVES
    open_enrolment(conn, counter, office, code, ends)
    return code, ends


def sign_waiting(conn: Connection, authority: CentreAuthority, now: datetime) -> list[Signed]:
    """Sign what counters asked for: the line's certificate and Loket's own, and let them in.

    A request that doesn't hold is told and left. Raises OSError.
    """
    done: list[Signed] = []
    for one in enrolments(conn):
        if one.granted or one.csr is None or one.request is None:
            continue
        try:
            certificate = authority.counter(read_request(one.request), one.counter, now)
            login = login_of(one.counter)
            line = authority.line(one.csr.encode(), login, now)
        except (BadRequest, TlsRequestUnfit) as problem:
            done.append(Signed(one.counter, type(problem).__name__))
            continue
        publish(conn, certificate)
        central_admin.enrol_counter(
            conn, one.counter, one.office, public_key=certificate.public.hex()
        )
        grant_enrolment(
            conn,
            one.login,
            {
                "certificate_pem": line.decode(),
                "ca_pem": (authority.path / CA).read_text(encoding="ascii"),
                "roots": [root.text() for root in authority.roots()],
                "certificates": [certificate.text()],
                "known": [c.text() for c in certificates_in(authority.path, CERTIFICATES)],
                "counter": one.counter,
                "office": one.office,
                "place": office_told(conn, one.office),
                "login": login,
                "realm": authority.realm.value,
            },
        )
        done.append(Signed(one.counter))
    close_enrolments(conn)
    return done


@dataclass(frozen=True, slots=True)
class OfficersKey:
    """An officer's key for which nobody at the centre vouches yet."""

    nrp: str
    counter: str
    arrived: str
    key_id: str
    asked: CertificateRequest


def officers_waiting(conn: Connection) -> list[OfficersKey]:
    """Keys that officers made at their counters and that wait for a certificate."""
    have = {read_certificate(text).key_id for text in certificates(conn)}
    found: list[OfficersKey] = []
    for nrp, counter, arrived, text in officers_keys(conn):
        try:
            asked = read_request(text)
        except BadRequest:
            continue
        key_id = key_id_of(asked.public)
        if key_id not in have and (asked.role, asked.subject) == (KeyRole.OFFICER, nrp):
            found.append(OfficersKey(nrp, counter, arrived, key_id, asked))
    return found


def sign_officer(conn: Connection, authority: CentreAuthority, nrp: str, now: datetime) -> int:
    """Vouch for the keys that this officer made, once somebody asked them; how many.

    A counter's word alone makes no officer: that is why each is named. Raises BadRequest.
    """
    waiting = [one for one in officers_waiting(conn) if one.nrp == nrp]
    for one in waiting:
        publish(conn, authority.officer(one.asked, nrp, now))
    return len(waiting)


def revoke(conn: Connection, authority: CentreAuthority | None, counter: str, now: datetime) -> int:
    """The counter is nobody here from now on: no login, no session, and with the authority no
    certificate. How many certificates were revoked. Raises CounterUnknown, OSError.
    """
    if not has_counter(conn, counter):
        raise CounterUnknown(counter)
    central_admin.revoke_counter(conn, counter)
    return 0 if authority is None else authority.revoke(login_of(counter), now)


def publish(conn: Connection, certificate: Certificate) -> None:
    """A certificate for the notary and for every counter."""
    central_admin.put_certificate(
        conn,
        key_id=certificate.key_id,
        role=certificate.role.value,
        subject=certificate.subject,
        body=certificate.text(),
    )
