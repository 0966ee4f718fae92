"""A private PC/SC daemon with virtual readers, for tests that speak to the real thing.

    with pcscd_rig() as rig:                 # or the fixture `pcscd` (pcscd_fixtures.py)
        rig.readers                          # ("Loket Satu 00 00", "Loket Satu 00 01")
        rig.slot(0).insert(PlasticCard.blank("B0000001"))    # returns when the daemon sees it
        rig.slot(0).order(Fault("chip.update", FaultName.TEAR, skip=3))
        rig.slot(0).remove()
        rig.kill(); rig.start()              # SIGKILL, and up again; SIGTERM is rig.stop()
        rig.refit("Loket Dua")               # unplugged, and another plugged in: vpcd's readers
                                             # come and go with the daemon only
        rig.env                              # what another process needs to reach this daemon

A slot is a `VirtualReader` (devices/simulators/virtual_card.py), so it can stand wherever a
simulated reader does: a printer's simulator puts its card into it with `slot.put(card)`.

The daemon runs in a mount namespace of its own (its socket's folder is compiled in) and, where
the machine allows it, in a network namespace with the cards' connections, because vpcd listens on
all addresses. Each pytest worker has its own: libpcsclite reads PCSCLITE_CSOCK_NAME once in a
process, so tests/conftest.py sets it for each process before anything loads the library, and all
rigs of a process live, one after the other, behind that one path.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from devices.simulators.core import SimulatorCore
from devices.simulators.plastic import PlasticCard
from devices.simulators.virtual_card import VirtualReader
from tests.wires.rigs.spaces import propagation

SOCKET = "PCSCLITE_CSOCK_NAME"
SLOTS = 2
"""Slots that vpcd gives each reader, on ports in a row."""
PATIENCE = 15.0
AGES = 3600.0
PORTS = range(20_000, 32_000, 2)
"""Below the ports that connections take for their own end; two for each reader (SLOTS)."""

_DOOR = Path(__file__).with_name("pcscd_door.py")
_SPACES = (("-m", "-n"), ("-r", "-m", "-n"), ("-m",), ("-r", "-m"))
"""Namespaces to try, the best first; -r makes an ordinary user root inside."""


class RigFailed(RuntimeError):
    """The daemon can't be had here; says what was tried."""


class Slot(VirtualReader):
    """A slot of the rig: inserting and removing return when the daemon has seen it."""

    def __init__(self, rig: PcscdRig, reader: str, index: int) -> None:
        super().__init__(
            lambda: rig.connect(self.port), name="chip_station", serial=f"SIM-VC-{index:04d}"
        )
        self.reader = reader
        self.port = 0
        self._rig = rig
        self._seen = False
        self._moves: int | None = None

    def insert(self, card: PlasticCard) -> None:
        """Put a card in."""
        self.put(card)

    def remove(self) -> PlasticCard | None:
        """Take the card out; the one that was in."""
        return self.put(None)

    def put(self, card: PlasticCard | None) -> PlasticCard | None:
        before = super().put(None)
        self._settle(present=False)
        if card is not None:
            super().put(card)
            self._settle(present=True)
        return before

    def unplug(self) -> None:
        """Pull the cable of the slot's reader: the daemon goes on without it."""
        with self._rig.at_the_cables:
            SimulatorCore.unplug(self)
            self._rig.refit(*(name for name in self._rig.names if not self.reader.startswith(name)))
            VirtualReader.put(self, None)

    def plug(self) -> None:
        """Put the cable back."""
        with self._rig.at_the_cables:
            if not self.connected:
                super().plug()
                name = self.reader[: -len(" 00 00")]
                self._rig.refit(*self._rig.names, name)

    def mend(self) -> None:
        """No fault stands or waits, and the cable is where it was."""
        self.script.withdraw()
        self.script.settle()
        SimulatorCore.plug(self)
        SimulatorCore.restore_power(self)

    def _settle(self, *, present: bool) -> None:
        """Wait for the daemon's next look (0.4 s): what comes and goes between two is lost on it.

        What a card does in its own thread (a tear) can't wait for a daemon that waits for it; the
        next hand does.
        """
        here = self in self._rig.slots and self._rig.running
        if self._seen is not present and here and not self.on_its_own:
            self._moves = self._rig.wait_card(self.reader, present=present, moves=self._moves)
            self._seen = present

    @property
    def seen(self) -> bool:
        """Whether a card lies there and the daemon knows of it."""
        return self.card is not None and self._seen

    def clock(self) -> float:
        """A line's clock: once the card here is mute, it has been so for long; no other ever is."""
        return time.monotonic() + (AGES if self.owes.is_set() else 0.0)

    def forget(self) -> None:
        """The daemon starts anew, and knows no card."""
        self._seen, self._moves = False, None

    def seat_only(self, card: PlasticCard) -> None:
        """Put a card in that the daemon may never see."""
        super().put(card)

    def reseat(self) -> None:
        """The card that lies there meets the daemon that was started anew."""
        if self.card is not None:
            self.put(self.card)


