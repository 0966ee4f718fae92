"""A training counter's own centre, for a new user who has configured nothing.

A real PostgreSQL on loopback with the centre's schema and roles, the sample office and officers,
and the portal's applicants, who play slowly in a process of their own. Passwords are drawn once and
lie sealed in the profile. It is never started in the live realm, and is no production centre: no
TLS, no authority, nobody's backup.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from db import central_admin
from db.central_admin import Connection
from db.central_desk import connect, give_password, make_database, remember, remembered, told
from db.embedded import LOCKED, SUPERUSER, CentreNotStarted, EmbeddedServer, Server
from db.errors import StoreProblem
from db.migrations import CENTRAL_HEAD
from desktop.centre import orders
from desktop.centre.counters import publish
from desktop.centre.notary import Notary
from desktop.centre.setup import prepare
from desktop.domain.errors import Problem
from desktop.domain.officer import Role
from desktop.domain.realm import Realm
from desktop.keys.certificates import Certificate, KeyRole
from desktop.keys.errors import SealBroken
from desktop.profile import Profile
from desktop.settings import Centre as CentreSetting
from desktop.sources import Clock
from desktop.training.officers import SAMPLE_OFFICERS
from desktop.version import VERSION

FOLDER, SECRETS = "centre-data", "centre-keys"
DATABASE = "loket"
PORTAL = "portal_home"
MAIN = Path(__file__).parents[2] / "main.py"
NEIGHBOUR = ("3275", "Satpas Contoh Kedua")
LOT, FIRST, LAST = "2604", "CT26040001", "CT26040200"
PACE_SECONDS = 25
"""Between two applicants of the training portal."""
NOTARY_SECONDS = 120.0
MADE_BY = f"{VERSION} {CENTRAL_HEAD}"
"""Another program, or another form of the database: it is brought forward."""
_USERS = ("root", "counter", "portal")


class TrainingCentreOnly(Problem):
    """A live counter's centre is a real one."""


