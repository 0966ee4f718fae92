"""What a server of one's own needs of the operating system: a user to run as, a folder that this
user reaches, locks that end with their process.

PostgreSQL refuses to run as root, so a program that root started runs it as `nobody`. Where that
user can't enter the wanted folder, the data lies in a folder of its own beneath /var/lib or
/var/tmp; where it can't reach the environment, the programs are copied beside the data. No
permission of any folder that was there before is changed. Windows needs none of this; its part
below has not been run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

_SECONDS = 60.0
_UNWANTED = ("include", "doc", "pgxs", "pkgconfig")
_COPIED = ".whole"


class System(Protocol):
    """One operating system."""

    def place(self, wanted: Path, name: str) -> Path:
        """A folder for the data, made and owned by whoever runs the server; `wanted` if it can
        be. Raises OSError.
        """
        ...

    def programs(self, installed: Path, folder: Path) -> Path:
        """The folder of the server's programs that its user can run; copied into `folder` where
        it must be. `installed` holds bin, lib and share. Raises OSError.
        """
        ...

    def run(self, command: Sequence[str], cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a program as the server's user to its end. Raises OSError, TimeoutExpired."""
        ...

    def give(self, path: Path) -> None:
        """Make a file or folder the server's own."""
        ...

    def is_server(self, pid: int) -> bool:
        """Whether this process is alive and a PostgreSQL."""
        ...

    def lock(self, stream: IO[bytes], *, alone: bool, wait: bool = False) -> bool:
        """Hold a file with others, or alone; False if somebody else stands in the way. Ends with
        `unlock`, or with the process.
        """
        ...

    def unlock(self, stream: IO[bytes]) -> None:
        """Let go of what this stream holds."""
        ...


def this_system() -> System:
    """The one that the program runs on."""
    return WindowsSystem() if sys.platform == "win32" else PosixSystem()


def exe(name: str) -> str:
    """A program's file name."""
    return f"{name}.exe" if sys.platform == "win32" else name


