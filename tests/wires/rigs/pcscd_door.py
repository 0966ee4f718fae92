"""The inner side of the pcscd rig: runs inside the rig's own namespaces, run by pcscd.py.

It lays a private /run over the machine's, so that the daemon's socket, pid file and drivers of the
machine stay untouched; starts and stops the daemon as asked; and opens the cards' connections,
because vpcd's ports can be reached only from inside. It ends, with the daemon, when the rig's end
of the socket closes, however the rig ended.

Usage: python pcscd_door.py SOCKET_FD FOLDER NET, NET being 1 in a network namespace of its own.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path

_SIOCGIFFLAGS, _SIOCSIFFLAGS = 0x8913, 0x8914
_IFF_UP = 1
_PR_SET_PDEATHSIG = 1


def loopback_up() -> None:
    """What `ip link set lo up` does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        ask = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, ask))[1]
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | _IFF_UP))


def private_run(folder: Path) -> None:
    """/run/pcscd becomes the rig's folder, in this mount namespace only."""
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
    Path("/run/pcscd").mkdir()
    subprocess.run(["mount", "--bind", str(folder / "run"), "/run/pcscd"], check=True)


class Door:
    """One daemon, started and stopped as asked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._daemon: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start the daemon on the folder's configuration; its pid."""
        self.end(signal.SIGTERM)
        for left in (self._folder / "run").iterdir():
            left.unlink()  # what a killed daemon left behind would refuse the next one
        command = ["pcscd", "--foreground", "--config", str(self._folder / "conf")]
        if (
            b"--disable-polkit"
            in subprocess.run(["pcscd", "--help"], capture_output=True, check=False).stdout
        ):
            command.append("--disable-polkit")
        with (self._folder / "pcscd.log").open("ab") as log:
            self._daemon = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=_die_with_us
            )
        return str(self._daemon.pid)

    def end(self, how: signal.Signals) -> str:
        """Stop the daemon and reap it."""
        daemon, self._daemon = self._daemon, None
        if daemon is None:
            return "none"
        with contextlib.suppress(ProcessLookupError):
            daemon.send_signal(signal.SIGCONT)
            daemon.send_signal(how)
        try:
            return str(daemon.wait(5))
        except subprocess.TimeoutExpired:
            daemon.kill()
            return str(daemon.wait())

    def signal(self, name: str) -> str:
        """Send the daemon a signal by name; one that was told to stop stands when this returns."""
        if self._daemon is None:
            return "none"
        self._daemon.send_signal(signal.Signals[name])
        if name == "SIGSTOP":
            # Only one thread hears it; until that one runs, the others go on answering.
            os.waitid(os.P_PID, self._daemon.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        return name

    def alive(self) -> str:
        """The daemon's exit code, or "running"."""
        if self._daemon is None:
            return "none"
        code = self._daemon.poll()
        return "running" if code is None else str(code)


def _die_with_us() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def serve(line: socket.socket, door: Door) -> None:
    """Answer the rig until it hangs up."""
    while asked := line.recv(200):
        verb, _, word = asked.decode().partition(" ")
        try:
            if verb == "connect":
                with socket.create_connection(("127.0.0.1", int(word)), timeout=5) as card:
                    socket.send_fds(line, [b"ok"], [card.fileno()])
                continue
            match verb:
                case "start":
                    answer = door.start()
                case "stop":
                    answer = door.end(signal.SIGTERM)
                case "kill":
                    answer = door.end(signal.SIGKILL)
                case "signal":
                    answer = door.signal(word)
                case _:
                    answer = door.alive()
        except OSError as error:
            answer = f"error {error.errno or 0} {type(error).__name__}"
        line.send(answer.encode())


def main() -> None:
    """Enter, say so, serve, and leave nothing running."""
    line = socket.socket(fileno=int(sys.argv[1]))
    folder = Path(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C ends the tests; they end us
    if sys.argv[3] == "1":
        loopback_up()
    private_run(folder)
    door = Door(folder)
    line.send(b"ready")
    try:
        serve(line, door)
    except ConnectionError:
        pass
    finally:
        door.end(signal.SIGTERM)
        os._exit(0)


if __name__ == "__main__":
    main()
