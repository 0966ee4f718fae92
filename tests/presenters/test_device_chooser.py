"""Choosing a device: found, filled in, at work at once, kept, refused and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.desk import open_desk
from desktop.domain.officer import RoleMissing
from desktop.presenters.device_chooser import DeviceChooser
from desktop.presenters.devices import Devices
from desktop.presenters.devices_view import Care
from desktop.services.device_setup import PLACES, NoRecording, OptionNotTaken
from desktop.services.oversight import TrailQuery
from desktop.settings import DeviceChoice, load_settings
from desktop.words import LANGUAGES, Words
from devices.catalog import FAMILIES, SIMULATED
from devices.device import DeviceKind
from devices.errors import Busy
from devices.finding import LOOKS, Found, search
from devices.options import ChoiceOption
from devices.simulators.evolis_printer import EvolisPrinter
from devices.simulators.printer_core import PrinterCore
from tests.walks.world import World, new_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = new_world(tmp_path / "profile")
    made.sign_in("bambang")
    yield made
    made.desk.close()


@pytest.fixture
def printer() -> Iterator[str]:
    """A card printer on the network; its address."""
    core = PrinterCore()
    core.pace = 0
    with EvolisPrinter(core) as made:
        yield f"127.0.0.1:{made.listen()}"


def chooser(world: World, place: str) -> DeviceChooser:
    made = Devices(world.desk)
    made.load(place)
    return made.chooser()


def told(devices: Devices) -> tuple[str, bool]:
    """What the screen says last, and whether it warns."""
    said = devices.view.said
    assert said is not None
    return said.message_id, said.warns


def told_acts(world: World) -> list[str]:
    """The acts of the journal, oldest first."""
    return [line.act for line in world.desk.oversight.trail(TrailQuery())][::-1]


def test_a_choice_is_at_work_at_once_and_at_the_next_start(world: World, printer: str) -> None:
    presenter = chooser(world, "card_printer")
    assert presenter.view.families[-1] == presenter.view.family == SIMULATED
    presenter.take_family("evolis")
    presenter.keep({**presenter.view.values, "printer_address": printer})
    assert presenter.view.done
    desk = world.desk
    assert desk.hub.status("card_printer").info.maker == "Evolis"
    kept = load_settings(desk.profile.path).devices["card_printer"]
    assert kept.adapter == "evolis"
    assert kept.options["printer_address"] == printer
    again = chooser(world, "card_printer")
    assert again.view.chosen
    assert (again.view.family, again.view.values["printer_address"]) == ("evolis", printer)
    desk.close()
    anew = open_desk(desk.profile.path)
    assert anew.hub.status("card_printer").info.maker == "Evolis"
    anew.close()


def test_a_choice_taken_back_leaves_the_simulator(world: World, printer: str) -> None:
    presenter = chooser(world, "card_printer")
    presenter.take_family("evolis")
    presenter.keep({**presenter.view.values, "printer_address": printer})
    devices = Devices(world.desk)
    devices.load("card_printer")
    presenter = devices.chooser()
    presenter.take_back()
    assert presenter.view.done
    assert told(devices) == ("devices_screen.taken_back.simulator", False)
    assert world.desk.hub.status("card_printer").info.maker != "Evolis"
    assert load_settings(world.desk.profile.path).devices == {}


def test_a_second_card_printer_is_added_and_removed(world: World, printer: str) -> None:
    devices = Devices(world.desk)
    devices.load()
    assert Care.ADD in devices.view.cares
    presenter = devices.chooser(adding=True)
    assert presenter.view.places == ("card_printer_2", "chip_station_2")
    assert SIMULATED not in presenter.view.families
    presenter.take_family("evolis")
    presenter.keep({**presenter.view.values, "printer_address": printer})
    assert told(devices) == ("devices_screen.chosen", False)
    assert devices.view.current == "card_printer_2"
    assert world.desk.hub.names(DeviceKind.CARD_PRINTER) == ("card_printer", "card_printer_2")
    presenter = devices.chooser()
    presenter.take_back()
    assert world.desk.hub.names(DeviceKind.CARD_PRINTER) == ("card_printer",)
    assert told(devices) == ("devices_screen.taken_back", False)
    assert told_acts(world)[-2:] == ["device.chosen", "device.choice_taken_back"]


def test_a_choice_that_doesn_t_answer_is_told_as_saved_with_its_state(world: World) -> None:
    devices = Devices(world.desk)
    devices.load()
    presenter = devices.chooser(adding=True)
    presenter.take_family("evolis_serial")
    presenter.keep({**presenter.view.values, "port": "/dev/no-such-port"})
    assert told(devices) == ("devices_screen.chosen", True)
    said = devices.view.said
    assert said is not None
    health = world.desk.hub.status("card_printer_2").health
    assert health.reasons
    assert said.facts["state"] == health.reasons
    words = Words.load("en")
    assert words.of(health.reasons[0]) in words(said.message_id, **said.facts)


def test_a_refused_option_is_named_and_nothing_changes(world: World) -> None:
    presenter = chooser(world, "card_printer")
    before = world.desk.hub.status("card_printer").info
    presenter.take_family("evolis")
    presenter.keep({**presenter.view.values, "printer_address": " "})
    assert presenter.view.refused == "printer_address"
    assert not presenter.view.done
    assert world.desk.hub.status("card_printer").info == before
    with pytest.raises(OptionNotTaken):
        world.desk.setup.choose(world.by, "camera", "opencv_camera", {"no_such": 1.0})


@pytest.mark.fault
def test_a_device_at_work_stays_where_it_is(world: World, printer: str) -> None:
    presenter = chooser(world, "card_printer")
    presenter.take_family("evolis")
    with world.desk.hub.printer():
        presenter.keep({**presenter.view.values, "printer_address": printer})
    assert isinstance(presenter.view.problem, Busy)
    assert load_settings(world.desk.profile.path).devices == {}
    presenter.keep({**presenter.view.values, "printer_address": printer})
    assert presenter.view.done


def test_only_supervisor_and_administrator_change_devices(world: World) -> None:
    for officer, may in (("hendra", True), ("rahmat", False), ("dewi", False)):
        world.desk.duty.sign_out()
        world.sign_in(officer)
        devices = Devices(world.desk)
        devices.load()
        assert (Care.CHANGE in devices.view.cares) is may
        assert Care.TEST in devices.view.cares
    with pytest.raises(RoleMissing):
        world.desk.setup.choose(world.by, "scanner", SIMULATED, {})


def test_what_is_found_fills_the_options(world: World) -> None:
    presenter = chooser(world, "signature_pad")
    presenter.take_found(Found("topaz", "pad", {"port": "usb:0403:6001:A1"}))
    assert presenter.view.family == "topaz"
    assert presenter.view.values["port"] == "usb:0403:6001:A1"


@pytest.mark.parametrize("kind", DeviceKind)
def test_looking_for_devices_ends_whatever_this_pc_has(kind: DeviceKind, world: World) -> None:
    result = search(kind, world.desk.clock.pause)
    known = {family.key for family in FAMILIES if family.kind is kind}
    assert {found.family for found in result.found} | set(result.failed) <= known
    assert set(LOOKS.get(kind, {})) <= known
    for found in result.found:
        family = next(each for each in FAMILIES if each.key == found.family)
        assert set(found.options) <= {option.name for option in family.options}


def test_a_recording_is_exported_and_a_simulator_has_none(world: World, printer: str) -> None:
    presenter = chooser(world, "card_printer")
    presenter.take_family("evolis")
    presenter.keep({**presenter.view.values, "printer_address": printer})
    devices = Devices(world.desk)
    devices.load("card_printer")
    devices.export()
    said = devices.view.said
    assert said is not None
    lines = Path(str(said.facts["file"])).read_bytes().splitlines()
    assert b'"family":"evolis"' in lines[0]
    assert len(lines) > 1
    with pytest.raises(NoRecording):
        world.desk.setup.export("camera")


def test_settings_edited_by_hand_since_are_kept(world: World) -> None:
    path = world.desk.profile.path / "settings.toml"
    path.write_text('language = "en"\n')
    world.desk.setup.choose(world.by, "camera", "opencv_camera", {"source": "7"})
    kept = load_settings(world.desk.profile.path)
    assert kept.language == "en"
    assert kept.devices["camera"] == DeviceChoice("opencv_camera", {"source": "7"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_family_and_option_has_words(language: str) -> None:
    words = Words.load(language)
    wanted = {f"device_name.{place}" for place in PLACES}
    for family in FAMILIES:
        wanted.add(f"device_family.{family.key}")
        for option in family.options:
            wanted |= {f"option.{option.name}", f"option.{option.name}.help"}
            if isinstance(option, ChoiceOption):
                wanted |= {f"option.{option.name}.{choice}" for choice in option.choices}
    assert sorted(wanted - words.ids()) == []
    assert not [name for name in words.ids() if name.startswith("family.")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_printer_s_options_speak_of_no_scanner(language: str) -> None:
    words = Words.load(language)
    printers = [each for each in FAMILIES if each.kind is DeviceKind.CARD_PRINTER]
    helps = {
        option.name: words(f"option.{option.name}.help") for p in printers for option in p.options
    }
    scanner = words(f"device_short.{DeviceKind.SCANNER}").lower()
    assert [name for name, told in helps.items() if scanner in told.lower()] == []
