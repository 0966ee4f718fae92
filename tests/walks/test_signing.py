"""What is kept of a signature, and what stands in its place."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor

from PIL import Image, ImageDraw

from desktop.domain.application import Visit
from devices.adapters.screen_pad import ScreenPad
from devices.signature_channels import strokes_of_json
from devices.simulators.pen import scribble
from devices.strokes import strokes_png
from tests.walks.making import witness
from tests.walks.steps import acts, case, checked, paid, registered
from tests.walks.world import World


def thumb_on_paper() -> bytes:
    """Ridges in ink on a sheet, as a camera sees it."""
    paper = Image.new("RGB", (800, 600), (228, 226, 220))
    draw = ImageDraw.Draw(paper)
    for ring in range(8, 90, 9):
        draw.ellipse(
            (400 - ring, 300 - ring, 400 + ring, 300 + ring), outline=(30, 30, 90), width=4
        )
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=90)
    return out.getvalue()


def test_time_and_pressure_of_a_signature_are_kept(world: World) -> None:
    world.sign_in("andi")
    app = paid(world, checked(world, registered(world, world.people[0])))
    sha = world.desk.capture.sign(world.by, app.visit_id, scribble(9))
    entry = acts(world, "capture.signature")[-1]
    assert entry.content is not None
    with world.desk.ledger.reading() as r:
        assert r.blob(sha) == strokes_png(scribble(9))
        assert strokes_of_json(r.blob(entry.content["channels"])) == scribble(9)


def test_a_thumb_stands_where_the_signature_would(world: World) -> None:
    world.sign_in("andi")
    app = paid(world, checked(world, registered(world, world.people[0])))
    witness(world, "dewi")
    world.desk.capture.cannot_sign(
        world.by, app.visit_id, "cannot_write", "85020002", thumb_on_paper()
    )
    with world.desk.ledger.reading() as r:
        visit = r.get(Visit, app.visit_id)
        assert visit.cannot_sign == "cannot_write:85020002"
        with Image.open(io.BytesIO(r.blob(visit.signature))) as ink:
            assert ink.mode == "RGBA"
            assert 150 < ink.width < 260
        entry = acts(world, "capture.cannot_sign")[-1]
        assert entry.content is not None
        assert r.blob(entry.content["taken"]) == thumb_on_paper()
        assert entry.content["thumb"] == visit.signature
    assert case(world, app).signature == ""


def test_a_pad_on_the_screen_serves_a_walk(world: World) -> None:
    hub = world.desk.hub
    pad = ScreenPad("signature_pad")
    hub.replace("signature_pad", pad)
    assert hub.pen_inlet() is pad.inlet
    with ThreadPoolExecutor(1) as people:

        def sign() -> object:
            with hub.signature_pad() as borrowed:
                return borrowed.capture(timeout=20.0, cancel=threading.Event())

        waiting = people.submit(sign)
        while not pad.inlet.give(scribble(3)):
            assert not waiting.done()
        assert waiting.result(20) == scribble(3)
