"""Choosing what stands in one place: a family, a found device, and the options it declares.

The window draws `options` as the family declares them; what was typed comes back whole with
`keep`. A search for devices runs on a lane of its own, so that nobody waits for a driver.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from desktop.presenters.base import Presenter, View
from desktop.services.desk import Desk
from desktop.services.device_setup import OptionNotTaken
from devices.catalog import SIMULATED, Family
from devices.finding import Found, Search
from devices.options import Option, OptionRefused, OptionValue, read_options

SEARCH_LANE = "search"


@dataclass(frozen=True)
class ChooserView(View):
    """One place and what may stand there.

    `places` are those to choose among where a device is added, empty where the place is given.
    `refused` names the option that wasn't accepted. `done` is true once the choice is at work.
    """

    place: str = ""
    places: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    family: str = ""
    options: tuple[Option, ...] = ()
    values: Mapping[str, OptionValue] = field(default_factory=dict[str, OptionValue])
    chosen: bool = False
    searching: bool = False
    found: tuple[Found, ...] = ()
    failed: tuple[str, ...] = ()
    refused: str = ""
    done: bool = False


class DeviceChooser(Presenter[ChooserView]):
    """Answers the sheet in which a device is chosen."""

    def __init__(
        self,
        desk: Desk,
        place: str = "",
        kept: Callable[[str], None] | None = None,
        taken_back: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(desk, ChooserView())
        self._kept = kept
        self._taken_back = taken_back
        self._families: tuple[Family, ...] = ()
        places = () if place else desk.setup.open_places()
        self.show(places=places)
        self.at(place or next(iter(places), ""))

    def at(self, place: str) -> None:
        """Choose for this place; what stands there now is shown, and others are searched."""
        if not place or place == self.view.place:
            return
        setup = self.desk.setup
        self._families = setup.families(place)
        setting = setup.choice(place)
        self.show(
            place=place,
            families=tuple(family.key for family in self._families),
            chosen=setting is not None,
            problem=None,
        )
        first = self._families[-1 if self._families[-1].key == SIMULATED else 0].key
        known = setting is not None and setting.adapter in self.view.families
        if setting is not None and known:
            self._take(setting.adapter, setting.options)
        else:
            self._take(first, {})
        self.search()

    def search(self) -> None:
        """Look which devices this PC has."""
        place = self.view.place

        def seen(result: Search) -> None:
            if place == self.view.place:
                self.show(searching=False, found=result.found, failed=result.failed)

        def missed(problem: Exception) -> None:
            self.show(searching=False, problem=problem)

        self.show(searching=True, found=(), failed=())
        self.desk.lanes.call(SEARCH_LANE, lambda: self.desk.setup.search(place), seen, missed)

    def take_family(self, family: str) -> None:
        """Another family: its options, at their defaults."""
        if family != self.view.family:
            self._take(family, {})

    def take_found(self, found: Found) -> None:
        """One of the found devices: its family, and the options that mean it."""
        self._take(found.family, found.options)

    def go_on(self, place: str, family: str, values: Mapping[str, OptionValue]) -> None:
        """Stand as it was left, with what was typed as far as it was."""
        if place in self.view.places:
            self.at(place)
        if family in self.view.families:
            self._take(family, {})
            known = {name: values.get(name, value) for name, value in self.view.values.items()}
            self.show(values=known)

    def keep(self, values: Mapping[str, OptionValue]) -> None:
        """Put the choice to work with these options."""
        view, by = self.view, self.by
        self.show(refused="", values=dict(values))
        self.work(
            lambda: self.desk.setup.choose(by, view.place, view.family, values),
            lambda _none: self._finished(self._kept),
            lane=view.place,
            doing="doing.device_choice",
            failed=self._failed,
        )

    def take_back(self) -> None:
        """Forget the choice."""
        place, by = self.view.place, self.by
        self.work(
            lambda: self.desk.setup.take_back(by, place),
            lambda _none: self._finished(self._taken_back),
            lane=place,
            doing="doing.device_choice",
            failed=self._failed,
        )

    # -- inside ----------------------------------------------------------------------------

    def _take(self, key: str, values: Mapping[str, object]) -> None:
        family = next(each for each in self._families if each.key == key)
        known = {option.name for option in family.options}
        whole: dict[str, OptionValue] = {option.name: option.default for option in family.options}
        for name in known & set(values):
            try:
                whole |= {name: read_options(family.options, {name: values[name]})[name]}
            except OptionRefused:
                continue  # the file was edited by hand: the default stands there to be mended
        self.show(family=key, options=family.options, values=whole, refused="", problem=None)

    def _finished(self, told: Callable[[str], None] | None) -> None:
        self.show(done=True)
        if told is not None:
            told(self.view.place)

    def _failed(self, problem: Exception) -> None:
        if isinstance(problem, OptionNotTaken) and problem.option:
            self.show(refused=problem.option)
        else:
            self.show(problem=problem)
