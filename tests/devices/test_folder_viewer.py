"""A scanner's folder as card viewer: two new pictures are the sides, and don't stay."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from devices.adapters.folder_viewer import FolderViewer
from devices.card_viewer import ViewStep
from devices.device import HealthReason
from devices.errors import Cancelled, CardMissing, NotConnected

LONG = 20.0


def scan(colour: str, form: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 200), colour).save(out, form)
    return out.getvalue()


def viewer(folder: Path, *steps: Callable[[], object], remove: bool = True) -> FolderViewer:
    """A viewer between whose looks the scanner does its steps, one after the other."""
    left = list(steps)

    def pause(seconds: float, cancel: threading.Event | None) -> bool:
        del seconds
        if left:
            left.pop(0)()
        return cancel is None or not cancel.is_set()

    made = FolderViewer("card_viewer", folder, pause, remove=remove)
    made.open(timeout=1)
    return made


def put(path: Path, data: bytes, at: int) -> Callable[[], None]:
    def step() -> None:
        path.write_bytes(data)
        os.utime(path, (at, at))

    return step


@pytest.mark.parametrize("remove", [True, False])
def test_two_new_pictures_are_the_sides_the_earlier_one_first(tmp_path: Path, remove: bool) -> None:
    old, one, two = tmp_path / "old.png", tmp_path / "z.png", tmp_path / "a.JPG"
    put(old, scan("white"), 1)()
    made = viewer(
        tmp_path, put(one, scan("red"), 10), put(two, scan("blue", "JPEG"), 20), remove=remove
    )
    told: list[ViewStep] = []
    views = made.look(timeout=LONG, hint=told.append)
    assert told == [ViewStep.TURN]
    assert (views.front, views.back) == (scan("red"), scan("blue", "JPEG"))
    assert old.exists()  # what was there before is left alone
    assert one.exists() is two.exists() is not remove


def test_a_file_that_is_still_written_is_waited_for(tmp_path: Path) -> None:
    whole, one, two = scan("red"), tmp_path / "1.png", tmp_path / "2.png"
    made = viewer(
        tmp_path,
        put(one, whole[:60], 10),
        put(one, whole[:90], 11),
        lambda: None,  # the scanner pauses: half a picture that stays as it is
        put(one, whole, 12),
        put(two, scan("blue"), 20),
    )
    assert made.look(timeout=LONG).front == whole


def test_other_files_are_nothing(tmp_path: Path) -> None:
    made = viewer(
        tmp_path,
        put(tmp_path / "note.txt", b"x", 5),
        put(tmp_path / "broken.png", b"no picture", 6),
        put(tmp_path / "1.png", scan("red"), 10),
    )
    with pytest.raises(CardMissing) as missing:
        made.look(timeout=0.3)
    assert missing.value.during == "viewer.back"


def test_a_folder_that_goes_is_a_device_that_goes(tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    made = viewer(folder, folder.rmdir)
    with pytest.raises(NotConnected):
        made.look(timeout=LONG)
    assert made.health(timeout=1).reasons == (HealthReason.UNPLUGGED,)


def test_waiting_ends_when_it_is_cancelled(tmp_path: Path) -> None:
    cancel = threading.Event()
    made = viewer(tmp_path, cancel.set)
    with pytest.raises(Cancelled):
        made.look(timeout=LONG, cancel=cancel)
