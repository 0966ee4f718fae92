"""A face apart, as a card printer lays it: dye, resin black, varnish.

The flat picture is the whole truth: a dot is resin exactly where it is pure black (0, 0, 0), and
everything else is dye. `laid` makes that so when a face is drawn (elements of the layer `black`
without grey edges, since a resin panel knows no greys; any other dot at least one step lighter,
which nobody sees), and `separated` takes it apart again without loss. Printers therefore get one
picture a face, and those that separate for themselves (a driver's own resin extraction, say) find
the same dots.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageChops

_BEGINS = 128
"""From here on a dot of the resin mask is laid."""
_ALL = 255


@dataclass(frozen=True, slots=True)
class Panels:
    """One face apart. `black` and `overlay` have one bit a dot, 0 where something is laid."""

    colour: Image.Image
    """RGB, white where resin lies: no dye goes under it."""
    black: Image.Image
    overlay: Image.Image
    """Varnish over all; the chip is read through it."""


def laid(dye: Image.Image, resin: Image.Image) -> Image.Image:
    """The flat face of both layers; `resin` is a mask of 0 to 255. `dye` is used up."""
    dark = _pure_black(dye)
    if dark.getbbox():
        dye.paste((1, 1, 1), (0, 0), dark)
    dye.paste((0, 0, 0), (0, 0), resin.point([0] * _BEGINS + [_ALL] * (256 - _BEGINS)))
    return dye


def separated(face: Image.Image) -> Panels:
    """A flat face's panels; laying them over each other gives it back dot for dot."""
    resin = _pure_black(face)
    colour = face.copy()
    colour.paste((255, 255, 255), (0, 0), resin)
    return Panels(colour, ImageChops.invert(resin).convert("1"), Image.new("1", face.size, 0))


def _pure_black(face: Image.Image) -> Image.Image:
    """255 where every band is 0, else 0."""
    red, green, blue = face.split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return most.point([_ALL] + [0] * 255)