if sys.platform != "win32":
    import fcntl
    import pwd

    class PosixSystem:
        """Linux and its like; the server runs as `nobody` where root started the program."""

        def __init__(self) -> None:
            self._user: tuple[int, int] | None = None
            if os.geteuid() == 0:
                found = pwd.getpwnam("nobody")
                self._user = (found.pw_uid, found.pw_gid)

        def place(self, wanted: Path, name: str) -> Path:
            if self._user is None:
                wanted.mkdir(parents=True, exist_ok=True, mode=0o700)
                return wanted
            made = [wanted] if self._enters(wanted) else []
            for base in (Path("/var/lib"), Path("/var/tmp")):  # noqa: S108 - a folder of our own
                if base.is_dir() and self._enters(base):
                    made.append(base / f"loket-{name}")
            for folder in made:
                with suppress(OSError):
                    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                    if folder.stat().st_uid not in (0, self._user[0]) or folder.is_symlink():
                        continue
                    self.give(folder)
                    folder.chmod(0o700)
                    if self._enters(folder):
                        return folder
            raise PermissionError("no folder that the server's user can enter")

        def _enters(self, folder: Path) -> bool:
            """Whether the server's user can come to this folder (or to where it will be)."""
            while not folder.exists():
                folder = folder.parent
            done = self._as_user(["/bin/sh", "-c", 'cd "$0"', str(folder)], Path("/"))
            return done.returncode == 0

        def programs(self, installed: Path, folder: Path) -> Path:
            server = installed / "bin" / "postgres"
            with suppress(OSError):
                if self.run([str(server), "--version"], Path("/")).returncode == 0:
                    return installed
            return self._copied(installed, folder)

        def _copied(self, installed: Path, folder: Path) -> Path:
            """Beside the data, in the arrangement by which the programs find their libraries."""
            stamp = (installed / "bin" / "postgres").stat()
            copy = folder / f"programs-{stamp.st_size:x}-{int(stamp.st_mtime):x}"
            here = copy / installed.parent.name / installed.name
            if not (copy / _COPIED).exists():
                shutil.rmtree(copy, ignore_errors=True)
                shutil.copytree(installed, here, ignore=shutil.ignore_patterns(*_UNWANTED, "*.a"))
                libs = installed.parent.with_name(f"{installed.parent.name}.libs")
                if libs.is_dir():
                    shutil.copytree(libs, copy / libs.name)
                for path in (copy, *copy.rglob("*")):
                    self.give(path)
                (copy / _COPIED).touch()
            return here

        def run(self, command: Sequence[str], cwd: Path) -> subprocess.CompletedProcess[str]:
            return self._as_user(command, cwd)

        def _as_user(self, command: Sequence[str], cwd: Path) -> subprocess.CompletedProcess[str]:
            uid, gid = self._user or (None, None)
            return subprocess.run(  # noqa: S603 - programs of the wheel
                command,
                cwd=cwd,
                user=uid,
                group=gid,
                extra_groups=None if uid is None else (),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_SECONDS,
                umask=0o077,
                env=_environment(),
                check=False,
            )

        def give(self, path: Path) -> None:
            if self._user is not None:
                os.chown(path, *self._user, follow_symlinks=False)

        def is_server(self, pid: int) -> bool:
            told = Path(f"/proc/{pid}/comm")
            if not Path("/proc/self/comm").exists():
                done = self._as_user(["/bin/ps", "-p", str(pid), "-o", "comm="], Path("/"))
                return Path(done.stdout.strip()).name == "postgres"
            try:
                return told.read_text(encoding="utf-8", errors="replace").strip() == "postgres"
            except OSError:
                return False

        def lock(self, stream: IO[bytes], *, alone: bool, wait: bool = False) -> bool:
            how = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
            try:
                fcntl.flock(stream, how if wait else how | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        def unlock(self, stream: IO[bytes]) -> None:
            fcntl.flock(stream, fcntl.LOCK_UN)


if sys.platform == "win32":
    import msvcrt

    class WindowsSystem:
        """Windows: the server drops an administrator's rights by itself, as pg_ctl does.

        Not run yet. Each user of a server locks a byte of its own; whoever can lock all is alone.
        """

        _BYTES = 4096

        def place(self, wanted: Path, name: str) -> Path:
            wanted.mkdir(parents=True, exist_ok=True)
            return wanted

        def programs(self, installed: Path, folder: Path) -> Path:
            return installed

        def run(self, command: Sequence[str], cwd: Path) -> subprocess.CompletedProcess[str]:
            return subprocess.run(  # noqa: S603 - programs of the wheel
                command,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_SECONDS,
                env=_environment(),
                creationflags=subprocess.CREATE_NO_WINDOW,
                check=False,
            )

        def give(self, path: Path) -> None:
            """The server runs as the same user."""

        def is_server(self, pid: int) -> bool:
            done = subprocess.run(  # noqa: S603
                ["tasklist", "/FI", f"PID eq {pid}", "/FO", "CSV", "/NH"],  # noqa: S607
                capture_output=True,
                text=True,
                check=False,
            )
            return "postgres.exe" in done.stdout.casefold()

        def lock(self, stream: IO[bytes], *, alone: bool, wait: bool = False) -> bool:
            stream.seek(0 if alone else os.getpid() % self._BYTES)
            how = msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK
            try:
                msvcrt.locking(stream.fileno(), how, self._BYTES if alone else 1)
            except OSError:
                return False
            return True

        def unlock(self, stream: IO[bytes]) -> None:
            for place, length in ((0, self._BYTES), (os.getpid() % self._BYTES, 1)):
                stream.seek(place)
                with suppress(OSError):
                    msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK, length)


def _environment() -> dict[str, str]:
    """No PGDATA or PGPORT of the user's, and messages in a language that logs can be read in."""
    kept = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TZ")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"LC_ALL": "C"}
