"""A flat-bed or card scanner as card viewer, by the folder in which its own software leaves files.

Every maker's scanner comes with software that scans by its button into a folder; that is the one
interface they share. Two pictures that come after the look began are the card's sides, the earlier
one first. What lay in the folder before is nobody's business and stays. Pictures that were taken in
are removed from the folder, unless the option says otherwise: they show a person.
"""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from devices.adapters.options import FOLDER_VIEWER
from devices.card_viewer import CardViewer, CardViews, Hint, ViewStep
from devices.device import Cancel, Deadline, DeviceInfo, DeviceKind, Health, HealthReason, Pause
from devices.errors import Cancelled, CardMissing, NotConnected
from devices.options import read_options

if TYPE_CHECKING:
    from devices.catalog import Place

GAP_SECONDS = 0.3
ENDINGS = frozenset({".jpg", ".jpeg", ".png"})
LARGEST = 64 << 20
_FRONT, _BACK = "viewer.front", "viewer.back"
Stamp = tuple[int, int]
"""When a file was changed (ns), and its bytes."""


class FolderViewer(CardViewer):
    """A card viewer made of a folder."""

    OPTIONS = FOLDER_VIEWER

    def __init__(self, name: str, folder: Path, pause: Pause, *, remove: bool = True) -> None:
        self._name = name
        self._folder = folder
        self._pause = pause
        self._remove = remove
        self._open = False

    @property
    def info(self) -> DeviceInfo:
        return DeviceInfo(DeviceKind.CARD_VIEWER, self._name, "", "Scanner folder", "")

    @property
    def is_open(self) -> bool:
        return self._open

    def open(self, *, timeout: float, cancel: Cancel = None) -> None:
        del timeout
        if cancel is not None and cancel.is_set():
            raise Cancelled(DeviceKind.CARD_VIEWER, "open")
        if not self._folder.is_dir():
            raise NotConnected(DeviceKind.CARD_VIEWER, "open")
        self._open = True

    def close(self) -> None:
        self._open = False

    def health(self, *, timeout: float, cancel: Cancel = None) -> Health:
        del timeout
        if cancel is not None and cancel.is_set():
            raise Cancelled(DeviceKind.CARD_VIEWER, "health")
        if not self._open:
            return Health.judged((HealthReason.CLOSED,))
        return Health.judged(() if self._folder.is_dir() else (HealthReason.UNPLUGGED,))

    def look(
        self, asked: str = "", *, timeout: float, cancel: Cancel = None, hint: Hint | None = None
    ) -> CardViews:
        del asked
        if not self._open:
            raise NotConnected(DeviceKind.CARD_VIEWER, _FRONT)
        deadline = Deadline(timeout)
        old, last = self._files(), dict[Path, Stamp]()
        whole: dict[Path, bytes] = {}
        while True:
            if cancel is not None and cancel.is_set():
                raise Cancelled(DeviceKind.CARD_VIEWER, _FRONT)
            now = {path: at for path, at in self._files().items() if old.get(path) != at}
            for path, at in now.items():
                if last.get(path) == at and path not in whole:  # its writer is done with it
                    data = _picture(path)
                    if data:
                        whole[path] = data
                        if hint is not None and len(whole) == 1:
                            hint(ViewStep.TURN)
            if len(whole) >= 2:
                first, second = sorted(whole, key=lambda path: (now.get(path, (0, 0)), path))[:2]
                self._taken((first, second))
                return CardViews(whole[first], whole[second])
            last = now
            if not deadline.left():
                raise CardMissing(DeviceKind.CARD_VIEWER, _BACK if whole else _FRONT)
            if not self._pause(GAP_SECONDS, cancel):
                raise Cancelled(DeviceKind.CARD_VIEWER, _FRONT)

    def _files(self) -> dict[Path, Stamp]:
        try:
            found: dict[Path, Stamp] = {}
            for path in self._folder.iterdir():
                if path.suffix.lower() in ENDINGS:
                    with suppress(OSError):
                        told = path.stat()
                        found[path] = (told.st_mtime_ns, told.st_size)
        except OSError as gone:
            raise NotConnected(DeviceKind.CARD_VIEWER, _FRONT) from gone
        return found

    def _taken(self, paths: tuple[Path, ...]) -> None:
        if self._remove:
            for path in paths:
                with suppress(OSError):
                    path.unlink()


def _picture(path: Path) -> bytes:
    """A whole picture's bytes; none where it can't be opened, or not yet."""
    try:
        if path.stat().st_size > LARGEST:
            return b""
        data = path.read_bytes()
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
            picture.load()
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError, Image.DecompressionBombError):
        return b""
    return data


def make(place: Place) -> FolderViewer:
    """The viewer at a place; nothing is opened."""
    options = read_options(FOLDER_VIEWER, place.options)
    return FolderViewer(
        place.name, Path(str(options["folder"])), place.pause, remove=bool(options["remove"])
    )
