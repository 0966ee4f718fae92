"""A print service of our own: cupsd, with ippeveprinter behind it, on free loopback ports.

Everything lives in one folder: configuration, spool, states and sockets, so that suites don't meet
each other or the machine's own service. Debian's ippeveprinter ends at once without DNS-SD, even
where it registers nothing, so a D-Bus daemon with a socket in the folder and an avahi-daemon
follow; the latter runs in a mount and network namespace of its own and hears only its own
loopback. Nothing listens beyond 127.0.0.1.

A daemon is ready when it answers, and is stopped by its id and reaped; if the tests are killed, it
ends with them.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from devices.catalog import Place
from devices.device import DeviceKind
from devices.errors import DeviceFault
from devices.simulators.ipp_printer import FOLDER, MachineFolder
from devices.wire.ipp import IppClient, IppRefused
from devices.wire.ipp_codec import texts
from devices.wire.ipp_line import Address
from devices.wire.tape import NO_TAPE, Tape
from tests.wires.rigs.spaces import DIES_WITH_US, propagation

ROOT = Path(__file__).resolve().parents[3]
READY_SECONDS = 20.0
SEARCH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin"

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={folder}/bus</listen><auth>EXTERNAL</auth>
<auth>ANONYMOUS</auth><allow_anonymous/>
<policy context="default"><allow user="*"/><allow own="*"/>
<allow send_destination="*"/><allow send_type="method_call"/><allow send_type="signal"/>
<allow receive_type="method_call"/><allow receive_type="method_return"/>
<allow receive_type="error"/><allow receive_type="signal"/></policy></busconfig>
"""
AVAHI = """[server]
use-ipv4=yes
use-ipv6=no
allow-interfaces=lo
enable-dbus=yes
[wide-area]
enable-wide-area=no
[publish]
publish-workstation=no
"""
CUPSD = """LogLevel info
MaxLogSize 0
Listen 127.0.0.1:{port}
Listen {folder}/cups.sock
Browsing No
WebInterface No
DefaultAuthType None
JobRetryInterval 1
DirtyCleanInterval 0
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
CUPS_FILES = """ServerRoot {folder}/root
RequestRoot {folder}/spool
CacheDir {folder}/cache
StateDir {folder}/state
TempDir {folder}/tmp
ServerKeychain {folder}/ssl
AccessLog {folder}/log/access
ErrorLog {folder}/log/error
PageLog {folder}/log/page
FileDevice Yes
"""
# CUPS 2.4.10 (Debian 13) makes no queue for a printer that has PWG raster alone: it looks for the
# resolution under a keyword's tag. So the machine names its URF too, which CUPS then sends.
CARDS = """ATTR textWithoutLanguage printer-make-and-model "Contoh CP300"
ATTR textWithoutLanguage printer-info "Card printer"
ATTR keyword media-supported "custom_cr80_85.6x53.98mm"
ATTR keyword media-default "custom_cr80_85.6x53.98mm"
ATTR keyword media-ready "custom_cr80_85.6x53.98mm"
ATTR collection media-size-supported {
  MEMBER integer x-dimension 8560
  MEMBER integer y-dimension 5398
}
ATTR collection media-col-default {
  MEMBER collection media-size { MEMBER integer x-dimension 8560 MEMBER integer y-dimension 5398 }
  MEMBER integer media-top-margin 0
  MEMBER integer media-bottom-margin 0
  MEMBER integer media-left-margin 0
  MEMBER integer media-right-margin 0
  MEMBER keyword media-source "main"
  MEMBER keyword media-type "polyester"
}
ATTR integer media-top-margin-supported 0
ATTR integer media-bottom-margin-supported 0
ATTR integer media-left-margin-supported 0
ATTR integer media-right-margin-supported 0
ATTR resolution pwg-raster-document-resolution-supported 300dpi
ATTR keyword pwg-raster-document-type-supported "srgb_8","sgray_8"
ATTR keyword pwg-raster-document-sheet-back "normal"
ATTR keyword urf-supported "V1.4","W8","SRGB24","RS300","DM1"
ATTR resolution printer-resolution-supported 300dpi
ATTR resolution printer-resolution-default 300dpi
ATTR boolean color-supported true
ATTR keyword print-color-mode-supported "color","monochrome","auto"
ATTR keyword print-color-mode-default "color"
ATTR keyword sides-supported "one-sided","two-sided-long-edge"
ATTR keyword sides-default "one-sided"
ATTR nameWithoutLanguage marker-names "YMCKO"
ATTR keyword marker-types "ribbon"
ATTR integer marker-levels 80
ATTR integer marker-low-levels 10
ATTR integer marker-high-levels 100
"""


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], bool], what: str, seconds: float = READY_SECONDS) -> None:
    """Wait until something holds; an AssertionError with `what` where it never does."""
    waiting = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if true():
            return
        waiting.wait(0.02)
    raise AssertionError(f"not in {seconds:g} s: {what}")


def real_pause(seconds: float, cancel: threading.Event | None) -> bool:
    """The pause of a device in the field."""
    return not (cancel or threading.Event()).wait(seconds)


def program(name: str) -> str:
    """Where a daemon is; a missing one fails the suite."""
    found = shutil.which(name, path=SEARCH)
    assert found is not None, f"{name} isn't installed"
    return found


class Daemon:
    """A process of ours, in a session of its own."""

    def __init__(self, arguments: Sequence[str], log: Path, env: Mapping[str, str]) -> None:
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [*DIES_WITH_US, *arguments],
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                env=dict(env), start_new_session=True,
            )  # fmt: skip

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it and what it started; waits until it is gone."""
        if self.alive:
            self.process.send_signal(how)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


