"""A counter joins its centre: by a one-time code, with keys that are made here and never leave.

It may be cut short anywhere and called again: the key and the request stay in the profile, the
centre gives the same answer until the counter says that it has it all.

    <profile>/centre/ca.crt, counter.crt, counter.key     the line
    <profile>/centre/way.json                             what was typed, until it is joined
    settings.toml [centre]                                where it leads
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from db.central_enrol import EnrolmentLine, login_of
from desktop.centre.began import FOLDER, WAY
from desktop.centre.counters import office_of
from desktop.domain.errors import Problem
from desktop.domain.realm import Realm
from desktop.keys.authority import write_private
from desktop.keys.certificates import KeyRole, read_certificate
from desktop.keys.errors import KeyMissing
from desktop.keys.providers import KeyringProvider, Provider
from desktop.keys.requests import make_request
from desktop.keys.tls import new_key, request_for
from desktop.profile import Profile
from desktop.settings import Centre, Place, load_settings, save_settings
from desktop.sources import Clock, KeySource

CA, CERTIFICATE, KEY, REQUEST = (
    "ca.crt", "counter.crt", "counter.key", "counter.csr",
)  # fmt: skip
LOOK_SECONDS = 2.0


class JoinedAlready(Problem):
    """This profile belongs to a counter already: `counter`."""

    counter: str


class NoAnswerYet(Problem):
    """The administrator hasn't signed; the same command goes on later."""


class AnswerUnfit(Problem):
    """What the centre answered isn't for this counter; nothing of it was taken."""

    detail: str


@dataclass(frozen=True, slots=True)
class Way:
    """Where the centre is, and the code that opens it. `root` vouches for the server."""

    host: str
    port: int
    database: str
    code: str
    root: Path


def keep_way(folder: Path, form: dict[str, str]) -> None:
    """What was typed to reach the centre, without the code, for when joining goes on."""
    (folder / FOLDER).mkdir(mode=0o700, exist_ok=True)
    (folder / FOLDER / WAY).write_text(json.dumps(form), encoding="utf-8")


def kept_way(folder: Path) -> dict[str, str] | None:
    """The same, where joining was begun here and isn't done; None elsewhere."""
    path = folder / FOLDER / WAY
    if not path.is_file() or load_settings(folder).centre.host:
        return None
    return {str(k): str(v) for k, v in json.loads(path.read_text(encoding="utf-8")).items()}


def profile_for(
    folder: Path, counter: str, keys: KeySource, clock: Clock, provider: Provider | None = None
) -> Profile:
    """The profile that joins: the one in the folder if it is this counter's, else a new live one.

    A training profile has a root of its own and a centre of its own: it joins none.

    Raises CounterNameUnfit, JoinedAlready, and what making a profile raises.
    """
    office = office_of(counter)
    if Profile.exists(folder):
        found = Profile.open(folder, provider=provider)
        if found.counter != counter or found.realm is not Realm.LIVE:
            raise JoinedAlready(found.counter)
        return found
    return Profile.create(
        folder, Realm.LIVE, keys, now=clock.now(), counter=counter, office=office,
        provider=provider,
    )  # fmt: skip


def begin(folder: Path, counter: str, way: Way, keys: KeySource, clock: Clock) -> Profile:
    """As `profile_for`, but a new one is made only once the code has opened the centre for it.

    A mistyped counter would own the folder otherwise, and could not be typed anew. What this PC
    lacks is told before the centre is asked. Raises too what opening the line raises.
    """
    if not Profile.exists(folder):
        office_of(counter)
        with suppress(KeyMissing):
            KeyringProvider().load(counter)
        _line(counter, way).close()
    return profile_for(folder, counter, keys, clock)


def join(profile: Profile, way: Way, pause: Callable[[float], bool]) -> Profile:
    """Ask, wait for the administrator's signature, keep what came; the enrolled profile.

    `pause` waits so many seconds and says whether to go on. Raises LineDown, ServerUnproven,
    NoSuchDatabase, CentreRefused, NoAnswerYet, AnswerUnfit, OSError.
    """
    csr, request = _requests(profile)
    line = _line(profile.counter, way)
    try:
        line.ask(csr, request)
        while (answer := line.answer()) is None:
            if not pause(LOOK_SECONDS):
                raise NoAnswerYet
        joined = _keep(profile, way, answer)
        line.done()
        return joined
    finally:
        line.close()


def _line(counter: str, way: Way) -> EnrolmentLine:
    return EnrolmentLine.open(
        host=way.host, port=way.port, database=way.database, counter=counter, code=way.code,
        sslrootcert=str(way.root),
    )  # fmt: skip


def _requests(profile: Profile) -> tuple[str, str]:
    """The line's request and the journal key's, the same at every call."""
    folder = profile.path / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    if not (folder / REQUEST).is_file():
        key = new_key()
        write_private(folder / KEY, key)
        write_private(folder / REQUEST, request_for(key, login_of(profile.counter)))
    asked = make_request(
        profile.signer(KeyRole.COUNTER), profile.realm, KeyRole.COUNTER, profile.counter
    )
    return (folder / REQUEST).read_text(encoding="ascii"), asked.text()


def _keep(profile: Profile, way: Way, answer: dict[str, Any]) -> Profile:
    """Everything is looked at before anything is kept; the settings come last."""
    folder = profile.path / FOLDER
    try:
        if answer["realm"] != profile.realm.value:
            raise AnswerUnfit("realm")
        if (answer["counter"], answer["login"]) != (profile.counter, login_of(profile.counter)):
            raise AnswerUnfit("counter")
        roots = [read_certificate(text) for text in answer["roots"]]
        own = [read_certificate(text) for text in answer["certificates"]]
        line = str(answer["certificate_pem"]).encode("ascii")
    except (KeyError, TypeError, ValueError) as error:
        raise AnswerUnfit("form") from error
    if profile.trust.roots and set(profile.trust.roots) != set(roots):
        raise AnswerUnfit("root")
    joined = profile
    for certificate in own:
        joined = joined.adopt(certificate, tuple(roots))
    if joined.certificate(KeyRole.COUNTER) is None:
        raise AnswerUnfit("certificate")
    write_private(folder / CA, way.root.read_bytes())
    write_private(folder / CERTIFICATE, line)
    settings = load_settings(profile.path)
    setting = Centre(
        host=way.host, port=way.port, database=way.database, user=login_of(profile.counter),
        root=f"{FOLDER}/{CA}", certificate=f"{FOLDER}/{CERTIFICATE}", key=f"{FOLDER}/{KEY}",
    )  # fmt: skip
    code = profile.counter.partition("-")[2]
    place = replace(
        _told(settings.place, answer.get("place")), office_code=profile.office, counter_code=code,
        counter_name=f"Loket {code[1:]}" if code[:1] == "L" and code[1:].isdigit() else code,
    )  # fmt: skip
    save_settings(profile.path, replace(settings, centre=setting, place=place))
    return joined


def _told(place: Place, told: Any) -> Place:
    """The office's name and zone by the centre's word; the rest is written by hand here."""
    if (
        place.address == Place().address
    ):  # nobody wrote it: a counter that joins again keeps its own
        place = replace(place, city="", polda="", area="", address="", phone="")
    try:
        known = {"office_name": told["name"], "zone": told["zone"]}
        return msgspec.convert({**msgspec.to_builtins(place), **known}, Place)
    except (KeyError, TypeError, msgspec.ValidationError):
        return place  # nothing that fits here: no card is made before it is written by hand
