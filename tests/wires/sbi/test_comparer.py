"""A comparer of fingers beside a sensor: a Bio SDK service over real HTTP on loopback."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.adapters.biosdk_comparer import BioSdkComparer
from devices.adapters.options import SBI
from devices.adapters.sbi_fingerprint import SbiFingerprint
from devices.catalog import DeviceChoice, make_device
from devices.device import DeviceKind, HealthReason, HealthState
from devices.errors import (
    Cancelled,
    ComparerAway,
    ComparerGarbled,
    ComparerRefused,
    ComparerSlow,
    ComparerUndecided,
    ComparerUnfit,
    DeviceFault,
    NoFinger,
    NotCompared,
    PoorFinger,
)
from devices.fingerprint import FingerMatch, FingerSample, FingerTrial
from devices.loopback import Here, NotHere
from devices.options import OptionRefused, read_options
from devices.simulators.biosdk_server import BioSdkServer, said, wrapped
from devices.simulators.faults import Fault, FaultName
from devices.simulators.sbi_server import SbiServer, Signer
from devices.wire import biosdk
from devices.wire.recorder import FlightRecorder

LONG = 20.0
THUMB = b"FMR\x00 a thumb's points \xff\x80\x7f"
PICTURE = b"FIR\x00 the thumb \x00\xfe"
SAMPLE = FingerSample(84, PICTURE)


@pytest.fixture
def service() -> Iterator[BioSdkServer]:
    with BioSdkServer() as made:
        made.are_one(THUMB, PICTURE)
        yield made


def comparer(service: BioSdkServer) -> BioSdkComparer:
    return BioSdkComparer(Here.of(service.url))


@pytest.mark.parametrize("bare", [False, True], ids=["as the service", "as the text"])
def test_the_service_decides_and_hears_every_byte(bare: bool) -> None:
    with BioSdkServer(bare=bare) as service:
        service.are_one(THUMB, PICTURE)
        one = comparer(service)
        assert one.answers(timeout=LONG)
        assert one.compare(THUMB, SAMPLE, timeout=LONG) == FingerMatch(None, 84, matched=True)
        other = FingerSample(70, b"FIR\x00 another hand")
        assert one.compare(THUMB, other, timeout=LONG) == FingerMatch(None, 70, matched=False)
        assert service.compared == [(THUMB, PICTURE), (THUMB, other.record)]
        assert service.asked == ["/init", "/match", "/match"], "the library begins once"


def test_a_question_is_written_as_the_open_service_reads_it() -> None:
    outer = json.loads(biosdk.match_request(THUMB, PICTURE, 84))
    inner = json.loads(base64.b64decode(outer["request"], validate=True))
    [reference], sample = inner["gallery"], inner["sample"]
    assert (outer["version"], inner["modalitiesToMatch"]) == ("1.0", ["FINGER"])
    for record, data, kind, level in (
        (reference, THUMB, "2", "PROCESSED"),
        (sample, PICTURE, "7", "RAW"),
    ):
        [segment] = record["segments"]
        assert bytes(number & 0xFF for number in segment["bdb"]) == data
        assert min(segment["bdb"]) >= -128
        assert max(segment["bdb"]) <= 127
        about = segment["bdbInfo"]
        assert about["format"] == {"organization": "Mosip", "type": kind}
        assert (about["type"], about["subtype"], about["level"]) == (["FINGER"], ["UNKNOWN"], level)
    assert sample["segments"][0]["bdbInfo"]["quality"]["score"] == 84


@pytest.mark.fault
@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (FaultName.UNPLUGGED, ComparerAway),
        (FaultName.POWER_CUT, ComparerAway),
        (FaultName.SILENT, ComparerSlow),
        (FaultName.SLOW, ComparerSlow),
        (FaultName.GARBAGE, ComparerGarbled),
        (FaultName.COMPARER_ERROR, ComparerRefused),
        (FaultName.NO_DECISION, ComparerUndecided),
        (FaultName.POOR_FINGER, PoorFinger),
    ],
)
def test_what_a_comparer_does_instead_of_deciding_is_named(
    service: BioSdkServer, fault: FaultName, named: type[NotCompared | PoorFinger]
) -> None:
    one = comparer(service)
    service.order(Fault("compare", fault))
    with pytest.raises(named) as refusal:
        one.compare(THUMB, SAMPLE, timeout=0.3 if named is ComparerSlow else LONG)
    assert refusal.value.quality == 84
    if isinstance(refusal.value, ComparerRefused):
        assert refusal.value.code == "BIOSDK_LIB_EXCEPTION"
    service.remedy()
    assert one.compare(THUMB, SAMPLE, timeout=LONG).matched


@pytest.mark.fault
def test_a_service_that_ends_and_comes_back_begins_its_library_anew() -> None:
    service = BioSdkServer()
    with service:
        one = comparer(service)
        assert not one.compare(THUMB, SAMPLE, timeout=LONG).matched
    assert not one.answers(timeout=LONG)
    with pytest.raises(ComparerAway):
        one.compare(THUMB, SAMPLE, timeout=LONG)
    service.begun = False
    with service:
        assert one.compare(PICTURE, SAMPLE, timeout=LONG).matched
        service.begun = False  # restarted between two questions, so nobody saw it away
        with pytest.raises(ComparerRefused):
            one.compare(PICTURE, SAMPLE, timeout=LONG)
        assert one.compare(PICTURE, SAMPLE, timeout=LONG).matched


@pytest.mark.fault
def test_somebody_else_at_the_address_is_no_comparer(service: BioSdkServer) -> None:
    wrong = BioSdkComparer(Here(service.port, "/elsewhere"))
    assert not wrong.answers(timeout=LONG)
    with pytest.raises(ComparerRefused) as refusal:
        wrong.compare(THUMB, SAMPLE, timeout=LONG)
    assert refusal.value.code == "HTTP 404"
    with pytest.raises(ComparerRefused) as refusal:
        comparer(service).compare(b"", SAMPLE, timeout=LONG)
    assert refusal.value.code == "404"


class Dripper:
    """A service that answers one byte after the other without end."""

    def __init__(self, begin: bytes, drop: bytes) -> None:
        self._begin, self._drop = begin, drop
        self._line = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._line.getsockname()[1]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._drip, daemon=True)

    def __enter__(self) -> Dripper:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(5)
        self._line.close()

    def _drip(self) -> None:
        peer, _ = self._line.accept()
        with peer:
            try:
                peer.sendall(self._begin)
                while not self._stop.wait(0.01):
                    peer.sendall(self._drop)
            except OSError:
                pass  # who asked has gone


@pytest.mark.fault
def test_an_answer_without_end_ends() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
    with Dripper(head, b" ") as drops, pytest.raises(ComparerSlow):
        BioSdkComparer(Here(drops.port)).compare(THUMB, SAMPLE, timeout=0.3)
    with Dripper(head, b" " * 200_000) as flood, pytest.raises(ComparerGarbled):
        BioSdkComparer(Here(flood.port)).compare(THUMB, SAMPLE, timeout=LONG)
    with Dripper(b"HTTP/1.1 200 OK\r\nX-", b"x") as slow, pytest.raises(ComparerSlow):
        BioSdkComparer(Here(slow.port)).compare(THUMB, SAMPLE, timeout=0.3)
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"
    with Dripper(cut, b"") as half, pytest.raises(ComparerSlow):
        BioSdkComparer(Here(half.port)).compare(THUMB, SAMPLE, timeout=0.3)


def test_a_cancel_is_heard_while_the_comparer_thinks(service: BioSdkServer) -> None:
    cancel = threading.Event()
    service.order(Fault("compare", FaultName.SILENT))
    threading.Timer(0.1, cancel.set).start()
    one = comparer(service)
    with pytest.raises(Cancelled):
        one.compare(THUMB, SAMPLE, timeout=LONG, cancel=cancel)
    with pytest.raises(Cancelled):
        one.answers(timeout=LONG, cancel=cancel)


# -- the address -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://127.0.0.1:9099/biosdk-service", Here(9099, "/biosdk-service")),
        ("http://127.0.0.1:9099/biosdk-service/", Here(9099, "/biosdk-service")),
        (" http://localhost:80 ", Here(80)),
    ],
)
def test_an_address_on_this_pc(address: str, here: Here) -> None:
    assert Here.of(address) == here
    assert read_options(SBI, {"comparer_url": address})["comparer_url"] == address.strip()


@pytest.mark.parametrize(
    "address",
    [
        "http://10.0.0.7:9099/biosdk-service",
        "http://pembanding.kantor:9099/",
        "http://127.0.0.1.evil.example:9099/",
        "http://127.0.0.1:9099@evil.example/",
        "http://127.0.0.1@evil.example:9099/",
        "http://evil.example#@127.0.0.1:9099/",
        "http://0.0.0.0:9099/",
        "http://[::ffff:10.0.0.7]:9099/",
        "https://127.0.0.1:9099/",
        "http://127.0.0.1/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:70000/",
        "http://127.0.0.1:9099/a?b=c",
        "http://127.0.0.1:9099/a\r\nHost: evil.example",
        "127.0.0.1:9099",
    ],
)
def test_fingers_don_t_leave_this_pc(address: str) -> None:
    with pytest.raises(NotHere):
        Here.of(address)
    with pytest.raises(OptionRefused) as refusal:
        read_options(SBI, {"trust_file": "x", "comparer_url": address})
    assert refusal.value.name == "comparer_url"
    assert address not in str(refusal.value)


# -- beside its sensor -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer()


@pytest.fixture
def fingers(signer: Signer) -> Iterator[SbiServer]:
    with SbiServer(signer) as made:
        made.core.lay(PICTURE)
        yield made


def sensor(
    fingers: SbiServer,
    service: BioSdkServer,
    folder: Path,
    recorder: FlightRecorder | None = None,
    seconds: float = 10.0,
) -> SbiFingerprint:
    trust = folder / "trust.pem"
    trust.write_bytes(fingers.signer.trust_pem)
    options = {
        "trust_file": str(trust), "first_port": float(fingers.port),
        "last_port": float(fingers.port), "sbi_env": "Developer",
        "comparer_url": service.url, "comparer_seconds": seconds,
    }  # fmt: skip
    choice = DeviceChoice(DeviceKind.FINGERPRINT, "fingerprint", "sbi", options)
    made = make_device(choice, lambda _seconds, _cancel: True, None, recorder)
    assert isinstance(made, SbiFingerprint)
    made.open(timeout=LONG)
    return made


def test_a_sensor_with_its_comparer_matches_and_is_tried_out(
    fingers: SbiServer, service: BioSdkServer, tmp_path: Path
) -> None:
    device = sensor(fingers, service, tmp_path)
    assert device.health(timeout=LONG).state is HealthState.READY
    assert device.match(THUMB, timeout=LONG).matched
    fingers.core.lay(b"FIR\x00 another hand")
    assert not device.match(THUMB, timeout=LONG).matched
    assert device.try_out(timeout=LONG) == FingerTrial(84, compared=True)
    service.order(Fault("compare", FaultName.FINGER_MISMATCH))
    with pytest.raises(ComparerUnfit):
        device.try_out(timeout=LONG)


@pytest.mark.fault
def test_a_comparer_away_shows_at_the_lamp_and_fingers_are_still_taken(
    fingers: SbiServer, service: BioSdkServer, tmp_path: Path
) -> None:
    device = sensor(fingers, service, tmp_path)
    service.order(Fault("compare", FaultName.UNPLUGGED))
    with pytest.raises(ComparerAway):
        device.match(THUMB, timeout=LONG)
    health = device.health(timeout=LONG)
    assert (health.reasons, health.usable) == ((HealthReason.COMPARER_AWAY,), True)
    assert device.take(timeout=LONG).quality == 84
    service.remedy()
    assert device.health(timeout=LONG).reasons == ()
    assert device.match(THUMB, timeout=LONG).matched


@pytest.mark.fault
def test_a_slow_comparer_has_its_share_of_the_time(
    fingers: SbiServer, service: BioSdkServer, tmp_path: Path
) -> None:
    device = sensor(fingers, service, tmp_path, seconds=1.0)
    service.order(Fault("compare", FaultName.SILENT))
    with pytest.raises(ComparerSlow) as slow:
        device.match(THUMB, timeout=LONG)
    assert slow.value.seconds == 1.0
    fingers.core.lay(None)
    with pytest.raises(NoFinger):
        device.match(THUMB, timeout=0.5)


def test_a_recording_keeps_lengths_and_no_finger(
    fingers: SbiServer, service: BioSdkServer, tmp_path: Path
) -> None:
    recorder = FlightRecorder(lambda: datetime.now(UTC), "test")
    device = sensor(fingers, service, tmp_path, recorder)
    assert device.match(THUMB, timeout=LONG).matched
    lines = [json.loads(line) for line in recorder.export("fingerprint").splitlines()[1:]]
    sent = [bytes.fromhex(line["sent"][0]["hex"]) for line in lines if "sent" in line]
    assert sent == [b"RCAPTURE", b"POST /init", b"POST /match"]
    heard = [line["heard"][0] for line in lines if "heard" in line][1:]
    assert [(piece["sha256"], piece["hidden"] > 0) for piece in heard] == [("", True), ("", True)]
    assert [line["ended"] for line in lines if "ended" in line][-1] == "ok"
    [asked] = [line["given"] for line in lines if line.get("call") == "match"]
    assert asked["0"] == {"hidden": len(THUMB), "sha256": ""}, "a digest would know him again"


# -- answers of any kind -----------------------------------------------------------------------


def decided(match: object, kind: str = "FINGER", index: object = 0) -> list[dict[str, Any]]:
    return [{"galleryIndex": index, "decisions": {kind: {"match": match}}}]


@pytest.mark.parametrize(
    ("answer", "given"),
    [
        (wrapped(said(200, decided("MATCHED"))), True),
        (wrapped(decided("NOT_MATCHED", "Finger", "0")), False),
        ({"statusCode": 200, "response": decided("MATCHED"), "errors": None}, True),
        (wrapped(said(200, decided("ERROR"))), biosdk.NoDecision),
        (wrapped(said(200, decided("MATCHED", "IRIS"))), biosdk.NoDecision),
        (wrapped(said(200, [])), biosdk.NoDecision),
        (wrapped(said(200, None)), biosdk.NoDecision),
        (wrapped(said(200, [{"galleryIndex": 0}])), biosdk.NoDecision),
        (wrapped(said(200, decided("PERHAPS"))), biosdk.BadAnswer),
        (wrapped(said(200, decided("MATCHED", index=1))), biosdk.BadAnswer),
        (wrapped(said(200, decided("MATCHED") * 2)), biosdk.BadAnswer),
        (wrapped({"decisions": {}}), biosdk.BadAnswer),
        (wrapped(said(403, decided("MATCHED"))), biosdk.PoorPicture),
        (wrapped(said(500, decided("MATCHED"))), biosdk.SdkError),
        (wrapped(decided("MATCHED"), [{"code": "BIO_SDK_001"}]), biosdk.SdkError),
        ({"statusCode": 500, "response": decided("MATCHED")}, biosdk.SdkError),
        ({"errors": []}, biosdk.BadAnswer),
    ],
    ids=[
        "yes", "no", "a bare yes", "error", "another kind", "nothing", "none", "no decisions",
        "perhaps", "another finger", "twice", "no list", "too poor", "failed", "yes with an error",
        "a bare failure", "errors alone",
    ],
)  # fmt: skip
def test_only_a_plain_yes_is_a_match(answer: object, given: object) -> None:
    data = json.dumps(answer).encode()
    if isinstance(given, bool):
        assert biosdk.read_match(data) is given
    else:
        assert isinstance(given, type)
        assert issubclass(given, Exception)
        with pytest.raises(given):
            biosdk.read_match(data)


def test_an_error_s_message_stays_outside() -> None:
    """It may quote what was sent; of the code no more than a code's letters is taken."""
    for code in ("BIOSDK LIB: Siti", 5, None, "x" * 41):
        answer = wrapped("", [{"code": code, "message": "Siti"}])  # type: ignore[dict-item]
        with pytest.raises(biosdk.SdkError) as refusal:
            biosdk.read_match(json.dumps(answer).encode())
        assert refusal.value.code == "unknown"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["response", "errors", "statusCode", "decisions", "FINGER", "galleryIndex", "code"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(st.one_of(st.binary(max_size=60), JSON.map(lambda value: json.dumps(value).encode())))
def test_any_answer_is_survived_and_none_is_a_match(data: bytes) -> None:
    with pytest.raises((biosdk.BadAnswer, biosdk.NoDecision, biosdk.SdkError, biosdk.PoorPicture)):
        biosdk.read_match(data)


def test_no_fault_of_a_comparer_is_a_mismatch() -> None:
    for fault in NotCompared.__subclasses__():
        assert issubclass(fault, DeviceFault)
        assert not issubclass(fault, PoorFinger)