class PcscdRig:
    """The daemon and its slots. `slots` are in the order of the readers' names given."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.socket = Path(os.environ[SOCKET])
        self.folder = self.socket.parent.parent
        self.env: Mapping[str, str] = {SOCKET: str(self.socket)}
        self.running = False
        self.slots: tuple[Slot, ...] = ()
        self._names = self._first = names
        self._turn = threading.Lock()
        self.at_the_cables = threading.RLock()
        """One hand at a time: a cable that a card's own thread pulls is out before it goes back."""
        self._line, self._door, self.own_network = self._enter()
        self._ports = iter(PORTS) if self.own_network else _free_ports()
        self._bought: dict[str, tuple[Slot, ...]] = {}

    # what tests use

    @property
    def readers(self) -> tuple[str, ...]:
        """The names under which PC/SC lists the slots."""
        return tuple(slot.reader for slot in self.slots)

    @property
    def names(self) -> tuple[str, ...]:
        """The readers' names as they were given."""
        return self._names

    def slot(self, index: int) -> Slot:
        """A slot by its place."""
        return self.slots[index]

    def start(self) -> None:
        """Start the daemon; returns when it lists every reader. Cards that lie there come along."""
        self._write_configuration()
        self._ask("start")
        self._await(lambda: set(self.readers) <= set(_listed()), "readers")
        self.running = True
        for slots in self._bought.values():
            for slot in slots:
                slot.forget()
        for slot in self.slots:
            slot.reseat()

    def stop(self) -> None:
        """Stop the daemon as a service is stopped."""
        self.running = False
        self._ask("stop")

    def kill(self) -> None:
        """The daemon dies (SIGKILL)."""
        self.running = False
        self._ask("kill")

    def freeze(self) -> None:
        """The daemon hangs: it takes connections and answers nobody."""
        self._ask("signal SIGSTOP")

    def thaw(self) -> None:
        """The daemon goes on."""
        self._ask("signal SIGCONT")

    def refit(self, *names: str) -> None:
        """The daemon anew with these readers alone: what was plugged in before is gone."""
        with self.at_the_cables:
            self.kill()
            self._names = names
            self.start()

    def clear(self) -> None:
        """As at the start: no card, no fault, the daemon anew with its first readers.

        To start it anew takes less time than to wait until it sees that cards are gone.
        """
        for slots in self._bought.values():
            for slot in slots:
                slot.mend()
                VirtualReader.put(slot, None)
        self.refit(*self._first)

    def close(self) -> None:
        """Stop everything and clear up."""
        for slot in self.slots:
            VirtualReader.put(slot, None)
        self.running = False
        self._line.close()
        try:
            self._door.wait(10)
        except subprocess.TimeoutExpired:
            self._door.kill()
            self._door.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    # what slots use

    def connect(self, port: int) -> socket.socket:
        """A connection to a vpcd port, from the inside."""
        with self._turn:
            self._line.send(f"connect {port}".encode())
            answer, handles, _, _ = socket.recv_fds(self._line, 200, 1)
        if not handles:
            raise ConnectionError(answer.decode())
        return socket.socket(fileno=handles[0])

    def wait_card(self, reader: str, *, present: bool, moves: int | None) -> int:
        """Wait until the daemon saw a card come or go; its count of moves, last known as `moves`.

        The count is in the upper half of the state (pcsclite.h, dwEventState).
        """
        from smartcard import scard

        wanted = scard.SCARD_STATE_PRESENT if present else scard.SCARD_STATE_EMPTY
        context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)[1]
        known = scard.SCARD_STATE_UNAWARE
        end = time.monotonic() + PATIENCE
        try:
            while time.monotonic() < end:
                _, states = scard.SCardGetStatusChange(context, 500, [(reader, known)])
                now = states[0][1]
                known = now & ~scard.SCARD_STATE_CHANGED
                count = now >> 16 & 0xFFFF
                if now & wanted and count != moves:
                    return count
        finally:
            scard.SCardReleaseContext(context)
        raise RigFailed(f"{reader}: never {'present' if present else 'empty'}\n{self.log()}")

    def log(self) -> str:
        """The end of what the daemon said."""
        path = self.folder / "pcscd.log"
        return path.read_text(errors="replace")[-2000:] if path.exists() else ""

    # inside

    def _enter(self) -> tuple[socket.socket, subprocess.Popen[bytes], bool]:
        shutil.rmtree(self.folder, ignore_errors=True)
        for part in ("run", "conf"):
            (self.folder / part).mkdir(parents=True)
        said: list[str] = []
        for spaces in _SPACES:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            net = "-n" in spaces
            with theirs, (self.folder / "door.log").open("wb") as complaints:
                try:
                    door = subprocess.Popen(
                        [
                            "unshare",
                            *propagation(),
                            *spaces,
                            sys.executable,
                            str(_DOOR),
                            str(theirs.fileno()),
                            str(self.folder),
                            str(int(net)),
                        ],
                        pass_fds=[theirs.fileno()],
                        stdin=subprocess.DEVNULL,
                        stderr=complaints,
                    )
                except FileNotFoundError as missing:
                    raise RigFailed("unshare (util-linux) is missing") from missing
            ours.settimeout(PATIENCE)
            if ours.recv(200) == b"ready":
                return ours, door, net
            ours.close()
            door.wait(PATIENCE)
            complaint = (self.folder / "door.log").read_text(errors="replace")
            said.append(f"{' '.join(spaces)}: {complaint[-300:]}")
        raise RigFailed("no mount namespace to be had here:\n" + "\n".join(said))

    def _write_configuration(self) -> None:
        lines: list[str] = []
        slots: list[Slot] = []
        for name in self._names:
            # A port that was just closed may not be had again yet, so each start takes fresh ones.
            port = next(self._ports)
            # A driver keeps its slots in static memory, so each reader loads a copy of its own.
            driver = self.folder / f"vpcd {name}.so".replace(" ", "-")
            if name not in self._bought:
                shutil.copy(_driver(), driver)
                self._bought[name] = tuple(
                    Slot(self, f"{name} 00 {index:02X}", index) for index in range(SLOTS)
                )
            for index, slot in enumerate(self._bought[name]):
                slot.port = port + index
            lines += [
                f'FRIENDLYNAME "{name}"',
                f"DEVICENAME /dev/null:0x{port:04X}",
                f"LIBPATH {driver}",
                f"CHANNELID 0x{port:04X}",
                "",
            ]
            slots += self._bought[name]
        (self.folder / "conf" / "readers").write_text("\n".join(lines))
        self.slots = tuple(slots)

    def _ask(self, words: str) -> str:
        with self._turn:
            self._line.send(words.encode())
            answer = self._line.recv(200).decode()
        if answer.startswith("error"):
            raise RigFailed(f"{words}: {answer}")
        return answer

    def _await(self, done: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not done():
            if self._ask("alive") != "running" or time.monotonic() > end:
                raise RigFailed(f"pcscd: no {what}\n{self.log()}")
            time.sleep(0.01)


def _listed() -> list[str]:
    from smartcard import scard

    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if result != scard.SCARD_S_SUCCESS:
        return []
    try:
        return list(scard.SCardListReaders(context, [])[1])
    finally:
        scard.SCardReleaseContext(context)


def _driver() -> Path:
    for folder in ("/usr/lib/pcsc/drivers/serial", "/usr/lib"):
        for path in sorted(Path(folder).rglob("libifdvpcd.so*")):
            return path.resolve()
    raise RigFailed("vpcd (Debian: vsmartcard-vpcd) is missing")


def _free_ports() -> Generator[int]:
    """Ports that nobody uses now, for machines without a network namespace."""
    at = os.getpid() * 97 % len(PORTS)
    for port in (*PORTS[at:], *PORTS[:at]):
        with socket.socket() as one, socket.socket() as two:
            try:
                one.bind(("", port))
                two.bind(("", port + 1))
            except OSError:
                continue
        yield port


@contextmanager
def pcscd_rig(*names: str) -> Generator[PcscdRig]:
    """A running daemon with these readers, or one; stopped and cleared up at the end."""
    rig = PcscdRig(names or ("Loket Satu",))
    try:
        rig.start()
        yield rig
    finally:
        rig.close()
