"""The desk: everything of one counter put together, once.

`open_desk` is the only composition root; the window, the commands and the tests call it. Clock,
ids, keys, lanes and devices enter here. Virtual clocks, seeded sources and played issuers are for
training and are refused in the live realm.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from db import rows
from db.journal import Journal, certificates_of, put_certificate
from db.store import Store
from desktop.device_hub import DeviceHub, kind_of
from desktop.domain.errors import Problem
from desktop.domain.realm import Realm
from desktop.domain.states import OPEN_JOBS
from desktop.keys.certificates import KeyRole, read_certificate
from desktop.lanes import InlineLanes, LaneRunner, raise_it
from desktop.ledger import Ledger
from desktop.ledger_rows import TABLES
from desktop.notices import DutyChanged, Notice, Notices, Post, at_once
from desktop.profile import Profile
from desktop.rulebook_late import LateRulebook
from desktop.services.base import CentrePlace, Frame
from desktop.services.desk import Desk
from desktop.services.duty import Duty
from desktop.settings import FILE_NAME, Place, Settings, SettingsUnreadable, load_settings
from desktop.settings import DeviceChoice as DeviceSetting
from desktop.sources import (
    Clock,
    IdSource,
    KeySource,
    SeededIds,
    SeededKeys,
    SystemClock,
    SystemIds,
    SystemKeys,
    VirtualClock,
)
from desktop.version import VERSION
from devices.catalog import DeviceChoice, UnknownFamily, make_devices, simulated_choices
from devices.device import Device
from devices.options import OptionRefused
from devices.simulators.bench import SimulatedBench
from devices.wire.recorder import FlightRecorder

if TYPE_CHECKING:
    from desktop.outside.port import Outside

PRINTER_LANE = "card_printer"


class SourcesRefused(Problem):
    """A live counter takes time, ids, keys and the issuers' word from the world alone."""


def keep_certificates(desk: Desk) -> None:
    """Own certificates into the store, officers' out of it: both sides can verify signatures."""
    store, profile = desk.ledger.store, desk.profile
    with store.read() as conn:
        known = [read_certificate(text) for text in certificates_of(conn)]
    profile.trust.add_all(known)
    have = {certificate.key_id for certificate in known}
    missing = [own for own in profile.public_certificates() if own.key_id not in have]
    if missing:
        with store.write() as conn:
            for certificate in missing:
                put_certificate(conn, **certificate.row())


def choice_of(name: str, setting: DeviceSetting) -> DeviceChoice:
    """What the settings say of the device at one place. Raises SettingsUnreadable."""
    try:
        return DeviceChoice(kind_of(name), name, setting.adapter, setting.options)
    except KeyError:
        raise SettingsUnreadable(FILE_NAME, f"devices.{name}") from None


def chosen_devices(
    settings: Settings,
    clock: Clock,
    bench: SimulatedBench | None = None,
    recorder: FlightRecorder | None = None,
) -> tuple[Device, ...]:
    """The devices that the profile's settings name; none of them is opened yet.

    A counter in training has a simulator in every place for which nothing is chosen. Raises
    SettingsUnreadable for a place or an adapter that there isn't.
    """
    chosen = {name: choice_of(name, setting) for name, setting in settings.devices.items()}
    wanted = {choice.name: choice for choice in simulated_choices(bench)} if bench else {}
    try:
        return make_devices([*(wanted | chosen).values()], clock.pause, bench, recorder)
    except (UnknownFamily, OptionRefused, ValueError) as error:
        raise SettingsUnreadable(FILE_NAME, f"devices: {error}") from error


def centre_rules(store: Store, centre: CentrePlace, place: Place) -> list[dict[str, str]]:
    """The files of rules that the centre has sent; none at a counter that works for itself."""
    if centre.line is None:
        return []
    from desktop.services.orders import rule_sheets

    with store.read() as conn:
        return rule_sheets(conn, place)


def cut_off(desk: Desk) -> bool:
    """Whether a job was cut off between intent and outcome, as by the power."""
    with desk.ledger.reading() as r:
        return bool(rows.count(r.conn, TABLES["Job"], {"state": OPEN_JOBS}))


