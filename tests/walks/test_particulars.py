"""A live counter that has joined: no card bears the sample office."""

from __future__ import annotations

import dataclasses

import pytest

from desktop.cards.layout import load_layout
from desktop.domain.realm import Realm
from desktop.services.base import Frame
from desktop.services.cardmaker import CardMaker
from desktop.services.particulars import OfficeIsSample, particulars_problem
from desktop.settings import Place
from tests.walks.making import approved
from tests.walks.world import World

OWN = Place(
    office_name="Satpas Garut", address="Jalan Merdeka No. 7, Garut 44111", phone="(0262) 123 456"
)


def test_a_live_counter_makes_no_card_of_the_sample_office(world: World) -> None:
    world.sign_in("andi")
    app, desk = approved(world, 1), world.desk
    live = dataclasses.replace(desk.frame, realm=Realm.LIVE)
    own = dataclasses.replace(live, settings=dataclasses.replace(desk.settings, place=OWN))
    layout = load_layout(desk.settings.place.card_layout)

    def preview(frame: Frame) -> str:
        return CardMaker(frame, layout, desk.licences, desk.sealing).preview(app).layout

    with pytest.raises(OfficeIsSample):
        preview(live)
    assert preview(own)
    assert preview(desk.frame), "training is the sample office"
    for place in (dataclasses.replace(OWN, phone=Place().phone), Place()):
        settings = dataclasses.replace(desk.settings, place=place)
        assert particulars_problem(dataclasses.replace(live, settings=settings)) is not None
