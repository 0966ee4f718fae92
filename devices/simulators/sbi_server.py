"""A MOSIP device service to try the counter on: HTTP on loopback, verbs of its own, signed answers.

The core is the in-process simulator's FingerCore: people lay a finger on it, faults come from the
one script format at the step `finger`. Its keys are its own, made when it starts; `trust_pem` is
what an office would put into its trust file.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from devices.simulators.faults import FaultName
from devices.simulators.fingerprint import FingerCore
from devices.wire import sbi
from devices.wire.jws import b64url

GOOD, POOR = 84, 21
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


class SbiServer:
    """The service; a context manager. `port` 0 takes any free one."""

    def __init__(
        self,
        signer: Signer,
        core: FingerCore | None = None,
        *,
        port: int = 0,
        env: str = "Developer",
    ) -> None:
        self.core = core or FingerCore()
        self.signer = signer
        self.env = env
        self.status = sbi.SbiStatus.READY
        self.asked: list[dict[str, Any]] = []
        self.skew = timedelta()
        self._want = port
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_address[1] if self._server else 0

    def __enter__(self) -> Self:
        service = self

        class Handler(BaseHTTPRequestHandler):
            """One question."""

            def do_MOSIPDISC(self) -> None:
                self._reply([{**service.about(), "digitalId": service.digital_id(signed=False)}])

            def do_MOSIPDINFO(self) -> None:
                if not service.core.connected:
                    self._reply([{"error": _error(106)}])
                    return
                about = {**service.about(), "digitalId": service.digital_id()}
                self._reply([{"deviceInfo": service.signer.sign(about), "error": _error(0)}])

            def do_RCAPTURE(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
                answer = service.capture(asked)
                if answer is None:
                    self.close_connection = True
                elif isinstance(answer, bytes):
                    self._send(answer)
                else:
                    self._reply(answer)

            def _reply(self, body: object) -> None:
                self._send(json.dumps(body).encode())

            def _send(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    pass  # who asked has gone

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        self._server = ThreadingHTTPServer((sbi.HOST, self._want), Handler)
        self._server.daemon_threads = True
        self._want = self.port
        self._stop.clear()
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="sbi", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()
        if self._thread is not None:
            self._thread.join(5)

    # what it says

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

    def capture(self, asked: dict[str, Any]) -> object:
        """The answer to RCAPTURE: JSON, raw bytes, or None for a line that is cut."""
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
                self._stop.wait(30)
                return None
            case FaultName.BUSY:
                self.status = sbi.SbiStatus.BUSY
                return failed(501)
            case FaultName.NO_FINGER:
                return failed(101)
            case FaultName.SLOW:
                self._stop.wait(fault.seconds if fault else 0)
            case _:
                pass
        self.status = sbi.SbiStatus.READY
        if not self._laid(float(asked["timeout"]) / 1000):
            return failed(101)
        return self._taken(asked, name)

    def _laid(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while self.core.finger is None:
            if time.monotonic() >= end or self._stop.wait(_POLL):
                return False
        return True

    def _taken(self, asked: dict[str, Any], name: FaultName | None) -> dict[str, Any]:
        skew = timedelta(hours=2) if name is FaultName.CLOCK_APART else self.skew
        payload = {
            "digitalId": self.digital_id(),
            "deviceCode": "contoh-1",
            "deviceServiceVersion": sbi.SPEC_VERSION,
            "bioType": "Finger",
            "bioSubType": "UNKNOWN",
            "purpose": "Registration",
            "env": asked["env"],
            "bioValue": b64url(self.core.finger or b""),
            "transactionId": asked["transactionId"],
            "timestamp": self._time(skew),
            "requestedScore": asked["bio"][0]["requestedScore"],
            "qualityScore": str(POOR if name is FaultName.POOR_FINGER else GOOD),
        }
        data = self.signer.sign(payload, wrong=name is FaultName.BAD_SIGNATURE)
        part = {"specVersion": sbi.SPEC_VERSION, "data": data, "hash": "", "error": _error(0)}
        return {"biometrics": [part]}

    def _time(self, skew: timedelta = timedelta()) -> str:
        return (datetime.now(UTC) + skew).isoformat(timespec="milliseconds")


def _error(code: int) -> dict[str, str]:
    return {"errorCode": str(code), "errorInfo": "Success" if not code else "Failed"}


def failed(code: int) -> dict[str, Any]:
    """The answer to RCAPTURE that names an error."""
    return {"biometrics": [{"specVersion": sbi.SPEC_VERSION, "data": "", "error": _error(code)}]}
