"""The mechanics of an IPP printer: what CUPS' own `ippeveprinter` runs for each job.

`ippeveprinter` speaks the wire and keeps the jobs; this command is the machine behind it. It takes
the document as it arrived, turns it into pictures (cards) or keeps it (papers), and strikes the
faults that were ordered in its folder, in the one format of all simulators. It tells the printer's
states as CUPS commands do: `STATE: +media-jam-error` on standard error.

The folder outlives each job: `faults.json` what is ordered, `struck.jsonl` what struck and when,
`mended` touched by whoever lays hands on the machine, `out/` what lies in the tray.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from devices.device import DeviceKind
from devices.errors import DeviceFault
from devices.simulators.faults import Fault, FaultName, read_script
from devices.wire.ipp import IppClient, IppJobState, IppRefused
from devices.wire.ipp_codec import number, texts
from devices.wire.ipp_line import Address
from devices.wire.raster import PWG, URF, read_raster

if TYPE_CHECKING:
    from PIL.Image import Image

FOLDER = "LOKET_IPP_FOLDER"
"""The environment variable that names the folder."""
CARD_STEPS = ("print.start", "print.panel.c", "print.done")
PAPER_STEPS = ("paper",)
EVERY = 0.05
RUNNING = frozenset({IppJobState.PENDING, IppJobState.PROCESSING})

# The reasons that ippeveprinter knows; a full output tray isn't among them.
_STATES = {
    FaultName.OUT_OF_CARDS: "media-empty-error",
    FaultName.OUT_OF_PAPER: "media-empty-error",
    FaultName.JAM: "media-jam-error",
    FaultName.PAPER_JAM: "media-jam-error",
    FaultName.COVER_OPEN: "cover-open-error",
    FaultName.RIBBON_END: "marker-supply-empty-error",
}


@dataclass(frozen=True, slots=True)
class Printed:
    """What lies in the tray: a card's sides as PNG files, or a paper's file."""

    name: str
    sides: tuple[Path, ...]
    half: bool


class MachineFolder:
    """The machine as people see it: its orders, its hands, its tray."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.out = path / "out"
        self.out.mkdir(parents=True, exist_ok=True)

    # people

    def order(self, *faults: Fault) -> None:
        """Order faults; the format is that of every simulator."""
        # Before the order: a job that runs must not take the new fault for one that was mended,
        # nor meet again what was.
        if self.mended:
            (self.path / "standing.json").unlink(missing_ok=True)
            (self.path / "mended").unlink()
        rows = self._rows() + [asdict(fault) for fault in faults]
        self._write("faults.json", json.dumps(rows))

    def mend(self) -> None:
        """Fill, close and clear whatever stands in the way."""
        (self.path / "mended").touch()

    def printed(self) -> list[Printed]:
        """What came out, the oldest first."""
        found: dict[str, list[Path]] = {}
        for file in sorted(self.out.iterdir()):
            if file.suffix != ".part":
                found.setdefault(file.name.split(".", 1)[0], []).append(file)
        return [
            Printed(name, tuple(files), any(".half." in file.name for file in files))
            for name, files in sorted(found.items())
        ]

    def struck(self) -> list[tuple[str, FaultName, float]]:
        """What struck, at which step, and when by the machine's own clock (seconds)."""
        try:
            lines = (self.path / "struck.jsonl").read_text().splitlines()
        except FileNotFoundError:
            return []
        rows = [json.loads(line) for line in lines]
        return [(row["step"], FaultName(row["fault"]), row["at"]) for row in rows]

    # the machine

    def strike(self, step: str) -> Fault | None:
        """The fault that strikes at this step now, if any; the order moves on.

        One that stays strikes each job until the machine is mended.
        """
        standing = self._standing()
        if standing is not None and standing.strikes_at(step):
            return standing
        rows = self._rows()
        for index, fault in enumerate(read_script(rows)):
            if not fault.strikes_at(step):
                continue
            if fault.skip:
                rows[index]["skip"] = fault.skip - 1
                self._write("faults.json", json.dumps(rows))
                continue
            if fault.count > 1:
                rows[index]["count"] = fault.count - 1
            else:
                del rows[index]
            self._write("faults.json", json.dumps(rows))
            if fault.stays:
                self._write("standing.json", json.dumps([asdict(fault)]))
            return fault
        return None

    def _standing(self) -> Fault | None:
        try:
            rows = json.loads((self.path / "standing.json").read_text())
        except FileNotFoundError:
            return None
        return None if self.mended else read_script(rows)[0]

    def note(self, step: str, fault: Fault) -> None:
        """Remember that a fault struck."""
        row = {"step": step, "fault": fault.fault, "at": time.time()}
        with (self.path / "struck.jsonl").open("a") as file:
            file.write(json.dumps(row) + "\n")

    @property
    def mended(self) -> bool:
        """Whether somebody laid hands on the machine since the last order."""
        return (self.path / "mended").exists()

    def put_out(self, pages: Iterable[Image], *, half: bool) -> None:
        """A card into the tray; `half` for one that was begun and not finished."""
        name = f"{time.time_ns():020d}"
        for index, page in enumerate(pages):
            file = self.out / f"{name}.{index}{'.half' if half else ''}.png"
            part = file.with_suffix(".part")
            page.save(part, "PNG")
            part.rename(file)

    def keep(self, document: bytes, suffix: str) -> None:
        """A paper into the tray."""
        name = f"{time.time_ns():020d}-{hashlib.sha256(document).hexdigest()[:12]}"
        part = self.out / f"{name}.part"
        part.write_bytes(document)
        part.rename(self.out / f"{name}.{suffix}")

    def _rows(self) -> list[dict[str, object]]:
        try:
            return json.loads((self.path / "faults.json").read_text())
        except FileNotFoundError:
            return []

    def _write(self, name: str, content: str) -> None:
        part = self.path / f"{name}.part"
        part.write_text(content)
        part.rename(self.path / name)


