"""A MOSIP device service to try the counter on: HTTP on loopback, verbs of its own, signed answers.

The core is the in-process simulator's FingerCore: people lay a finger on it, faults come from the
one script format at the step `finger`. Its keys are its own, made when it starts; `trust_pem` is
what an office would put into its trust file.
"""

from __future__ import annotations

import base64
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from devices.simulators.faults import FaultName
from devices.simulators.fingerprint import FingerCore
from devices.simulators.local_service import Answer, LocalService
from devices.wire import sbi
from devices.wire.jws import b64url

GOOD, POOR = 84, 21
HELD = 30.0
"""So long a silent service keeps a line open."""
_POLL = 0.01


class Signer:
    """A device's key with its certificate, issued by a maker of its own."""

    def __init__(self, now: datetime | None = None, *, days: int = 30) -> None:
        now = now or datetime.now(UTC)
        root = rsa.generate_private_key(65537, 2048)
        self._key = rsa.generate_private_key(65537, 2048)
        maker = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Contoh Device Provider")])
        device = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Contoh Device")])
        begin, end = now - timedelta(days=1), now + timedelta(days=days)
        issuer = x509.CertificateBuilder(
            maker, maker, root.public_key(), x509.random_serial_number(), begin, end
        ).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        leaf = x509.CertificateBuilder(
            maker, device, self._key.public_key(), x509.random_serial_number(), begin, end
        ).add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        self.trust_pem = issuer.sign(root, SHA256()).public_bytes(Encoding.PEM)
        self.certificate = leaf.sign(root, SHA256())

    def sign(self, payload: dict[str, Any], *, wrong: bool = False, alg: str = "RS256") -> str:
        """A JWS of the payload; `wrong` gives one whose signature doesn't hold."""
        der = self.certificate.public_bytes(Encoding.DER)
        head = {"alg": alg, "typ": "JWT", "x5c": [base64.b64encode(der).decode()]}
        signed = ".".join(b64url(json.dumps(part).encode()) for part in (head, payload))
        seal = self._key.sign(signed.encode(), PKCS1v15(), SHA256())
        if wrong:
            seal = seal[:-1] + bytes((seal[-1] ^ 1,))
        return f"{signed}.{b64url(seal)}"


class SbiServer(LocalService):
    """The service; a context manager. `port` 0 takes any free one."""

    VERBS: ClassVar[tuple[str, ...]] = ("MOSIPDISC", "MOSIPDINFO", "RCAPTURE")

    def __init__(
        self,
        signer: Signer,
        core: FingerCore | None = None,
        *,
        port: int = 0,
        env: str = "Developer",
    ) -> None:
        super().__init__(port=port)
        self.core = core or FingerCore()
        self.signer = signer
        self.env = env
        self.status = sbi.SbiStatus.READY
        self.asked: list[dict[str, Any]] = []
        self.skew = timedelta()

    def respond(self, verb: str, path: str, body: bytes) -> Answer:
        """What it says; it looks at no path."""
        del path
        match verb:
            case "MOSIPDISC":
                return [{**self.about(), "digitalId": self.digital_id(signed=False)}]
            case "MOSIPDINFO" if not self.core.connected:
                return [{"error": _error(106)}]
            case "MOSIPDINFO":
                about = {**self.about(), "digitalId": self.digital_id()}
                return [{"deviceInfo": self.signer.sign(about), "error": _error(0)}]
            case _:
                return self.capture(json.loads(body))

    def about(self) -> dict[str, Any]:
        """The device as discovery and info tell it."""
        return {
            "deviceId": "1",
            "deviceSubId": ["1"],
            "deviceStatus": str(self.status),
            "certification": "L0",
            "serviceVersion": sbi.SPEC_VERSION,
            "callbackId": f"http://{sbi.HOST}:{self.port}/",
            "deviceCode": "contoh-1",
            "specVersion": [sbi.SPEC_VERSION],
            "purpose": "Registration",
            "firmware": "1.0",
            "env": self.env,
            "error": _error(0),
        }

    def digital_id(self, *, signed: bool = True) -> str:
        """Who the device is."""
        payload = {
            "serialNo": self.core.serial,
            "make": "Contoh",
            "model": "SBI Simulator",
            "type": "Finger",
            "deviceSubType": "Single",
            "deviceProvider": "Contoh",
            "deviceProviderId": "contoh",
            "dateTime": self._time(),
        }
        return self.signer.sign(payload) if signed else b64url(json.dumps(payload).encode())

    def capture(self, asked: dict[str, Any]) -> Answer:
        """The answer to RCAPTURE."""
        self.asked.append(asked)
        if not self.core.connected:
            return failed(106)
        fault = self.core.script.strike("finger")
        name = fault.fault if fault else None
        if fault is not None and fault.stays:
            self.core.script.stand(fault)
        match name:
            case FaultName.UNPLUGGED | FaultName.POWER_CUT:
                self.core.unplug()
                return None
            case FaultName.GARBAGE:
                return b"\x00\xffnot json"
            case FaultName.SILENT:
                self.hold(HELD)
                return None
            case FaultName.BUSY:
                self.status = sbi.SbiStatus.BUSY
                return failed(501)
            case FaultName.NO_FINGER:
                return failed(101)
            case FaultName.SLOW:
                self.hold(fault.seconds if fault else 0)
            case _:
                pass
        self.status = sbi.SbiStatus.READY
        if not self._laid(float(asked["timeout"]) / 1000):
            return failed(101)
        return self.taken(
            asked,
            self.core.finger or b"",
            quality=POOR if name is FaultName.POOR_FINGER else GOOD,
            skew=timedelta(hours=2) if name is FaultName.CLOCK_APART else self.skew,
            wrong=name is FaultName.BAD_SIGNATURE,
        )

    def _laid(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while self.core.finger is None:
            if time.monotonic() >= end or self.hold(_POLL):
                return False
        return True

    def taken(
        self,
        asked: dict[str, Any],
        finger: bytes,
        *,
        quality: int = GOOD,
        skew: timedelta = timedelta(),
        wrong: bool = False,
    ) -> dict[str, Any]:
        """The answer to RCAPTURE that carries a finger; `wrong` with a seal that doesn't hold."""
        payload = {
            "digitalId": self.digital_id(),
            "deviceCode": "contoh-1",
            "deviceServiceVersion": sbi.SPEC_VERSION,
            "bioType": "Finger",
            "bioSubType": "UNKNOWN",
            "purpose": "Registration",
            "env": asked["env"],
            "bioValue": b64url(finger),
            "transactionId": asked["transactionId"],
            "timestamp": self._time(skew),
            "requestedScore": asked["bio"][0]["requestedScore"],
            "qualityScore": str(quality),
        }
        data = self.signer.sign(payload, wrong=wrong)
        part = {"specVersion": sbi.SPEC_VERSION, "data": data, "hash": "", "error": _error(0)}
        return {"biometrics": [part]}

    def _time(self, skew: timedelta = timedelta()) -> str:
        return (datetime.now(UTC) + skew).isoformat(timespec="milliseconds")


def _error(code: int) -> dict[str, str]:
    return {"errorCode": str(code), "errorInfo": "Success" if not code else "Failed"}


def failed(code: int) -> dict[str, Any]:
    """The answer to RCAPTURE that names an error."""
    return {"biometrics": [{"specVersion": sbi.SPEC_VERSION, "data": "", "error": _error(code)}]}
