"""Cameras: live frames to aim by, and the picture that is kept."""

from __future__ import annotations

from abc import abstractmethod

from devices.device import Cancel, Device


class Camera(Device):
    """A camera that looks at the applicant's chair. Pictures are JPEG or PNG bytes."""

    @abstractmethod
    def frame(self, *, timeout: float, cancel: Cancel = None) -> bytes:
        """The newest live frame, good enough to aim by. Raises the LinkFaults, NoPicture."""

    @abstractmethod
    def capture(self, *, timeout: float, cancel: Cancel = None) -> bytes:
        """A picture in full quality, taken after the call began.

        Raises the LinkFaults; NoPicture; PictureFrozen when the picture isn't a new one. What is
        on the picture is judged by the caller.
        """
