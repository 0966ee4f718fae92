"""A fingerprint sensor behind its device service, over real HTTP on loopback."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.adapters.sbi_fingerprint import SbiFingerprint, SbiSettings, found, make
from devices.catalog import Place
from devices.device import HealthReason, HealthState
from devices.errors import (
    Busy,
    Cancelled,
    CannotCompare,
    ClockApart,
    DeviceFault,
    Garbage,
    NoFinger,
    NotConnected,
    NotTrusted,
    PoorFinger,
    TimedOut,
)
from devices.fingerprint import FingerTrial
from devices.simulators.faults import Fault, FaultName
from devices.simulators.sbi_server import SbiServer, Signer
from devices.wire import sbi
from devices.wire.jws import NotBelieved, TrustStore, b64url

LONG = 20.0
FINGER = b"FIR\x00020\x00 drawn ridges"


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer()


@pytest.fixture(scope="module")
def stranger() -> Signer:
    return Signer()


@pytest.fixture
def service(signer: Signer) -> Iterator[SbiServer]:
    with SbiServer(signer) as made:
        made.core.lay(FINGER)
        yield made


def sensor(service: SbiServer, trust: bytes | None = None) -> SbiFingerprint:
    pem = trust or service.signer.trust_pem
    settings = SbiSettings(range(service.port, service.port + 1), service.env, tries=2)
    made = SbiFingerprint("fingerprint", lambda: TrustStore.of_pem(pem), settings)
    made.open(timeout=LONG)
    return made


def test_a_sensor_is_found_proven_and_gives_a_finger(service: SbiServer) -> None:
    here = found((service.port,))
    assert [(x.port, x.device.serial) for x in here] == [(service.port, "SIM-FP-0001")]
    device = sensor(service)
    assert (device.info.maker, device.info.model) == ("Contoh", "SBI Simulator")
    assert device.health(timeout=LONG).usable
    sample = device.take(timeout=LONG)
    assert (sample.record, sample.quality, sample.device) == (FINGER, 84, "SIM-FP-0001")
    assert "FIR" not in repr(sample)
    asked = service.asked[-1]
    assert asked["env"] == "Developer"
    assert asked["bio"][0]["requestedScore"] == "60"


def test_it_compares_nothing_by_itself(service: SbiServer) -> None:
    with pytest.raises(CannotCompare) as refusal:
        sensor(service).match(FINGER, timeout=LONG)
    assert refusal.value.quality == 84
    assert sensor(service).try_out(timeout=LONG) == FingerTrial(84, compared=False)


def test_a_service_that_nobody_vouches_for_is_refused(service: SbiServer, stranger: Signer) -> None:
    with pytest.raises(NotTrusted):
        sensor(service, trust=stranger.trust_pem)
    with pytest.raises(NotTrusted):
        sensor(service, trust=b"no certificate")


@pytest.mark.fault
@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (FaultName.BAD_SIGNATURE, NotTrusted),
        (FaultName.CLOCK_APART, ClockApart),
        (FaultName.GARBAGE, Garbage),
        (FaultName.BUSY, Busy),
        (FaultName.UNPLUGGED, NotConnected),
        (FaultName.POWER_CUT, NotConnected),
        (FaultName.SILENT, TimedOut),
    ],
)
def test_what_a_service_does_wrong_is_named(
    service: SbiServer, fault: FaultName, named: type[DeviceFault]
) -> None:
    device = sensor(service)
    service.core.order(Fault("finger", fault))
    with pytest.raises(named):
        device.take(timeout=0.3)
    service.core.remedy()
    device.close()
    device.open(timeout=LONG)
    assert device.take(timeout=LONG).record == FINGER


@pytest.mark.fault
def test_a_poor_finger_is_asked_for_again(service: SbiServer) -> None:
    device = sensor(service)
    service.core.order(Fault("finger", FaultName.POOR_FINGER))
    assert device.take(timeout=LONG).quality == 84
    service.core.order(Fault("finger", FaultName.POOR_FINGER, count=2))
    with pytest.raises(PoorFinger) as refusal:
        device.take(timeout=LONG)
    assert refusal.value.quality == 21


def test_nobody_lays_a_finger_down_or_the_officer_gives_up(service: SbiServer) -> None:
    device = sensor(service)
    service.core.lay(None)
    with pytest.raises(NoFinger):
        device.take(timeout=0.2)
    cancel = threading.Event()
    cancel.set()
    for call in (device.take, device.health):
        with pytest.raises(Cancelled):
            call(timeout=LONG, cancel=cancel)
    device.close()
    with pytest.raises(Cancelled):
        device.open(timeout=LONG, cancel=cancel)


def test_the_service_ends_and_comes_back(signer: Signer) -> None:
    service = SbiServer(signer)
    with service:
        service.core.lay(FINGER)
        device = sensor(service)
    assert device.health(timeout=LONG).state is HealthState.OFFLINE
    assert not device.is_open
    with pytest.raises(NotConnected):
        device.take(timeout=LONG)
    with pytest.raises(NotConnected):
        device.open(timeout=LONG)
    with service:
        device.open(timeout=LONG)
        device.open(timeout=LONG)
        assert device.take(timeout=LONG).record == FINGER
        device.close()
        assert device.health(timeout=LONG).reasons == (HealthReason.CLOSED,)


def test_a_place_s_options_make_a_sensor(service: SbiServer, tmp_path: Path) -> None:
    file = tmp_path / "trust.pem"
    options = {
        "trust_file": str(file),
        "sbi_env": "Developer",
        "first_port": float(service.port),
        "last_port": float(service.port),
    }
    device = make(Place("fingerprint", options, lambda seconds, cancel: True))
    with pytest.raises(NotTrusted):
        device.open(timeout=LONG)
    file.write_bytes(service.signer.trust_pem)
    device.open(timeout=LONG)
    assert device.take(timeout=LONG).quality == 84


# -- signatures --------------------------------------------------------------------------------


def now() -> datetime:
    return datetime.now(UTC)


def test_a_signature_holds_and_a_changed_one_doesn_t(signer: Signer, stranger: Signer) -> None:
    trust = TrustStore.of_pem(signer.trust_pem)
    token = signer.sign({"a": 1})
    assert trust.believe(token, now()).payload == {"a": 1}
    assert "Contoh Device" in trust.believe(token, now()).signer
    head, body, seal = token.split(".")
    other = b64url(b'{"a":2}')
    for wrong in (
        signer.sign({"a": 1}, wrong=True),
        stranger.sign({"a": 1}),
        signer.sign({"a": 1}, alg="none"),
        signer.sign({"a": 1}, alg="HS256"),
        f"{head}.{other}.{seal}",
        f"{head}.{body}.",
        f"{head}.{body}",
        f"{b64url(b'[]')}.{body}.{seal}",
        f"{b64url(json.dumps({'alg': 'RS256'}).encode())}.{body}.{seal}",
        f"{b64url(json.dumps({'alg': 'RS256', 'x5c': ['AAAA']}).encode())}.{body}.{seal}",
        "",
        None,
        b"x",
    ):
        with pytest.raises(NotBelieved):
            trust.believe(wrong, now())
    for day in (now() + timedelta(days=60), now() - timedelta(days=60)):
        with pytest.raises(NotBelieved):
            trust.believe(token, day)


def test_a_device_s_own_certificate_issues_nothing(signer: Signer, stranger: Signer) -> None:
    """A leaf of the trusted maker put before a stranger's chain doesn't vouch for it."""
    from cryptography.hazmat.primitives.serialization import Encoding

    chain = [
        base64.b64encode(one.certificate.public_bytes(Encoding.DER)).decode()
        for one in (stranger, signer)
    ]
    _, body, seal = stranger.sign({"a": 1}).split(".")
    both = b64url(json.dumps({"alg": "RS256", "x5c": chain}).encode())
    with pytest.raises(NotBelieved):
        TrustStore.of_pem(signer.trust_pem).believe(f"{both}.{body}.{seal}", now())


@given(st.one_of(st.text(max_size=80), st.binary(max_size=80).map(b64url)))
def test_any_text_is_no_token(text: str) -> None:
    trust = TrustStore([])
    for token in (text, f"{text}.{text}.{text}"):
        with pytest.raises(NotBelieved):
            trust.believe(token, now())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["biometrics", "data", "error", "errorCode", "digitalId", "deviceInfo"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(st.one_of(st.binary(max_size=60), JSON.map(lambda value: json.dumps(value).encode())))
def test_any_answer_is_survived(data: bytes) -> None:
    trust = TrustStore([])
    with pytest.raises((sbi.BadReply, sbi.SbiError, NotBelieved)):
        sbi.read_capture(data, trust, now(), transaction="t", env="e", skew_seconds=1)
    for read in (sbi.read_discovery, lambda raw: sbi.read_info(raw, trust, now())):
        try:
            assert read(data) == []
        except (sbi.BadReply, sbi.SbiError, NotBelieved):
            pass


@pytest.mark.parametrize(
    "change",
    [
        {"transactionId": "another"},
        {"env": "Production"},
        {"bioType": "Face"},
        {"bioValue": ""},
        {"bioValue": "!!"},
        {"qualityScore": "lots"},
        {"qualityScore": "101"},
        {"qualityScore": "nan"},
        {"timestamp": "yesterday"},
        {"timestamp": "2026-01-01T00:00:00"},
        {"timestamp": "2020-01-01T00:00:00+07:00"},
        {"digitalId": "e30"},
    ],
    ids=str,
)
def test_an_answer_that_isn_t_ours_is_refused(signer: Signer, change: dict[str, str]) -> None:
    payload = {
        "transactionId": "mine",
        "env": "Developer",
        "bioType": "Finger",
        "bioValue": b64url(FINGER),
        "qualityScore": "80",
        "timestamp": now().isoformat(),
        "digitalId": signer.sign({"serialNo": "1"}),
    }
    trust = TrustStore.of_pem(signer.trust_pem)

    def read(body: dict[str, str]) -> sbi.Taken:
        answer = {"biometrics": [{"data": signer.sign(body)}]}
        return sbi.read_capture(
            json.dumps(answer).encode(), trust, now(), transaction="mine", env="Developer",
            skew_seconds=60,
        )  # fmt: skip

    assert read(payload).quality == 80
    with pytest.raises((sbi.BadReply, NotBelieved)):
        read({**payload, **change})
