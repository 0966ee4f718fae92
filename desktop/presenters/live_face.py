"""Who sits before the camera now, for holding a face against others; kept nowhere."""

from __future__ import annotations

import threading

from desktop.pictures import NotAPicture, PictureCheck
from desktop.services.capture import findings_of
from desktop.services.desk import Desk
from devices.errors import DeviceFault

FRAME_SECONDS = 2.0


def live_face(desk: Desk, stop: threading.Event) -> bytes:
    """A frame with a face in it; nothing where nobody sits or the camera can't say."""
    try:
        with desk.hub.camera() as camera:
            frame = camera.frame(timeout=FRAME_SECONDS, cancel=stop)
        seen = findings_of(frame)
    except (DeviceFault, NotAPicture):
        return b""  # the other pictures can be compared without it
    there = all(finding.passed for finding in seen if finding.check is PictureCheck.FACE)
    return frame if there else b""
