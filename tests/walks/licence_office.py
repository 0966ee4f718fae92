"""A counter whose cards have the driving licence's chip, and cards that somebody brings to it."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import zxingcpp
from PIL import Image

from desktop.desk import open_desk
from desktop.settings import Cards, Settings
from desktop.sources import SeededIds, SeededKeys, VirtualClock
from desktop.training.office import PEOPLE, PEOPLE_SEED
from desktop.training.people import make_people
from devices.simulators.plastic import PlasticCard
from tests.walks.conftest import IDS_OF_THE_OFFICE
from tests.walks.world import MORNING, World

LICENCE_CHIPS = Settings(cards=Cards(chip="licence"))


def licence_office(furnished: Path, folder: Path) -> World:
    """A copy of the furnished office, Andi signed in."""
    shutil.copytree(furnished, folder)
    clock = VirtualClock(MORNING)
    ids = SeededIds(1, clock, IDS_OF_THE_OFFICE)
    desk = open_desk(folder, clock=clock, ids=ids, keys=SeededKeys(1), settings=LICENCE_CHIPS)
    world = World(desk, clock, make_people(PEOPLE_SEED, PEOPLE, today=desk.frame.today()))
    world.sign_in("andi")
    return world


def card_of(world: World, serial: str) -> PlasticCard:
    """The finished card of this serial, out of the printer's tray."""
    cards = {card.serial: card for card in world.bench.take_output()}
    return cards[serial]


def lay(world: World, card: PlasticCard | None) -> None:
    """Lay a card on the desk's reader, or take away what lies there."""
    world.bench.put_card_on_reader(card)


def code_on(card: PlasticCard) -> str:
    """The code on the back (or front) of a card, as a scanner reads it."""
    for face in (card.back, card.front):
        with Image.open(io.BytesIO(face)) as image:
            for found in zxingcpp.read_barcodes(image.convert("L")):
                if found.text.startswith("SIM1:"):
                    return found.text
    raise AssertionError("no code on this card")