def begin_day(desk: Desk, notice: Notice) -> None:
    """The first of the crew to sign in opens the counter's shift, on the printer's lane."""
    if isinstance(notice, DutyChanged) and desk.duty.session and not desk.duty.locked:
        desk.lanes.call(PRINTER_LANE, desk.closing.begin_day)


def _played(outside: Outside | None) -> bool:
    if outside is None:
        return False
    from desktop.outside.simulators import OutsideSimulator

    return isinstance(outside, OutsideSimulator)


def open_desk(
    folder: Path,
    *,
    realm: Realm = Realm.TRAINING,
    clock: Clock | None = None,
    ids: IdSource | None = None,
    keys: KeySource | None = None,
    lanes: LaneRunner | None = None,
    post: Post = at_once,
    bench: SimulatedBench | None = None,
    pace: float = 1.0,
    outside: Outside | None = None,
    settings: Settings | None = None,
    sample: bool = True,
) -> Desk:
    """Open the profile in `folder`, making it (with the sample office) if it isn't there.

    Raises SourcesRefused, the profile's, the store's and the settings' problems.
    """
    opened = Profile.open(folder) if Profile.exists(folder) else None
    if (opened.realm if opened else realm) is Realm.LIVE and (
        isinstance(clock, VirtualClock)
        or isinstance(ids, SeededIds)
        or isinstance(keys, SeededKeys)
        or _played(outside)
        or bench is not None
    ):
        raise SourcesRefused
    clock = clock or SystemClock()
    ids = ids or SystemIds(clock)
    keys = keys or SystemKeys()
    profile = opened or Profile.create(folder, realm, keys, now=clock.now())
    fresh = not profile.store_path.exists()
    facts = {"realm": str(profile.realm), "counter": profile.counter}
    store = (
        Store.create(profile.store_path, profile.store_key(), facts=facts)
        if fresh
        else Store.open(profile.store_path, profile.store_key())
    )
    chosen = settings or load_settings(folder)
    notices = Notices(post)
    lanes = lanes or InlineLanes(raise_it)
    bench_is_new = bench is None
    if bench is None and profile.realm is Realm.TRAINING:
        bench = SimulatedBench(clock.pause, pace=pace)
    flight = FlightRecorder(clock.now, VERSION)
    devices = chosen_devices(chosen, clock, bench, flight)
    hub = DeviceHub(devices, lanes, notices, clock.now)
    centre = CentrePlace()
    journal = Journal(
        profile.counter,
        str(profile.realm),
        profile.signer(KeyRole.COUNTER),
        clock,
        ids,
        keys,
        server_offset=centre.offset_ms,
    )
    ledger = Ledger(store, journal, notices)
    training = profile.realm is Realm.TRAINING
    rulebook = LateRulebook(
        training=training, sheets=lambda: centre_rules(store, centre, chosen.place)
    )
    frame = Frame(ledger, clock, ids, keys, rulebook, chosen, hub, profile.realm, centre)
    duty = Duty(frame)
    desk = Desk(
        profile=profile,
        settings=chosen,
        frame=frame,
        ledger=ledger,
        notices=notices,
        lanes=lanes,
        hub=hub,
        bench=bench,
        issuers=outside,
        duty=duty,
        flight=flight,
    )
    duty.take_cards(desk.second_by_card)
    keep_certificates(desk)
    if chosen.centre.host:
        desk.connect_to(chosen.centre)
    if bench is not None and chosen.cards.chip == "licence":
        from desktop.services.chips import training_master

        bench.card_master = training_master(profile)
    notices.subscribe(lambda notice: begin_day(desk, notice))
    if sample and training:
        from desktop.training.furnished import fill_feeder, furnish

        furnish(desk)
        if bench_is_new:
            fill_feeder(desk)
    if cut_off(desk):
        desk.issuing.find_doubtful()
    return desk


__all__ = ["Desk", "SourcesRefused", "open_desk"]
