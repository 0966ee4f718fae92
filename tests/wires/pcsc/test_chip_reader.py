"""A chip reader at a real smart card service: cards come, go, keep silent, are wrong ones."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from devices.adapters.pcsc_reader import PcscReader
from devices.device import Deadline, DeviceKind, HealthReason, HealthState
from devices.errors import (
    AuthenticationFailed,
    Busy,
    Cancelled,
    CardMissing,
    CardMute,
    ChipDead,
    DeviceFault,
    Garbage,
    NotConnected,
    ServiceStopped,
    TimedOut,
    WrongCard,
)
from devices.simulators.faults import Clears, Fault, FaultName
from devices.simulators.plastic import ATR, PlasticCard, chip_uid
from devices.wire import pcsc
from devices.wire.apdu import CHUNK, GET_UID, PLAIN_AID
from devices.wire.pcsc import PcscLine, readers
from devices.wire.tape import Hidden
from tests.wires.pcsc.conftest import LONG, SOON, reader_on
from tests.wires.rigs.pcscd import PcscdRig

pytestmark = pytest.mark.pcsc

LICENCE = b"licence" * 60


def blank(serial: str = "B0000001") -> PlasticCard:
    return PlasticCard.blank(serial)


def test_a_card_is_waited_for_written_and_read(pcscd: PcscdRig, reader: PcscReader) -> None:
    assert not reader.card_present(timeout=SOON)
    card = blank()
    laying = threading.Thread(target=pcscd.slot(0).insert, args=(card,))
    laying.start()
    assert reader.wait_card(timeout=SOON) == ATR
    laying.join()
    assert reader.card_present(timeout=SOON)
    assert reader.uid(timeout=SOON) == chip_uid("B0000001")
    reader.write_file(LICENCE, timeout=SOON)
    assert reader.read_file(timeout=SOON) == LICENCE
    assert LICENCE in card.chip.memory
    pcscd.slot(0).remove()
    assert not reader.card_present(timeout=SOON)


def test_a_station_is_found_by_its_name(pcscd: PcscdRig) -> None:
    assert readers() == pcscd.readers
    first, second = reader_on("*00 00"), reader_on("satu 00 01")
    for device in (first, second):
        device.open(timeout=SOON)
    assert (first.info.model, second.info.model) == pcscd.readers
    pcscd.slot(1).insert(blank("second"))
    assert not first.card_present(timeout=SOON)
    assert second.uid(timeout=SOON) == chip_uid("second")
    for device in (first, second):
        device.close()


def test_a_station_that_isn_t_there_is_not_connected(pcscd: PcscdRig) -> None:
    device = reader_on("contactless")
    with pytest.raises(NotConnected):
        device.open(timeout=SOON)
    assert device.health(timeout=SOON).reasons == (HealthReason.UNPLUGGED,)
    device.close()
    assert device.health(timeout=SOON).reasons == (HealthReason.CLOSED,)


def test_nobody_lays_a_card_down(reader: PcscReader) -> None:
    with pytest.raises(CardMissing):
        reader.wait_card(timeout=0.3)
    with pytest.raises(CardMissing):
        reader.read_file(timeout=SOON)


def test_waiting_can_be_given_up(reader: PcscReader) -> None:
    cancel = threading.Event()
    threading.Timer(0.1, cancel.set).start()
    with pytest.raises(Cancelled):
        reader.wait_card(timeout=LONG, cancel=cancel)
    assert not reader.card_present(timeout=SOON)


def test_a_card_that_was_changed_is_not_written_by_mistake(
    pcscd: PcscdRig, reader: PcscReader
) -> None:
    slot = pcscd.slot(0)
    slot.insert(blank("one"))
    reader.wait_card(timeout=SOON)
    other = blank("two")
    slot.insert(other)
    with pytest.raises(CardMissing):
        reader.write_file(LICENCE, timeout=SOON)
    assert other.chip.memory == b""
    reader.wait_card(timeout=SOON)
    slot.insert(blank("three"))
    with pytest.raises(CardMissing):
        reader.transmit(GET_UID, timeout=SOON)
    assert reader.uid(timeout=SOON) == chip_uid("three"), "a verb that begins anew takes it"


def test_another_program_is_kept_out_and_keeps_us_out(pcscd: PcscdRig, reader: PcscReader) -> None:
    pcscd.slot(0).insert(blank())
    reader.wait_card(timeout=SOON)
    other = reader_on(pcscd.readers[0])
    other.open(timeout=SOON)
    with pytest.raises(Busy):
        other.wait_card(timeout=SOON)
    assert other.health(timeout=SOON).state is HealthState.BUSY
    assert reader.health(timeout=SOON).usable, "a look at an idle reader lets its card go"
    other.wait_card(timeout=SOON)
    with pytest.raises(Busy):
        reader.read_file(timeout=SOON)
    other.close()
    assert reader.read_file(timeout=SOON) == b""


class Kept:
    """A tape that keeps everything."""

    recording = True

    def __init__(self) -> None:
        self.said: list[bytes | Hidden | str] = []

    def sent(self, *pieces: bytes | Hidden) -> None:
        self.said += pieces

    def heard(self, *pieces: bytes | Hidden) -> None:
        self.said += pieces

    def noted(self, what: str) -> None:
        self.said.append(what)


def test_a_recording_knows_the_commands_and_nobody_s_data(pcscd: PcscdRig) -> None:
    tape = Kept()
    line = PcscLine(DeviceKind.CARD_READER, pcscd.readers[0], tape)
    reader = PcscReader("chip_station", line)
    reader.open(timeout=SOON)
    pcscd.slot(0).insert(blank())
    reader.wait_card(timeout=SOON)
    reader.write_file(LICENCE, timeout=SOON)
    assert reader.read_file(timeout=SOON) == LICENCE
    reader.close()
    told = b"|".join(piece for piece in tape.said if isinstance(piece, bytes))
    assert b"licence" not in told
    assert b"\x00\xa4\x04\x0c\x06" + PLAIN_AID in told
    assert Hidden.of(LICENCE[:CHUNK]) in tape.said
    assert {"open", "connected", "atr " + ATR.hex(), "closed"} <= {
        said for said in tape.said if isinstance(said, str)
    }


@pytest.mark.fault
@pytest.mark.parametrize(
    ("fault", "at", "named"),
    [
        (FaultName.WRONG_CARD, "chip.select", WrongCard),
        (FaultName.AUTHENTICATION_FAILED, "chip.update", AuthenticationFailed),
        (FaultName.DEAD_CHIP, "chip.update", ChipDead),
        (FaultName.GARBAGE, "chip.select", Garbage),
        (FaultName.GARBAGE, "chip.update", Garbage),
        (FaultName.TEAR, "chip.select", CardMissing),
    ],
)
def test_what_a_card_does_wrong_has_a_name(
    pcscd: PcscdRig, reader: PcscReader, fault: FaultName, at: str, named: type[DeviceFault]
) -> None:
    slot = pcscd.slot(0)
    slot.insert(blank())
    slot.order(Fault(at, fault))
    with pytest.raises(named):
        reader.write_file(LICENCE, timeout=SOON)
    if named in {ChipDead, CardMissing}:
        slot.insert(blank())
    reader.write_file(LICENCE, timeout=SOON)
    assert reader.read_file(timeout=SOON) == LICENCE


@pytest.mark.fault
def test_an_atr_of_garbage_is_garbage_and_a_card_laid_anew_works(
    pcscd: PcscdRig, reader: PcscReader
) -> None:
    slot = pcscd.slot(0)
    slot.order(Fault("wait", FaultName.GARBAGE, clears=Clears.OPERATOR))
    slot.insert(blank())
    with pytest.raises((Garbage, ChipDead)):
        reader.wait_card(timeout=SOON)
    slot.remedy()
    slot.insert(blank())
    assert reader.wait_card(timeout=SOON) == ATR


@pytest.mark.fault
def test_a_card_without_an_atr_is_no_card(pcscd: PcscdRig, reader: PcscReader) -> None:
    slot = pcscd.slot(0)
    slot.order(Fault("wait", FaultName.SILENT, clears=Clears.OPERATOR))
    with pytest.raises((CardMissing, ChipDead)):  # noqa: PT012  either may see it first
        slot.seat_only(blank())
        reader.wait_card(timeout=1.0)
    slot.remedy()
    slot.insert(blank())
    assert reader.wait_card(timeout=SOON) == ATR


@pytest.mark.fault
def test_a_mute_card_never_hangs_the_lane(pcscd: PcscdRig, reader: PcscReader) -> None:
    slot = pcscd.slot(0)
    slot.insert(blank("mute"))
    reader.wait_card(timeout=SOON)
    slot.order(Fault("chip.update", FaultName.MUTE, skip=1))
    with pytest.raises(CardMute):
        reader.write_file(LICENCE, timeout=LONG)
    assert reader.health(timeout=SOON).reasons == (HealthReason.NOT_ANSWERING,)
    with pytest.raises(CardMute):
        reader.read_file(timeout=SOON)
    with pytest.raises(CardMute):
        reader.wait_card(timeout=0.2)
    slot.remove()
    slot.insert(blank("next"))
    reader.wait_card(timeout=SOON)
    reader.write_file(LICENCE, timeout=SOON)
    assert reader.read_file(timeout=SOON) == LICENCE
    assert reader.health(timeout=SOON).usable


@pytest.mark.fault
def test_others_hear_that_a_chip_owes_its_answer(
    pcscd: PcscdRig, patient: PcscReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pcsc, "WORKING", 0.0)
    slot = pcscd.slot(0)
    slot.insert(blank("mute"))
    slot.order(Fault("chip.uid", FaultName.MUTE))
    cancel = threading.Event()

    def ask() -> None:
        with contextlib.suppress(Cancelled):
            patient.uid(timeout=LONG, cancel=cancel)

    asked = threading.Thread(target=ask)
    asked.start()
    patience = Deadline(SOON)
    while not patient.unanswered and patience.left():
        asked.join(0.01)
    heard = patient.unanswered
    cancel.set()
    asked.join(LONG)
    assert heard > 0
    assert patient.unanswered == 0, "nobody waits any more"


@pytest.mark.fault
def test_the_callers_own_limit_and_cancel_end_a_mute_call_too(
    pcscd: PcscdRig, patient: PcscReader
) -> None:
    slot = pcscd.slot(0)
    slot.insert(blank())
    slot.order(Fault("chip.uid", FaultName.MUTE))
    with pytest.raises(TimedOut):
        patient.uid(timeout=0.2)
    slot.insert(blank())
    slot.order(Fault("chip.uid", FaultName.MUTE))
    cancel = threading.Event()
    threading.Timer(0.1, cancel.set).start()
    with pytest.raises(Cancelled):
        patient.uid(timeout=LONG, cancel=cancel)
    slot.remove()
    slot.insert(blank())
    assert patient.wait_card(timeout=SOON) == ATR


@pytest.mark.fault
def test_a_slow_card_is_only_slow(pcscd: PcscdRig, reader: PcscReader) -> None:
    slot = pcscd.slot(0)
    slot.insert(blank())
    slot.order(Fault("chip.read", FaultName.SLOW, seconds=0.5))
    assert reader.read_file(timeout=SOON) == b""


@pytest.mark.fault
def test_a_write_given_up_sends_nothing_more(pcscd: PcscdRig, reader: PcscReader) -> None:
    slot, card = pcscd.slot(0), blank()
    slot.insert(card)
    slot.order(Fault("chip.update", FaultName.SLOW, skip=1, seconds=0.4))
    with pytest.raises(TimedOut):
        reader.write_file(b"x" * 3000, timeout=0.1)
    assert reader.read_file(timeout=SOON) == b"", "waits for the slow one, which wrote no more"
    assert b"x" * 300 not in card.chip.memory


@pytest.mark.fault
@pytest.mark.parametrize("verb", ["write", "read"])
def test_torn_at_any_command_a_file_is_whole_or_nothing(
    pcscd: PcscdRig, reader: PcscReader, verb: str
) -> None:
    slot, card = pcscd.slot(0), blank()
    slot.insert(card)
    reader.write_file(LICENCE, timeout=SOON)
    new = b"renewal" * 60
    act: Callable[[], object] = (
        (lambda: reader.write_file(new, timeout=SOON))
        if verb == "write"
        else (lambda: reader.read_file(timeout=SOON))
    )
    before = slot.commands
    act()
    commands = slot.commands - before
    assert commands >= 5
    for skip in range(commands):
        slot.order(Fault("chip", FaultName.TEAR, skip=skip))
        with pytest.raises(CardMissing):
            act()
        slot.insert(card)
        told = reader.read_file(timeout=SOON)
        assert told in ({LICENCE, new, b""} if verb == "write" else {LICENCE}), skip
        reader.write_file(LICENCE, timeout=SOON)


@pytest.mark.fault
def test_the_service_dies_and_comes_back(pcscd: PcscdRig, reader: PcscReader) -> None:
    slot, card = pcscd.slot(0), blank()
    slot.insert(card)
    reader.wait_card(timeout=SOON)
    pcscd.kill()
    with pytest.raises(ServiceStopped):
        reader.write_file(LICENCE, timeout=SOON)
    assert not reader.is_open
    assert reader.health(timeout=SOON).reasons == (HealthReason.SERVICE_STOPPED,)
    with pytest.raises(ServiceStopped):
        reader.open(timeout=SOON)
    pcscd.start()
    reader.open(timeout=SOON)
    reader.write_file(LICENCE, timeout=SOON)
    assert reader.read_file(timeout=SOON) == LICENCE


@pytest.mark.fault
def test_the_service_is_restarted_between_two_calls(pcscd: PcscdRig, reader: PcscReader) -> None:
    pcscd.slot(0).insert(blank())
    reader.read_file(timeout=SOON)
    pcscd.stop()
    pcscd.start()
    with pytest.raises(ServiceStopped):
        reader.read_file(timeout=SOON)
    reader.open(timeout=SOON)
    assert reader.read_file(timeout=SOON) == b""


@pytest.mark.fault
def test_the_service_dies_in_mid_command(pcscd: PcscdRig, patient: PcscReader) -> None:
    slot = pcscd.slot(0)
    slot.insert(blank())
    slot.order(Fault("chip.uid", FaultName.MUTE))

    def kill_then() -> None:
        slot.owes.wait(LONG)
        pcscd.kill()

    killing = threading.Thread(target=kill_then)
    killing.start()
    with pytest.raises(ServiceStopped):
        patient.uid(timeout=LONG)
    killing.join(LONG)
    pcscd.start()
    patient.open(timeout=SOON)
    assert patient.uid(timeout=SOON)


@pytest.mark.fault
def test_a_service_that_hangs_doesn_t_hang_us(pcscd: PcscdRig, reader: PcscReader) -> None:
    pcscd.freeze()
    with pytest.raises(TimedOut):
        reader.card_present(timeout=0.3)
    assert reader.health(timeout=0.3).reasons == (HealthReason.NOT_ANSWERING,)
    late = reader_on(pcscd.readers[0])
    threads = threading.active_count()
    for _ in range(3):
        with pytest.raises(TimedOut):
            late.open(timeout=0.1)
    assert threading.active_count() == threads + 1, "one thread hangs, however often it is tried"
    pcscd.thaw()
    late.open(timeout=SOON)
    late.close()
    pcscd.slot(0).insert(blank())
    assert reader.wait_card(timeout=SOON) == ATR


@pytest.mark.fault
def test_a_reader_is_unplugged_and_another_plugged_in(pcscd: PcscdRig) -> None:
    reader = reader_on("loket")
    reader.open(timeout=SOON)
    pcscd.slot(0).insert(blank())
    reader.wait_card(timeout=SOON)
    pcscd.refit("Loket Dua")
    with pytest.raises(NotConnected):
        reader.read_file(timeout=SOON)
    reader.close()
    reader.open(timeout=SOON)
    assert reader.info.model == "Loket Dua 00 00"
    pcscd.slot(0).insert(blank("two"))
    assert reader.uid(timeout=SOON) == chip_uid("two")
    reader.close()


def test_another_process_reaches_the_service_by_the_rig_s_word(pcscd: PcscdRig) -> None:
    seen = subprocess.run(
        [sys.executable, "-c", "from devices.wire.pcsc import readers; print(*readers(), sep='|')"],
        env={**pcscd.env, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=True,
    )
    assert tuple(seen.stdout.strip().split("|")) == pcscd.readers