class Machine:
    """An ippeveprinter with our machine behind it."""

    def __init__(self, rig: CupsRig, name: str, *, document: bool = False) -> None:
        self.rig = rig
        self.name = name
        self.port = free_port()
        self.place = rig.folder / name
        self.folder = MachineFolder(self.place / "machine")
        (self.place / "spool").mkdir()
        self._document = document
        (self.place / "attributes").write_text(CARDS)
        command = self.place / "command"
        command.write_text(
            f'#!/bin/sh\ncd "{ROOT}"\n{FOLDER}="{self.folder.path}"; export {FOLDER}\n'
            f'exec "{sys.executable}" -m devices.simulators.ipp_printer "$@"\n'
        )
        command.chmod(0o755)
        self.daemon: Daemon | None = None
        self.on()

    @property
    def uri(self) -> str:
        return f"ipp://localhost:{self.port}/ipp/print"

    def on(self) -> None:
        """Switch it on."""
        cards = ["-a", str(self.place / "attributes")]
        kind = ["-f", "application/pdf"] if self._document else cards
        self.daemon = Daemon(
            [
                program("ippeveprinter"), "-n", "localhost", "-r", "off", "-p", str(self.port),
                "-d", str(self.place / "spool"), "-k", *kind,
                "-c", str(self.place / "command"), self.name,
            ],
            self.rig.folder / "log" / f"{self.name}.log",
            self.rig.env,
        )  # fmt: skip
        until(self._answers, f"{self.name} answers")

    def off(self) -> None:
        """Pull its plug."""
        if self.daemon is not None:
            self.daemon.stop(signal.SIGKILL)

    def _answers(self) -> bool:
        assert self.daemon is not None
        assert self.daemon.alive, (self.rig.folder / "log" / f"{self.name}.log").read_text()[-800:]
        client = IppClient(Address("127.0.0.1", self.port), DeviceKind.CARD_PRINTER)
        try:
            client.printer("/ipp/print", client.limit(2, None, "ready"), ("printer-state",))
        except (DeviceFault, IppRefused):
            return False
        return True


