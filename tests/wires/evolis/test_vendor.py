"""The maker's own SDK against the simulated printer: a whole print, in a process of its own.

The SDK is a closed library that may crash, so it never runs inside the tests' process. What it
prints is decoded and compared with what was ordered. Status, ribbon and counters go through its own
`send_command`: the replies that its `get_ribbon_info` and `get_cleaning_info` want aren't public.

Stated difference: with its smoothing off, the SDK changes a dot only where it lays resin for dye,
on dots as dark as 6 of 255, so no channel differs by more than 18 (a red of 18 is as dark as a
grey of 6); every other dot is equal. With smoothing as the SDK sets it by itself, no dot that is
further than three dots from an edge differs by more than that. For a Primacy 2 the SDK converts
colours by a profile of its own; switched off, the same holds, and with it no channel differs by
more than PROFILE.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from devices.simulators.evolis_printer import at_chip_station
from devices.simulators.faults import Fault, FaultName
from devices.simulators.plastic import PlasticCard
from devices.wire.evolis import decode_status
from devices.wire.evolis_faces import as_png, joined, separated
from tests.wires.evolis.conftest import SIZE, Wire

pytestmark = pytest.mark.vendor

PROFILE = 96
"""The most by which the SDK's own profile moves a channel of our test card."""

DRIVE = """
import json, sys
import evolis
from evolis import CardFace, CardPos, Connection, OpenMode, PrintSession, RibbonType, SettingKey

port, front, back, steps = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4].split()
told = {}
with Connection(f"socket://127.0.0.1:{port}", OpenMode.DIRECT) as printer:
    info = printer.get_info()
    told["info"] = info and [info.serialNumber, info.hasFlip, info.hasContactLessEnc]
    state = printer.get_state()
    told["state"] = [state.major.name, state.minor.name]
    printer.get_ribbon_info()
    if "insert" in steps:
        told["insert"] = printer.set_card_pos(CardPos.CONTACT)
        told["insert_error"] = printer.get_last_error().name
    if "print" in steps:
        session = PrintSession(printer, RibbonType.YMCKO)
        told["images"] = [session.set_image(CardFace.FRONT, front),
                          session.set_image(CardFace.BACK, back)]
        if "plain" in steps:
            session.set_setting(SettingKey.GSmoothing, "NOSMOOTH")
        if "noprofile" in steps:
            session.set_setting(SettingKey.GColorProfileMode, "NOPROFILE")
        session.set_auto_eject(False)
        told["print"] = session.print().name
    if "eject" in steps:
        told["eject"] = printer.eject_card()
    for name, command in (("status", "Rpst"), ("ribbon", "Rrt;count"), ("cards", "Rco;p")):
        told[name] = printer.send_command(command).strip()
print(json.dumps(told))
"""