class HomeCentre:
    """The centre of one training profile. Start and close may be called on any one thread."""

    def __init__(self, profile: Profile, clock: Clock, *, pace: float = PACE_SECONDS) -> None:
        if profile.realm is not Realm.TRAINING:
            raise TrainingCentreOnly
        self._profile = profile
        self._clock = clock
        self._pace = pace
        self._secrets = _secrets(profile)
        self._server = EmbeddedServer(
            profile.path / FOLDER, self._secrets["root"], name=f"training-{profile.profile_id}"
        )
        self._portal: subprocess.Popen[bytes] | None = None
        self._closing = threading.Event()
        self._notary: threading.Thread | None = None
        self._running: Server | None = None

    def start(self, office_name: str, officers: Sequence[Certificate] = ()) -> CentreSetting:
        """The centre, ready for this counter; how the counter reaches it.

        Raises CentreNotStarted, CentreUnreachable.
        """
        self._running = server = self._started()
        with told():
            self._make_ready(server, office_name, officers)
        login = central_admin.login_of(self._profile.counter)
        return CentreSetting(
            host="127.0.0.1", port=server.port, database=DATABASE, user=login,
            password=self._secrets["counter"],
        )  # fmt: skip

    def admin_dsn(self) -> str:
        """How its administrator reaches this centre, while it runs."""
        assert self._running is not None, "started before anybody orders"
        return self._admin(self._running)

    def portal_dsn(self) -> str:
        """How a portal reaches this centre, while it runs."""
        assert self._running is not None, "started before anybody applies"
        return self._running.dsn(PORTAL, self._secrets["portal"], DATABASE)

    def play_portal(self, residents: str) -> None:
        """Let people apply from home, one now and then, in a process beside this one."""
        server = self._running
        if server is None or self._portal is not None or self._closing.is_set():
            return
        brought = {
            "dsn": self.portal_dsn(),
            "residents": residents,
        }
        # Its name in the centre must be new each time: what was sent once is known there.
        seed = int(self._clock.now().timestamp())
        self._portal = subprocess.Popen(  # noqa: S603 - our own program
            [
                sys.executable, str(MAIN), "portal", "play", "--stdin", "--pace",
                str(self._pace), "--seed", str(seed), "--reads", "1000",
                "--office", self._profile.office,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=MAIN.parent,
            start_new_session=sys.platform != "win32",
        )  # fmt: skip
        assert self._portal.stdin is not None
        with suppress(OSError):
            self._portal.stdin.write(json.dumps(brought).encode() + b"\n")
            self._portal.stdin.flush()

    def keep_notary(self) -> None:
        """Verify and anchor now and then, as a job does at a real centre."""
        if self._notary is None:
            self._notary = threading.Thread(target=self._notarise, name="notary", daemon=True)
            self._notary.start()

    def close(self) -> None:
        """Send the applicants home and stop the server, unless another window uses it."""
        self._closing.set()
        if self._portal is not None:
            assert self._portal.stdin is not None
            with suppress(OSError):
                self._portal.stdin.close()  # the end of its input is the end of its day
            try:
                self._portal.wait(3)
            except subprocess.TimeoutExpired:
                self._portal.kill()
                self._portal.wait()
            self._portal = None
        if self._notary is not None:
            self._notary.join(5)
        self._server.stop()

    def remove(self) -> None:
        """Take away all that the centre kept."""
        self.close()
        self._server.remove()

    # -- inside ----------------------------------------------------------------------------

    def _started(self) -> Server:
        try:
            return self._server.start()
        except CentreNotStarted as problem:
            if problem.detail != LOCKED:
                raise
            # The profile lost the passwords: what lies there opens to nobody any more.
            self._server.remove()
            return self._server.start()

    def _admin(self, server: Server, database: str = DATABASE) -> str:
        return server.dsn(SUPERUSER, self._secrets["root"], database)

    def _make_ready(
        self, server: Server, office_name: str, officers: Sequence[Certificate]
    ) -> None:
        with connect(self._admin(server, "postgres")) as conn:
            make_database(conn, DATABASE)
        with connect(self._admin(server)) as conn:
            made_by = remembered(conn, "home")
        if made_by != MADE_BY:
            prepare(self._admin(server), Realm.TRAINING)
        with connect(self._admin(server)) as conn:
            if made_by is None:
                self._furnish(conn, office_name)
            self._let_in(conn, officers)
            remember(conn, "home", MADE_BY)  # last: a making that was cut short is made again

    def _furnish(self, conn: Connection, office_name: str) -> None:
        """The sample world: two offices, the officers, and stock that is on its way."""
        office = self._profile.office
        central_admin.put_office(conn, office, office_name)
        if office != NEIGHBOUR[0]:
            central_admin.put_office(conn, *NEIGHBOUR)
        for sample in SAMPLE_OFFICERS:
            roles = [Role(role) for role in sample.roles]
            orders.put_officer(conn, sample.nrp, sample.name, sample.rank, roles, [office])
        orders.put_consignment(conn, office, LOT, FIRST, LAST, "Korlantas (CONTOH)")

    def _let_in(self, conn: Connection, officers: Sequence[Certificate]) -> None:
        profile = self._profile
        public = profile.signer(KeyRole.COUNTER).public.hex()
        login = central_admin.enrol_counter(
            conn, profile.counter, profile.office, public_key=public
        )
        give_password(conn, login, self._secrets["counter"], "loket_counter")
        give_password(conn, PORTAL, self._secrets["portal"], "loket_portal")
        for certificate in (*profile.public_certificates(), *officers):
            publish(conn, certificate)

    def _notarise(self) -> None:
        profile, server = self._profile, self._running
        while server is not None and not self._closing.wait(NOTARY_SECONDS):
            with suppress(Problem, StoreProblem), connect(self._admin(server)) as conn:
                signer = profile.signer(KeyRole.NOTARY)
                roots = list(profile.trust.roots)
                Notary(conn, signer, profile.realm, roots).run(self._now())

    def _now(self) -> datetime:
        return self._clock.now()


def _secrets(profile: Profile) -> dict[str, str]:
    """The passwords of the three users: those kept, or new ones.

    A file that can't be opened any more belongs to a centre that can't either.
    """
    file, label = profile.path / SECRETS, f"{profile.profile_id}:centre"
    try:
        kept = json.loads(profile.box().open(bytes.fromhex(file.read_text("ascii")), label))
        return {name: str(kept[name]) for name in _USERS}
    except (OSError, ValueError, KeyError, SealBroken):
        drawn = {name: secrets.token_urlsafe(24) for name in _USERS}
        sealed = profile.box().seal(json.dumps(drawn).encode(), label)
        file.touch(mode=0o600)
        file.write_text(sealed.hex(), encoding="ascii")
        return drawn