class CupsRig:
    """A print service with machines behind it; a context manager."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="loket-cups-"))
        self.folder.chmod(0o755)  # cupsd's filters run as another user
        self.port = free_port()
        self.env = {
            "PATH": SEARCH,
            "LANG": "C.UTF-8",
            "HOME": str(self.folder),
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.folder}/bus",
            "CUPS_SERVER": f"127.0.0.1:{self.port}",
        }
        self.machines: dict[str, Machine] = {}
        self._daemons: list[Daemon] = []
        self.cupsd: Daemon | None = None

    @property
    def pids(self) -> tuple[int, ...]:
        """Every daemon that was started here."""
        here = [*self._daemons, self.cupsd, *(each.daemon for each in self.machines.values())]
        return tuple(daemon.process.pid for daemon in here if daemon is not None)

    @property
    def server(self) -> str:
        """The service as a setting names it."""
        return f"127.0.0.1:{self.port}"

    @property
    def socket(self) -> str:
        """The service's socket file."""
        return str(self.folder / "cups.sock")

    def __enter__(self) -> CupsRig:
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for machine in self.machines.values():
            machine.off()
        if self.cupsd is not None:
            self.cupsd.stop()
        for daemon in reversed(self._daemons):
            daemon.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> None:
        for name in ("root", "spool", "cache", "state", "tmp", "ssl", "log"):
            (self.folder / name).mkdir()
        (self.folder / "tmp").chmod(0o1777)
        (self.folder / "log").chmod(0o1777)
        self._write("bus.conf", BUS)
        self._write("avahi.conf", AVAHI)
        self._write("cupsd.conf", CUPSD)
        self._write("cups-files.conf", CUPS_FILES)
        self._run([program("dbus-daemon"), f"--config-file={self.folder}/bus.conf", "--nofork",
                   "--nopidfile"], "dbus")  # fmt: skip
        until((self.folder / "bus").exists, "the bus listens")
        as_root = [] if os.geteuid() == 0 else ["-r"]
        inside = (
            "ip link set lo up; mount -t tmpfs none /run && mkdir -p /run/avahi-daemon && "
            f"{self._avahi_is_root() if as_root else ''}"
            f"exec {program('avahi-daemon')} --no-drop-root --no-rlimits --no-chroot "
            f"-f {self.folder}/avahi.conf"
        )
        self._run(
            [program("unshare"), *as_root, *propagation(), "-m", "-n", "sh", "-c", inside], "avahi"
        )
        log = self.folder / "log" / "avahi.log"
        until(lambda: "Server startup complete" in _text(log) or "complete" in _text(log),
              "avahi is up")  # fmt: skip
        self.start_service()

    def _avahi_is_root(self) -> str:
        """It gives its folder to its own user, and a user's own space has nobody but its root."""
        said = ""
        for name in ("passwd", "group"):
            told = Path("/etc", name).read_text("utf-8")
            ours = re.sub(r"(?m)^avahi:.*$", lambda its: re.sub(r":\d+", ":0", its[0]), told)
            (self.folder / name).write_text(ours, "utf-8")
            said += f"mount --bind {self.folder}/{name} /etc/{name} && "
        return said

    def _write(self, name: str, template: str) -> None:
        content = template.replace("{folder}", str(self.folder)).replace("{port}", str(self.port))
        (self.folder / name).write_text(content)

    def _run(self, arguments: Sequence[str], name: str) -> None:
        log = self.folder / "log" / f"{name}.log"
        self._daemons.append(Daemon(arguments, log, self.env))

    # -- the service -----------------------------------------------------------------------

    def start_service(self) -> None:
        """Start the print service; what it spooled before, it has still."""
        self.cupsd = Daemon(
            [program("cupsd"), "-f", "-c", f"{self.folder}/cupsd.conf",
             "-s", f"{self.folder}/cups-files.conf"],
            self.folder / "log" / "cupsd.log",
            self.env,
        )  # fmt: skip
        until(self._answers, "cupsd answers")

    def kill_service(self) -> None:
        """Kill the print service without a word, with all its filters."""
        assert self.cupsd is not None
        self.cupsd.stop(signal.SIGKILL)

    def heal(self) -> None:
        """Up again, if the test before ended while it was killed."""
        if self.cupsd is None or not self.cupsd.alive:
            self.start_service()

    def forget_documents(self) -> None:
        """What a safe set-up does before the service starts: drop documents of cut-off jobs."""
        for document in (self.folder / "spool").glob("d*-*"):
            document.unlink()

    def _answers(self) -> bool:
        assert self.cupsd is not None
        assert self.cupsd.alive, _text(self.folder / "log" / "cupsd.log")[-800:]
        client = self.client()
        try:
            client.printers(client.limit(2, None, "ready"), ("printer-name",))
        except DeviceFault:
            return False
        except IppRefused:
            return True
        return True

    def client(self) -> IppClient:
        """Somebody else at the service."""
        return IppClient(Address.read(self.server), DeviceKind.CARD_PRINTER, user="tetangga")

    def admin(self, *arguments: str) -> None:
        """One of CUPS' own commands (lpadmin, cancel, cupsdisable)."""
        done = subprocess.run(
            [program(arguments[0]), *arguments[1:]],
            env=self.env, capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def queue(self, name: str, *, policy: str = "abort-job", document: bool = False) -> Machine:
        """A machine with a queue of its own."""
        machine = self.machines[name] = Machine(self, name, document=document)
        self.add_queue(name, machine, policy)
        return machine

    def add_queue(self, name: str, machine: Machine, policy: str) -> None:
        """A queue to a machine."""
        self.admin("lpadmin", "-p", name, "-E", "-v", machine.uri, "-m", "everywhere",
                   "-o", f"printer-error-policy={policy}")  # fmt: skip

    def open_jobs(self, queue: str) -> int:
        """How many jobs still stand in a queue."""
        client = self.client()
        limit = client.limit(5, None, "jobs")
        return len(client.jobs(f"/printers/{queue}", limit, "not-completed", ("job-id",)))

    def reasons(self, queue: str) -> tuple[str, ...]:
        """What the service says of a printer."""
        client = self.client()
        seen = client.printer(
            f"/printers/{queue}", client.limit(5, None, "reasons"), ("printer-state-reasons",)
        )
        return texts(seen, "printer-state-reasons")


def place(name: str, options: Mapping[str, Any], tape: Tape = NO_TAPE) -> Place:
    """A counter's place for an adapter, in real time."""
    return Place(name, options, real_pause, None, tape)


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except FileNotFoundError:
        return ""