def drive(wire: Wire, folder: Path, steps: str, front: Image.Image, back: Image.Image) -> dict:
    """Run the SDK through these steps; what it told."""
    for name, picture in (("front", front), ("back", back)):
        picture.save(folder / f"{name}.bmp")
    done = subprocess.run(
        [sys.executable, "-c", DRIVE, str(wire.port), str(folder / "front.bmp"),
         str(folder / "back.bmp"), steps],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def face(back: bool = False) -> Image.Image:
    """Steps of grey and colour, black letters, a portrait's soft shades."""
    card = Image.new("RGB", SIZE, (246, 240, 232) if not back else "white")
    pen = ImageDraw.Draw(card)
    for step in range(32):
        level = step * 8
        pen.rectangle((20 + step * 30, 20, 49 + step * 30, 80), fill=(level, level, level))
        pen.rectangle((20 + step * 30, 90, 49 + step * 30, 150), fill=(level, 30, 255 - level))
    shade = Image.radial_gradient("L").resize((240, 300))
    card.paste(Image.merge("RGB", (shade, shade.point(lambda v: v // 2), shade)), (40, 220))
    pen.text((340, 240), "CONTOH KARTU", fill="black", font_size=64)
    pen.text((340, 340), "1374-9003-000001", fill="black", font_size=40)
    pen.rectangle((860, 480, 980, 600), fill="black")
    return card


def differences(wire: Wire, ordered: tuple[Image.Image, Image.Image]) -> list[Image.Image]:
    (received,) = wire.printer.machine.received
    return [
        ImageChops.difference(joined(found), wanted)
        for found, wanted in zip(received.job.faces, ordered, strict=True)
    ]


@pytest.mark.parametrize(("model", "steps"), [("Primacy", ""), ("Primacy 2", " noprofile")])
def test_the_makers_sdk_prints_a_whole_card(
    wire: Wire, tmp_path: Path, model: str, steps: str
) -> None:
    wire.printer.machine.model = model
    lying: list[str | None] = []
    at_chip_station(wire.core, lambda card: lying.append(card.serial if card else None))
    ordered = (face(), face(back=True))
    told = drive(wire, tmp_path, f"insert print plain eject{steps}", *ordered)
    assert told["info"] == [wire.core.serial, True, True]
    assert (told["insert"], told["images"], told["print"], told["eject"]) == (
        True, [True, True], "OK", True,
    )  # fmt: skip
    assert decode_status(told["status"]).error == 0
    assert (told["ribbon"], told["cards"]) == ("198", "1"), "a set of panels for each face"
    assert lying[:2] == ["A1", None], "inserted to contact, and taken off to print"
    for difference in differences(wire, ordered):
        assert max(top for _, top in difference.getextrema()) <= 18
        differing = sum(difference.convert("L").point([0] + [1] * 255).histogram()[1:])
        assert differing <= SIZE[0] * SIZE[1] * 0.02, "only the darkest dots differ"
    truth = wire.core.truth
    assert (truth.cards, truth.inserted, truth.inside) == (1, 1, None)
    (card,) = wire.core.take_output()
    assert (card.serial, card.whole) == ("A1", True)
    assert card.panels == ["y", "m", "c", "k", "o", *(f"back.{p}" for p in "ymcko")]


def test_the_sdks_own_smoothing_touches_edges_only(wire: Wire, tmp_path: Path) -> None:
    ordered = (face(), face(back=True))
    drive(wire, tmp_path, "insert print eject", *ordered)
    for difference, wanted in zip(differences(wire, ordered), ordered, strict=True):
        edges = wanted.convert("L").filter(ImageFilter.FIND_EDGES).point([0] * 2 + [255] * 254)
        near = edges.filter(ImageFilter.MaxFilter(7))
        flat_part = ImageChops.multiply(difference, ImageChops.invert(near).convert("RGB"))
        assert max(top for _, top in flat_part.getextrema()) <= 18


def test_the_sdks_colour_profile_stays_within_what_is_stated(wire: Wire, tmp_path: Path) -> None:
    wire.printer.machine.model = "Primacy 2"
    ordered = (face(), face(back=True))
    drive(wire, tmp_path, "insert print plain eject", *ordered)
    for difference in differences(wire, ordered):
        assert max(top for _, top in difference.getextrema()) <= PROFILE


def test_an_empty_feeder_stops_the_sdk_too(wire: Wire, tmp_path: Path) -> None:
    wire.core.unload_blanks()
    told = drive(wire, tmp_path, "insert", face(), face())
    assert told["insert"] is False


@pytest.mark.fault
def test_a_jam_stops_the_sdk_too(wire: Wire, tmp_path: Path) -> None:
    wire.core.order(Fault("feed", FaultName.JAM))
    told = drive(wire, tmp_path, "insert", face(), face())
    assert told["insert"] is False
    assert isinstance(wire.core.truth.inside, PlasticCard)


def test_our_job_is_no_longer_than_the_sdks(wire: Wire, tmp_path: Path) -> None:
    """At most 1.05 of its bytes for the same two-sided picture, panel for panel."""
    ordered = (face(), face(back=True))
    drive(wire, tmp_path, "insert print plain eject", *ordered)
    (theirs,) = wire.printer.machine.received
    printer = wire.another(ribbon="ymcko")
    printer.open(timeout=20)
    printer.load_card(timeout=20)
    printer.print_card(as_png(ordered[0]), as_png(ordered[1]), "job-1", timeout=20)
    ours = wire.printer.machine.received[-1]
    assert ours.panels == theirs.panels
    assert ours.size <= theirs.size * 1.05
    again = separated(as_png(ordered[0]), back=False, colour=True, overlay=True)
    assert again == ours.job.faces[0]
    for found, wanted in zip(ours.job.faces, ordered, strict=True):
        assert ImageChops.difference(joined(found), wanted).getbbox() is None, "dot for dot"