class _Cancelled(Exception):
    """The printer was told to give the job up."""


def _give_up(number: int, frame: FrameType | None) -> None:
    raise _Cancelled


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


class _Order:
    """The printer's own word on the job: ippeveprinter doesn't tell its command of a cancel."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        parts = urlsplit(environment.get("IPP_JOB_PRINTER_URI", ""))
        self._job = int(environment.get("IPP_JOB_ID", "0"))
        self._path = parts.path
        self._printer = os.getppid()
        self._client = (
            IppClient(Address(parts.hostname, parts.port or 631), DeviceKind.CARD_PRINTER)
            if parts.hostname and self._job
            else None
        )

    def check(self) -> None:
        """Raises _Cancelled where the job was given up."""
        if self._client is None:
            return
        limit = self._client.limit(2.0, None, "machine")
        try:
            seen = self._client.job(
                self._path, limit, self._job, ("job-state", "job-state-reasons")
            )
        except DeviceFault:
            # One that answers nobody for a moment hasn't given the job up; one that is gone has.
            if os.getppid() != self._printer:
                raise _Cancelled from None
            return
        except IppRefused:
            raise _Cancelled from None
        stopping = "processing-to-stop-point" in texts(seen, "job-state-reasons")
        if stopping or number(seen, "job-state") not in {
            IppJobState.PENDING,
            IppJobState.PROCESSING,
        }:
            raise _Cancelled


class _Job:
    """One job on the machine."""

    def __init__(self, folder: MachineFolder, document: bytes, kind: str, order: _Order) -> None:
        self._folder = folder
        self._document = document
        self._kind = kind
        self._order = order

    def _until_mended(self) -> None:
        while not self._folder.mended:
            time.sleep(EVERY)
            self._order.check()

    def run(self) -> int:
        """Print; the exit code for the printer."""
        card = self._kind in {PWG, URF} or self._document[:4] in {b"RaS2", b"UNIR"}
        for step in CARD_STEPS if card else PAPER_STEPS:
            fault = self._folder.strike(step)
            if fault is not None:
                self._folder.note(step, fault)
                ended = self._answer(fault, card)
                if ended is not None:
                    return ended
        self._order.check()
        if card:
            pages = [page.image for page in read_raster(self._document)]
            self._folder.put_out(pages, half=False)
            _tell(f"ATTR: job-impressions={len(pages)} job-impressions-completed={len(pages)}")
            _tell("ATTR: job-media-sheets-completed=1")
        else:
            self._folder.keep(self._document, "pdf" if self._document[:5] == b"%PDF-" else "bin")
            _tell("ATTR: job-impressions-completed=1 job-media-sheets-completed=1")
        return 0

    def _answer(self, fault: Fault, card: bool) -> int | None:
        """Live through a fault; the exit code where it ends the job."""
        state = _STATES.get(fault.fault)
        if state is not None:
            _tell(f"STATE: +{state}")
            try:
                if fault.stays:
                    self._until_mended()
            finally:
                # Without a job nobody could tell the printer that it was mended.
                _tell(f"STATE: -{state}")
            return None
        match fault.fault:
            case FaultName.SLOW:
                time.sleep(fault.seconds)
            case FaultName.SILENT:
                self._until_mended()
            case FaultName.HALF_PRINTED:
                if card:
                    pages = [page.image for page in read_raster(self._document)]
                    self._folder.put_out(pages[:1], half=True)
                return 1
            case FaultName.SAYS_DONE | FaultName.JOB_LOST:
                _tell("ATTR: job-impressions-completed=0")
                return 0
            case FaultName.POWER_CUT | FaultName.UNPLUGGED:
                os.kill(os.getppid(), signal.SIGKILL)
                return 1
            case _:
                pass
        return None


def main(arguments: list[str]) -> int:
    """What the printer runs: the last argument is the document."""
    signal.signal(signal.SIGTERM, _give_up)
    folder = MachineFolder(Path(os.environ[FOLDER]))
    try:
        document = Path(arguments[-1]).read_bytes()
        return _Job(folder, document, os.environ.get("CONTENT_TYPE", ""), _Order(os.environ)).run()
    except _Cancelled:
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
