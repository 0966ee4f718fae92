"""A camera of its own, for a device that is made of one: a scanner of codes, a viewer of cards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from devices.adapters.options import OPENCV_CAMERA
from devices.camera import Camera
from devices.device import DeviceKind
from devices.options import read_options

if TYPE_CHECKING:
    from devices.catalog import Place


def own_camera(place: Place, options: Mapping[str, Any]) -> Camera:
    """The camera that the device's own options describe, closed; its frames are never turned."""
    from devices.catalog import family

    of_camera = {option.name for option in OPENCV_CAMERA} & set(options)
    eyes = {name: options[name] for name in of_camera}
    line = family(DeviceKind.CAMERA, "opencv_camera")
    camera = line.make(
        replace(place, options=read_options(line.options, {**eyes, "portrait": False}))
    )
    if not isinstance(camera, Camera):
        raise TypeError(line.key)
    return camera
